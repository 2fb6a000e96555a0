import Domain
import Glibc
import Interchange
import Ledger
import Notation
import Replay
import Statistics
import Storage
import Text

/// `sluice baseline`: runs that people blessed, for later candidates to be held against.
enum BaselineCommand {
    static let command = Command(
        name: "baseline",
        summary: "bless a run as what later ones must not be worse than; show, list, history",
        usage: ["bless RUN --why TEXT [options]", "show [NAME]", "history [NAME]", "list"],
        flags: [
            Flag(
                name: "why", short: "w", value: "TEXT",
                summary: "bless: why this run, in words that others can read later"),
            Flag(
                name: "name", short: "n", value: "NAME",
                summary: "bless: what policies call it (default: the policy's, else main)"),
            Flag(
                name: "as", value: "PERSON",
                summary: "bless: who says so (default: git's user.name, else the login)"),
            Flag(
                name: "aa", value: "RUN", repeats: true,
                summary: "bless: a run of the app against itself, for margins by auto"),
            PolicyFile.flag,
            Flag(name: "store", value: "FOLDER", summary: "where runs are kept (default: .sluice)"),
            Flag(name: "json", summary: "as JSON (history: a line each)"),
        ],
        positionals: 1...2, statuses: [ExitStatus.ok] + ExitStatus.failures + [ExitStatus.storeTrouble],
        details: """
            A blessed baseline is two files to review and commit, in baselines/ beside the policy: NAME.json (who, why,
            versions, gates, margins) and NAME.observations.jsonl.zst (the candidate's answers in that run), with
            NAME.history.jsonl of all blessings. A policy that says

              app: { baseline: { blessed: NAME }, candidate: … }

            holds its candidate against those answers, example by example, on any machine. Blessing also fixes the
            margins of rules "no worse than baseline by auto", from today's policy and the run's own record.
            """,
        examples: [
            "sluice baseline bless r-20261120-050921-4f2a --why \"v14, live since March\"",
            "sluice baseline show", "sluice baseline history main",
        ],
        run: run)

    private static let actions = ["bless", "show", "history", "list"]

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            let action = arguments.positionals[0]
            guard actions.contains(action) else {
                let hint = nearest(action, in: actions).map { "did you mean '\($0)'?" }
                throw Arguments.Problem(
                    message: "unknown action '\(action)'",
                    hint: hint ?? "there are " + actions.joined(separator: ", "))
            }
            if action == "bless" { return try await bless(arguments, console) }
            for flag in ["why", "name", "as", "aa"] where arguments.has(flag) {
                throw Arguments.Problem(message: "--\(flag) belongs to 'sluice baseline bless'", hint: nil)
            }
            let path = PolicyFile.path(arguments)
            let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
            let files = BaselineFiles(folder: folder + "baselines")
            switch action {
            case "list":
                if arguments.positionals.count > 1 {
                    throw Arguments.Problem(message: "'list' takes no name", hint: nil)
                }
                try list(files, arguments, console)
            case "show": try show(files, try name(files, arguments), arguments, console)
            default: try history(files, try name(files, arguments), arguments, console)
            }
            return 0
        } catch {
            return EvalCommand.report(error, arguments, console, command: "baseline")
        }
    }

    // MARK: bless

    private static func bless(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
        guard arguments.positionals.count == 2 else {
            throw Arguments.Problem(
                message: "name the run to bless", hint: "'sluice report --list' lists them")
        }
        guard let why = arguments.value("why"), !why.allSatisfy(\.isWhitespace) else {
            throw Arguments.Problem(
                message: "say why this run, for those who read it later: --why \"…\"", hint: nil)
        }
        let run = arguments.positionals[1]
        let session = try EvalSession(arguments, console, mode: .bless(run))
        let name = arguments.value("name") ?? session.blessedName ?? "main"
        guard Blessing.isName(name) else {
            throw Arguments.Problem(
                message:
                    "--name has letters, digits, '-', '_' and '.', a letter or digit first: not '\(name)'",
                hint: nil)
        }
        guard let who = arguments.value("as") ?? MachineFacts.person() else {
            throw Arguments.Problem(message: "say who blesses it: --as PERSON", hint: nil)
        }
        guard let manifest = session.recorded, let record = try session.record(run), record.verdict != nil
        else {
            throw StoreError(
                .missing,
                "run \(run) never finished, so nobody can say what it is; finish it with sluice eval --resume \(run)"
            )
        }
        var spreads = [try await session.spreads()]
        for other in arguments.all("aa") {
            spreads.append(try await EvalSession(arguments, console, mode: .bless(other)).spreads())
        }
        let margins = BlessingMargins(spreads, gates: session.gateCount, confidence: session.confidence)
        guard margins.problems.isEmpty else {
            throw StoreError(.missing, "nothing is blessed\n  " + margins.problems.joined(separator: "\n  "))
        }
        let gates = record.gates.map { gate in
            Blessing.Gate(
                rule: gate.rule, outcome: gate.outcome, baseline: gate.baseline, candidate: gate.candidate)
        }
        guard
            let blessing = Blessing(
                name: name, why: why, who: who, blessedAt: MachineFacts.now().text, manifest: manifest,
                verdict: record.verdict, gates: gates, margins: margins.margins)
        else { throw StoreError(.missing, "run \(run) asked no candidate; there is nothing to bless") }
        let files = session.baselines
        let baseline = try files.bless(
            blessing, observationsFrom: session.evidence,
            problem: { console.error("warning: \($0.description)") })
        if let verdict = record.verdict, verdict != .ship {
            console.error("note: the verdict of this run was \(verdict.rawValue)")
        }
        if arguments.has("json") {
            console.out(String(decoding: BaselineCodec.encode(baseline), as: UTF8.self))
            return 0
        }
        console.out(words(baseline, margins, files))
        return 0
    }

    private static func words(
        _ baseline: BlessedBaseline, _ margins: BlessingMargins, _ files: BaselineFiles
    ) -> String {
        var text =
            "blessed \(baseline.blessing.run) as \(baseline.name), by \(Sluice.printable(baseline.blessing.who)): "
            + Sluice.printable(baseline.blessing.why) + "\n"
        text +=
            "\(Prose.counted(baseline.observations.count, "answer")) in \(files.folder)/\(baseline.observations.file)\n"
        for fixed in margins.fixed {
            let margin = number(fixed.margin.margin)
            text += "\(fixed.metric) by auto: \(margin) over \(Prose.counted(fixed.n, "example"))"
            if fixed.margin.isCapped {
                text +=
                    " (capped; \(Prose.counted(fixed.margin.examplesForCap, "example")) could prove as much)"
            }
            text += "\n"
        }
        text +=
            "commit \(files.folder)/\(baseline.name).* and let the policy say   app: { baseline: { blessed: \(baseline.name) } }\n"
        return text
    }

    /// Four decimals for what lies in a range of about 1, fewer for milliseconds and the like.
    private static func number(_ value: Double) -> String {
        Numbers.fixed(value, abs(value) >= 100 ? 1 : abs(value) >= 1 ? 2 : 4)
    }

    // MARK: reading

    /// The name given, else the policy's, else the only one there is.
    private static func name(_ files: BaselineFiles, _ arguments: Arguments) throws -> String {
        if arguments.positionals.count > 1 { return arguments.positionals[1] }
        let names = try files.list()
        if names.count == 1 { return names[0] }
        if names.isEmpty {
            throw StoreError(
                .missing, "there is no baseline in \(files.folder) yet; make one with sluice baseline bless")
        }
        if names.contains("main") { return "main" }
        throw Arguments.Problem(message: "name one of " + names.joined(separator: ", "), hint: nil)
    }

    private static func list(_ files: BaselineFiles, _ arguments: Arguments, _ console: Console) throws {
        let names = try files.list()
        if arguments.has("json") {
            let value: JSONValue = [
                "format": "sluice.baselines/1", "baselines": .array(names.map { .string($0) }),
            ]
            return console.out(String(decoding: value.bytes(pretty: true), as: UTF8.self) + "\n")
        }
        if names.isEmpty { console.error("there is no baseline in \(files.folder) yet") }
        let width = names.map(\.count).max() ?? 0
        for name in names {
            do throws(StoreError) {
                let blessing = try files.load(name).blessing
                let why = Sluice.printable(blessing.why)
                console.out("\(Help.padded(name, width))  \(blessing.blessedAt)  \(blessing.run)  \(why)\n")
            } catch {
                console.out("\(Help.padded(name, width))  damaged: \(error.description)\n")
            }
        }
    }

    private static func show(
        _ files: BaselineFiles, _ name: String, _ arguments: Arguments, _ console: Console
    ) throws {
        let baseline = try files.load(name)
        if arguments.has("json") {
            return console.out(String(decoding: BaselineCodec.encode(baseline), as: UTF8.self))
        }
        let blessing = baseline.blessing
        var rows: [(String, String)] = [
            ("baseline", name), ("why", blessing.why),
            ("blessed", "\(blessing.blessedAt) by \(blessing.who)"),
            ("run", "\(blessing.run), " + (blessing.verdict?.rawValue ?? "without a verdict")),
            ("app", "\(blessing.target.identity.kind) \(blessing.target.identity.address)"),
            ("data set", "\(Prose.counted(blessing.dataset.count, "example")), \(blessing.dataset.digest)"),
            ("answers", "\(baseline.observations.count), \(baseline.observations.digest)"),
        ]
        for version in blessing.target.versions {
            rows.append(("version", "\(version.name) \(version.values.joined(separator: ", "))"))
        }
        for margin in blessing.margins {
            rows.append(("by auto", "\(margin.metric) \(number(margin.margin))"))
        }
        for gate in blessing.gates {
            let value = gate.candidate.map { "  " + number($0) } ?? ""
            rows.append(("gate", "\(gate.outcome): \(gate.rule)\(value)"))
        }
        for (title, text) in rows { console.out("\(Help.padded(title, 9)) \(Sluice.printable(text))\n") }
    }

    private static func history(
        _ files: BaselineFiles, _ name: String, _ arguments: Arguments, _ console: Console
    ) throws {
        let records = try files.history(name)
        if arguments.has("json") {
            var lines: [UInt8] = []
            for record in records { lines += BaselineCodec.encode(record) }
            return console.out(String(decoding: lines, as: UTF8.self))
        }
        for record in records.reversed() {
            let verdict = record.verdict?.rawValue ?? "no verdict"
            console.out(
                Sluice.printable(
                    "\(record.blessedAt)  \(record.run)  \(verdict)  \(record.who): \(record.why)") + "\n")
        }
    }
}
