import Domain
import Glibc
import Interchange
import Ledger
import Storage
import Text

/// `sluice export`: a run's answers and scores in the forms of other programs.
enum ExportCommand {
    static let command = Command(
        name: "export", summary: "a run's answers and scores for RAGAS, DeepEval, spreadsheets, pandas",
        usage: ["[RUN] --as FORM [options]"],
        flags: [
            Flag(name: "as", value: "FORM", summary: "ragas, deepeval, jsonl (everything) or csv (flat)"),
            Flag(name: "out", short: "o", value: "FILE", summary: "write there (default: stdout)"),
            Flag(name: "arm", value: "ARM", summary: "baseline or candidate alone (default: both)"),
            Flag(name: "json", summary: "the same as --as jsonl"),
            Flag(name: "store", value: "FOLDER", summary: "where runs are kept (default: .sluice)"),
        ],
        positionals: 0...1, statuses: [ExitStatus.ok] + ExitStatus.failures + [ExitStatus.storeTrouble],
        details: """
            A record is one answer of one arm, with example id, the digest of its text, versions and time, so that what
            others score by it can be read back with the policy's 'external' and is bound to that answer. Texts that a
            spreadsheet would run as formulas stand behind an apostrophe in CSV. Without RUN: the newest.
            """,
        examples: [
            "sluice export --as ragas --arm candidate --out answers.jsonl",
            "sluice export --as csv --out run.csv",
            "sluice export r-20261120-050921-4f2a7 --as deepeval > cases.json",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            let form = try form(arguments)
            let arm = try arm(arguments)
            let path = arguments.value("out")
            if let path { try OutputFile.check(path) }
            let run = try StoredRun.named(arguments)
            let session = try EvalSession(arguments, console, mode: .report(run))
            guard let manifest = session.recorded else { return ExitStatus.internalError }
            let writer = Writer(
                form: form, arm: arm,
                facts: ExportFacts(
                    run: run, time: manifest.startedAt, dataset: manifest.dataset.digest, metrics: []),
                sink: ExportSink(path: path), console: console)
            try await session.rows(
                begin: { try writer.begin($0) }, each: { try writer.add($0) })
            try writer.finish()
            if let path {
                console.error(
                    "\(Prose.counted(writer.count, "answer")) of \(run) in \(Sluice.printable(path))")
            }
            return 0
        } catch {
            return EvalCommand.report(error, arguments, console, command: "export")
        }
    }

    private static func form(_ arguments: Arguments) throws(Arguments.Problem) -> RunExport.Form {
        let known = RunExport.Form.allCases.map(\.rawValue).joined(separator: ", ")
        guard let word = arguments.value("as") ?? (arguments.has("json") ? "jsonl" : nil) else {
            throw Arguments.Problem(message: "say the form: --as FORM", hint: "one of \(known)")
        }
        guard let form = RunExport.Form(rawValue: word), !arguments.has("json") || form == .jsonl else {
            throw Arguments.Problem(message: "--as '\(word)' is none of \(known)", hint: nil)
        }
        return form
    }

    private static func arm(_ arguments: Arguments) throws(Arguments.Problem) -> Arm? {
        guard let word = arguments.value("arm") else { return nil }
        guard let arm = Arm(rawValue: word) else {
            throw Arguments.Problem(message: "--arm takes baseline or candidate, not '\(word)'", hint: nil)
        }
        return arm
    }

    /// Rows as they come, in the form that was asked for.
    ///
    /// Its methods stay out of the asynchronous caller: Swift 6.3 crashes where it optimises them into it.
    private final class Writer {
        let form: RunExport.Form
        let arm: Arm?
        private(set) var count = 0
        private var facts: ExportFacts
        private var sink: ExportSink
        private let console: Console

        init(form: RunExport.Form, arm: Arm?, facts: ExportFacts, sink: ExportSink, console: Console) {
            self.form = form
            self.arm = arm
            self.facts = facts
            self.sink = sink
            self.console = console
        }

        @inline(never)
        func begin(_ names: [String]) throws {
            facts = ExportFacts(run: facts.run, time: facts.time, dataset: facts.dataset, metrics: names)
            try sink.write(RunExport.head(form, facts), console)
        }

        @inline(never)
        func add(_ row: ExportRow) throws {
            if let arm, row.observation.arm != arm { return }
            try sink.write(RunExport.record(row, number: count, form, facts), console)
            count += 1
        }

        @inline(never)
        func finish() throws {
            try sink.write(RunExport.tail(form), console)
            try sink.finish(console)
        }
    }
}

/// Where the bytes go: stdout as they come, or a file that appears when it is whole.
struct ExportSink {
    let path: String?
    private var pending: [UInt8] = []
    private var file: PartialFile?

    init(path: String?) { self.path = path }

    mutating func write(_ bytes: [UInt8], _ console: Console) throws {
        pending += bytes
        if pending.count >= 1 << 20 { try flush(console) }
    }

    mutating func finish(_ console: Console) throws {
        try flush(console)
        if path != nil, file == nil { file = try PartialFile(path ?? "") }
        try file?.finish()
    }

    private mutating func flush(_ console: Console) throws {
        guard let path else {
            console.out(String(decoding: pending, as: UTF8.self))
            pending.removeAll(keepingCapacity: true)
            return
        }
        if file == nil { file = try PartialFile(path) }
        try file?.write(pending)
        pending.removeAll(keepingCapacity: true)
    }
}

/// Runs of the store, as commands name them.
enum StoredRun {
    /// The run that was named, else the newest that finished.
    static func named(_ arguments: Arguments) throws -> String {
        let store = arguments.value("store") ?? ".sluice"
        guard InputFile.exists(store + "/ledger.db") else {
            throw StoreError(
                .missing, "there are no runs under \(store); run 'sluice eval' first, or name --store")
        }
        let runs = try SQLiteRunStore(path: store + "/ledger.db")
        if let named = arguments.positionals.first {
            guard let record = try runs.run(named) else {
                throw StoreError(.missing, "there is no run \(named) in \(store)/ledger.db")
            }
            guard record.verdict != nil else { throw unfinished(named) }
            return named
        }
        guard let run = try runs.runs(limit: 1000).first(where: { $0.verdict != nil }) else {
            throw StoreError(.missing, "no run under \(store) finished; run 'sluice eval' first")
        }
        return run.id
    }

    static func unfinished(_ run: String) -> StoreError {
        StoreError(.missing, "run \(run) never finished; finish it with sluice eval --resume \(run)")
    }
}
