import Domain
import Glibc
import Ledger
import Notation
import Storage

/// `sluice report`: a run's report again, in any form.
enum ReportCommand {
    static let command = Command(
        name: "report", summary: "show a run's report again: terminal, HTML, Markdown, JUnit or JSON",
        usage: ["[RUN] [options]"],
        flags: [
            Flag(name: "open", summary: "open the HTML report in a browser"),
            Flag(name: "html", value: "FILE", summary: "write the HTML report there"),
            Flag(name: "markdown", value: "FILE", summary: "write a pull-request comment"),
            Flag(name: "junit", value: "FILE", summary: "write JUnit XML"),
            Flag(name: "json", summary: "print the report, or the list, as JSON"),
            Flag(name: "list", summary: "list the runs, newest first"),
            Flag(name: "store", value: "FOLDER", summary: "where runs are kept (default: .sluice)"),
        ],
        positionals: 0...1, statuses: [ExitStatus.ok] + ExitStatus.failures + [ExitStatus.storeTrouble],
        details: """
            Scores the run again from its record, by the policy it was made with, and asks nothing. Without RUN: the
            newest. The exit status says whether the report could be made, not what it says.
            """,
        examples: [
            "sluice report --list", "sluice report --open", "sluice report r-20261120-050921-4f2a --json",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            let store = arguments.value("store") ?? ".sluice"
            guard InputFile.exists(store + "/ledger.db") else {
                throw StoreError(
                    .missing, "there are no runs under \(store); run 'sluice eval' first, or name --store")
            }
            let runs = try SQLiteRunStore(path: store + "/ledger.db")
            if arguments.has("list") { return try list(runs, arguments, console) }
            guard let run = try arguments.positionals.first ?? runs.runs(limit: 1).first?.id else {
                throw StoreError(.missing, "there are no runs under \(store); run 'sluice eval' first")
            }
            guard try runs.run(run) == nil || runs.run(run)?.verdict != nil else {
                throw StoreError(
                    .missing,
                    "run \(run) never finished; go on with sluice eval --resume \(run), or judge what it has "
                        + "with sluice eval --rescore \(run)")
            }
            let status = try await EvalSession(arguments, console, mode: .report(run)).run()
            if arguments.has("open") {
                open(DirectoryEvidence(root: store).folder(run: run) + "/report.html", console)
            }
            return status
        } catch {
            return EvalCommand.report(error, arguments, console, command: "report")
        }
    }

    private static func list(
        _ runs: SQLiteRunStore, _ arguments: Arguments, _ console: Console
    ) throws -> Int32 {
        let found = try runs.runs(limit: 50)
        if arguments.has("json") {
            let value: JSONValue = ["format": "sluice.runs/1", "runs": .array(found.map(json))]
            console.out(String(decoding: value.bytes(pretty: true), as: UTF8.self) + "\n")
            return 0
        }
        for run in found {
            let verdict = run.verdict?.rawValue ?? "unfinished"
            let why = failing(run).isEmpty ? "" : "  " + failing(run).prefix(2).joined(separator: "; ")
            console.out(
                Sluice.printable(
                    "\(run.id)  \(run.startedAt)  \(Help.padded(verdict, 17))  \(run.project)\(why)") + "\n")
        }
        return 0
    }

    private static func failing(_ run: RunRecord) -> [String] {
        run.gates.filter { $0.outcome == GateResult.Outcome.fails.rawValue }.map(\.rule)
    }

    private static func json(_ run: RunRecord) -> JSONValue {
        [
            "run": .string(run.id), "started_at": .string(run.startedAt), "project": .string(run.project),
            "verdict": run.verdict.map { .string($0.rawValue) } ?? .null,
            "failing": .array(failing(run).map { .string($0) }),
        ]
    }

    private static func open(_ path: String, _ console: Console) {
        for opener in ["/usr/bin/xdg-open", "/usr/bin/open"] where access(opener, X_OK) == 0 {
            var words: [UnsafeMutablePointer<CChar>?] = [strdup(opener), strdup(path), nil]
            defer { for word in words { free(word) } }
            var child = pid_t()
            if posix_spawn(&child, opener, nil, nil, &words, environ) == 0 { return }
        }
        console.error("no program to open it with was found; the report is \(path)")
    }
}
