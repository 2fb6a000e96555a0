import Foundation
import Testing

/// "A year in the life of a data set", as the page tells it: every command runs.
@Suite struct DatasetYearTests {
    private static let page: String = {
        let tests = (#filePath as NSString).deletingLastPathComponent
        let root = ((tests as NSString).deletingLastPathComponent as NSString).deletingLastPathComponent
        return (try? String(contentsOfFile: root + "/docs/dataset.md", encoding: .utf8)) ?? ""
    }()

    /// The section's commands, in their order.
    private static var commands: [String] {
        let section = page.components(separatedBy: "\n## ").first { $0.hasPrefix("A year in the life") } ?? ""
        return section.split(separator: "\n").map(String.init).filter { $0.hasPrefix("sluice ") }
    }

    @Test func everyCommandOfTheYearRuns() async throws {
        let place = try Workplace()
        try place.write(
            "questions.csv",
            "query_id;frage;expected_intent\r\nQ-1;how long do refunds take;refund\r\nQ-2;where is my parcel;delivery\r\n"
        )
        try place.write(
            "misses.jsonl", #"{"query_id": "Q-3", "query": "help", "expected_intent": "other"}"# + "\n")
        #expect(Self.commands.count > 10)
        for command in Self.commands {
            // Those of candidates have their own tests.
            if command.contains("dataset candidates") { continue }
            let line = command.replacingOccurrences(of: "sluice ", with: "\"$0\" ", options: .anchored)
            let outcome = try await place.start(
                [], shell: "exec " + line.replacingOccurrences(of: "$0", with: "$1")
            )
            .outcome()
            // A set of three lacks much, and lint says so.
            let allowed: Set<Int32> = command.contains("dataset lint") ? [0, 65] : [0]
            #expect(allowed.contains(outcome.status), "\(command)\n\(outcome)")
        }
        #expect(place.exists("frozen/2026-q2.jsonl.zst"))
        let diff = try await place.sluice("dataset", "diff", "2026-q1", "2026-q2")
        #expect(diff.out.contains("2 examples: 1 added, 1 retired; 1 as they were"), "\(diff)")
        #expect(diff.out.contains("parcels are another desk's since May (kim, "), "\(diff)")
        #expect(place.strays() == [])
    }
}
