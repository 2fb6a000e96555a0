import Domain
import Interchange
import Storage
import Text

/// `sluice shadow export`: what a gateway captured, as lines that any program reads.
enum ShadowExportCommand {
    static let command = Command(
        name: "shadow export",
        summary: "print captured exchanges as JSON Lines, each with its answers and feedback",
        usage: ["CAPTURED... [-o FILE]"],
        flags: [
            Flag(name: "out", short: "o", value: "FILE", summary: "write there (default: stdout)")
        ], positionals: 1...64, statuses: [ExitStatus.ok] + ExitStatus.failures,
        details: """
            CAPTURED is a gateway's spool, a segment of one, or what was exported before. A line is one exchange: the
            request, what production, candidate and third arm answered, and the feedback that names it. 'shadow report'
            and 'shadow replay' read such lines. docs/capture.md says what the members mean. The gateway may be running.
            """,
        examples: [
            "sluice shadow export spool/ -o exchanges.jsonl",
            "sluice shadow export spool/ | jq -c '{id, production: .production.status}'",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        let path = arguments.value("out")
        let count: Int
        do { count = try export(arguments, to: path, console) } catch {
            return EvalCommand.report(error, arguments, console, command: "shadow export")
        }
        if let path { console.error("\(Prose.counted(count, "exchange")) in \(Sluice.printable(path))") }
        return 0
    }

    /// Apart from what reports it: in one function the optimiser of Swift 6.3 merges the error with other values, and
    /// refuses its own work.
    @inline(never)
    private static func export(_ arguments: Arguments, to path: String?, _ console: Console) throws -> Int {
        if let path { try OutputFile.check(path) }
        var sink = ExportSink(path: path)
        var count = 0
        try ShadowInput.each(arguments.positionals, console, unread: {}) { exchange in
            count += 1
            try sink.write(ExchangeCodec.encode(exchange), console)
        }
        try sink.finish(console)
        return count
    }
}
