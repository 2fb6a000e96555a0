import Domain
import Ledger
import Notation
import Reporting
import Storage
import Text

/// `sluice history`: quality, latency and cost over runs, and what came of what was blocked.
enum HistoryCommand {
    static let command = Command(
        name: "history",
        summary: "runs over time: quality, latency, cost; what was blocked and what came of it",
        usage: ["[options]", "note RUN --outcome OUTCOME --why TEXT"],
        flags: [
            Flag(
                name: "from", short: "f", value: "PLACE",
                summary: "a shared ledger: folder or SQLite file (default: this machine's runs)"),
            Flag(
                name: "policy", short: "p", value: "FILE",
                summary: "its project alone; its ledger.to where neither --from nor --store is named"),
            Flag(name: "project", value: "NAME", summary: "runs of this project only"),
            Flag(name: "branch", value: "NAME", summary: "runs of this branch only"),
            Flag(
                name: "metric", short: "m", value: "NAME", repeats: true,
                summary: "these metrics, in this order (default: the first ones)"),
            Flag(name: "since", value: "DATE", summary: "runs from this day on, such as 2026-11-01"),
            Flag(name: "last", short: "n", value: "N", summary: "the newest N runs (default: 50)"),
            Flag(name: "all", summary: "every run"),
            Flag(name: "html", value: "FILE", summary: "write a page with the curves"),
            Flag(name: "json", summary: "as JSON, with every metric of every run"),
            Flag(
                name: "outcome", value: "WORD",
                summary: "note: true-alarm, false-alarm, or overridden (released all the same)"),
            Flag(name: "why", short: "w", value: "TEXT", summary: "note: how that is known"),
            Flag(name: "by", value: "PERSON", summary: "note: who says so (default: git's user.name)"),
            Flag(name: "store", value: "FOLDER", summary: "where runs are kept (default: .sluice)"),
        ],
        positionals: 0...2, statuses: [ExitStatus.ok] + ExitStatus.failures + [ExitStatus.storeTrouble],
        details: """
            Curves are joined only where data set and judges are the same; what changed is marked. The gate log says
            what was blocked, why, and whether a later run of the same change (its branch, else its title) ships. What
            people found out is added with 'note', which keeps who and when; nothing is ever taken back.
            """,
        examples: [
            "sluice history", "sluice history --metric recall@3 --metric latency.p95 --html history.html",
            "sluice history note r-20261120-050921-4f2a7 --outcome false-alarm --why \"the index was stale\"",
        ],
        run: run)

    /// Runs shown where nobody says how many.
    private static let usual = 50

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            switch arguments.positionals.first {
            case nil: return try show(arguments, console)
            case "note"?: return try note(arguments, console)
            case let word?:
                throw Arguments.Problem(
                    message: "unknown action '\(word)'", hint: "there is 'note', and none shows the history")
            }
        } catch {
            return EvalCommand.report(error, arguments, console, command: "history")
        }
    }

    /// The shared ledger that was named, else this machine's runs; with the words for it.
    private static func open(
        _ arguments: Arguments, _ console: Console, writes: Bool
    ) throws -> (history: any RunHistory, place: String) {
        var named = arguments.value("from")
        if named == nil, !arguments.has("store"), arguments.has("policy") {
            let file = try PolicyFile.load(PolicyFile.path(arguments), console: console)
            named = file.policy.ledger.map { PolicyFile.resolve($0.to, file.folder) }
        }
        if let place = named { return (try LedgerPlace.open(place, writes: writes), place) }
        let store = arguments.value("store") ?? ".sluice"
        guard InputFile.exists(store + "/ledger.db") else {
            throw StoreError(
                .missing, "there are no runs under \(store); run 'sluice eval' first, or name --from PLACE")
        }
        return (try SQLiteRunStore(path: store + "/ledger.db"), store)
    }

    private static func show(_ arguments: Arguments, _ console: Console) throws -> Int32 {
        for flag in ["outcome", "why", "by"] where arguments.has(flag) {
            throw Arguments.Problem(message: "--\(flag) belongs to 'sluice history note RUN'", hint: nil)
        }
        if let path = arguments.value("html") { try OutputFile.check(path) }
        let query = try query(arguments, console)
        let (history, place) = try open(arguments, console, writes: false)
        var problems: [String] = []
        let runs = try history.summaries(query, problem: { problems.append($0.description) })
        try checkMetrics(arguments.all("metric"), runs)
        let notes = try history.notes(problem: { problems.append($0.description) })
        let report = HistoryReport(
            place: place, filter: words(query), runs: runs, notes: notes, metrics: arguments.all("metric"),
            problems: problems, version: Sluice.version)
        if let path = arguments.value("html") {
            try InputFile.write(path, Array(HistoryHTML.render(report).utf8))
        }
        if arguments.has("json") {
            console.out(String(decoding: HistoryJSON.value(report).bytes(pretty: true), as: UTF8.self) + "\n")
        } else {
            console.out(
                HistoryTerminal.render(report, width: console.width, colour: console.hasColour))
            if runs.isEmpty { console.error("no run matches; 'sluice report --list' lists the newest") }
        }
        return problems.isEmpty ? 0 : ExitStatus.badInput
    }

    /// That each metric which is asked for is one that a run has.
    private static func checkMetrics(
        _ names: [String], _ runs: [RunSummary]
    ) throws(Arguments.Problem) {
        guard !names.isEmpty, !runs.isEmpty else { return }
        var known: [String] = []
        var seen = Set<String>()
        for run in runs.reversed() {
            for metric in run.metrics where seen.insert(metric.name).inserted { known.append(metric.name) }
        }
        for name in names where !seen.contains(name) {
            let list = known.prefix(20).joined(separator: ", ")
            let rest = known.count > 20 ? " and \(known.count - 20) more" : ""
            let near = nearest(name, in: known).map { "did you mean '\($0)'? " } ?? ""
            throw Arguments.Problem(
                message: "no run has a metric '\(name)'",
                hint: near + (known.isEmpty ? "the runs keep no metrics" : "there are \(list)\(rest)"))
        }
    }

    private static func query(_ arguments: Arguments, _ console: Console) throws -> HistoryQuery {
        var project = arguments.value("project")
        if project == nil, arguments.has("policy") {
            project = try PolicyFile.load(PolicyFile.path(arguments), console: console).policy.project
        }
        var query = HistoryQuery(project: project, branch: arguments.value("branch"))
        if let since = arguments.value("since") {
            guard isDate(since) else {
                throw Arguments.Problem(
                    message:
                        "--since takes a day such as 2026-11-01, or the beginning of a time, not '\(since)'",
                    hint: nil)
            }
            query.since = since
        }
        query.last = try arguments.number("last", least: 1)
        if arguments.has("all") {
            if query.last != nil {
                throw Arguments.Problem(message: "--all and --last exclude one another", hint: nil)
            }
        } else if query.last == nil, query.since == nil {
            query.last = usual
        }
        return query
    }

    /// `2026`, `2026-11`, `2026-11-01`, `2026-11-01T09`.
    private static func isDate(_ text: String) -> Bool {
        let pattern = Array("0000-00-00T00:00:00Z".utf8)
        let bytes = Array(text.utf8)
        guard bytes.count >= 4, bytes.count <= pattern.count else { return false }
        for (byte, model) in zip(bytes, pattern) {
            let isDigit = byte >= 0x30 && byte <= 0x39
            if model == 0x30 ? !isDigit : byte != model { return false }
        }
        return true
    }

    private static func words(_ query: HistoryQuery) -> String {
        var words: [String] = []
        if let project = query.project { words.append("project " + project) }
        if let branch = query.branch { words.append("branch " + branch) }
        if let since = query.since { words.append("since " + since) }
        if let last = query.last { words.append("newest \(last)") }
        return words.joined(separator: ", ")
    }

    // MARK: note

    private static func note(_ arguments: Arguments, _ console: Console) throws -> Int32 {
        guard arguments.positionals.count == 2 else {
            throw Arguments.Problem(message: "name the run: sluice history note RUN", hint: nil)
        }
        for flag in ["project", "branch", "metric", "since", "last", "all", "html"] where arguments.has(flag)
        {
            throw Arguments.Problem(message: "--\(flag) belongs to 'sluice history'", hint: nil)
        }
        let known = RunNote.Outcome.allCases.map(\.rawValue).joined(separator: ", ")
        guard let word = arguments.value("outcome") else {
            throw Arguments.Problem(message: "say what came of it: --outcome", hint: "one of \(known)")
        }
        guard let outcome = RunNote.Outcome(rawValue: word) else {
            throw Arguments.Problem(message: "--outcome '\(word)' is none of \(known)", hint: nil)
        }
        guard let why = arguments.value("why"), !why.allSatisfy(\.isWhitespace) else {
            throw Arguments.Problem(message: "say how that is known: --why \"…\"", hint: nil)
        }
        guard let by = arguments.value("by") ?? MachineFacts.person(), !by.allSatisfy(\.isWhitespace) else {
            throw Arguments.Problem(message: "say who says so: --by PERSON", hint: nil)
        }
        let note = RunNote(
            run: arguments.positionals[1], outcome: outcome, why: why, by: by, at: MachineFacts.now().text)
        let (history, place) = try open(arguments, console, writes: false)
        try history.append(note)
        if arguments.has("json") {
            console.out(
                String(decoding: JSONValue.object(note.json).bytes(pretty: true), as: UTF8.self) + "\n")
        } else {
            console.out(
                "noted in \(place): \(Sluice.printable(note.run)) was \(outcome.rawValue) (\(Sluice.printable(by))): "
                    + Sluice.printable(why) + "\n")
        }
        return 0
    }
}
