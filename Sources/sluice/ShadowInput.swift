import Domain
import Storage
import Traffic

/// Where captured exchanges are read from: spools, folders and files of them, stdin.
enum ShadowInput {
    private static let told = 5

    /// Reads one exchange at a time; what cannot be read is counted and said.
    ///
    /// - Parameter unread: Told of each place that could not be read.
    static func each(
        _ paths: [String], _ console: Console, unread: () -> Void, _ body: (Exchange) throws -> Void
    ) throws {
        var files: [String] = []
        var kept: [String] = []
        defer { for path in kept { InputFile.remove(path) } }
        for path in paths {
            guard path == "-" else {
                files.append(path)
                continue
            }
            // Read twice, for feedback and for exchanges: a pipe cannot be.
            let copy = try InputFile.temporary(InputFile.standardInput())
            kept.append(copy)
            files.append(copy)
        }
        var problems = 0
        let summary = try TrafficReader(files).read(each: body) { problem in
            problems += 1
            if !problem.isTorn { unread() }
            if problems <= told { console.error("warning: \(problem.description); set aside") }
        }
        if problems > told { console.error("warning: \(problems - told) more places could not be read") }
        if summary.exchanges == 0 {
            throw StoreError(
                .missing,
                "\(paths.map { "'\($0)'" }.joined(separator: ", ")) "
                    + "\(paths.count == 1 ? "holds" : "hold") no exchange: a gateway's spool does, and lines of JSON"
            )
        }
    }
}
