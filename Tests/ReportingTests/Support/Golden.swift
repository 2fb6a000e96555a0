import Foundation
import Testing

/// Snapshot files. They are rewritten only where `SLUICE_UPDATE_GOLDEN` is set, and such a run fails.
enum Golden {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/Golden")

    static func expect(
        _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    )
        throws
    {
        let file = folder.appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["SLUICE_UPDATE_GOLDEN"] != nil {
            try Data(text.utf8).write(to: file)
            Issue.record(
                "\(name) was rewritten: read the difference, then run without SLUICE_UPDATE_GOLDEN",
                sourceLocation: sourceLocation)
            return
        }
        guard let kept = try? Data(contentsOf: file) else {
            Issue.record(
                "\(name) is missing: run once with SLUICE_UPDATE_GOLDEN=1", sourceLocation: sourceLocation)
            return
        }
        if kept == Data(text.utf8) { return }
        let old = String(decoding: kept, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        let new = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = zip(old, new).prefix { $0 == $1 }.count
        let was = line < old.count ? String(old[line].prefix(200)) : "nothing"
        let now = line < new.count ? String(new[line].prefix(200)) : "nothing"
        Issue.record("\(name):\(line + 1) was \"\(was)\", is \"\(now)\"", sourceLocation: sourceLocation)
    }
}
