import Curation
import Domain
import Interchange
import Notation
import Policy
import Reporting
import Storage
import Text

/// `sluice dataset candidates`: inputs that went wrong, held until a person says what is right.
enum CandidatesCommand {
    static let command = Command(
        name: "dataset candidates",
        summary: "collect what went wrong, and make examples of it with a person's word",
        usage: [
            "[collect] [--run RUN] [--feedback FILE] [--exchanges FILE] [options]", "list [options]",
            "show ID",
            "accept ID… --by NAME [--reference TEXT|--correction|--expect FILE] [options]",
            "reject ID… --why TEXT", "--due",
        ],
        flags: [
            Flag(
                name: "run", value: "RUN", repeats: true,
                summary: "a run whose failures to take (default: the newest, where no file is named)"),
            Flag(
                name: "feedback", value: "FILE", repeats: true,
                summary: "thumbs down, corrections, reported misses: JSON Lines or CSV"),
            Flag(
                name: "exchanges", value: "FILE", repeats: true,
                summary: "recorded requests with their answers: JSON Lines"),
            Flag(
                name: "most", value: "N", summary: "new candidates at most, the gravest first (default: 200)"),
            Flag(name: "no-anonymise", summary: "keep texts as they come, and say so"),
        ] + SensitiveArguments.flags + [
            Flag(name: "due", summary: "which of the policy's rules of growth ask for examples, and why"),
            Flag(name: "by", value: "NAME", summary: "who says what is right: a person"),
            Flag(name: "reference", value: "TEXT", repeats: true, summary: "accept: an accepted answer"),
            Flag(name: "correction", summary: "accept: what somebody said it should be is right"),
            Flag(
                name: "expect", value: "FILE",
                summary:
                    "accept: columns of what is right, as JSON; or lines of it, each with its 'candidate'"),
            Flag(name: "query", value: "TEXT", summary: "accept: a variant to ask in its place"),
            Flag(name: "slice", value: "NAME=VALUE", repeats: true, summary: "accept: a slice it lies in"),
            Flag(name: "id", value: "ID", summary: "accept: the example's id (default: the candidate's)"),
            Flag(name: "guideline", value: "VERSION", summary: "accept: the guideline it was labelled by"),
            Flag(
                name: "to", value: "FILE",
                summary:
                    "accept: the data set's file to add to (default: the set's, or accepted.jsonl in its folder)"
            ),
            Flag(name: "why", short: "w", value: "TEXT", summary: "reject: why it is no example"),
            PolicyFile.flag,
            Flag(name: "dataset", value: "PATH", repeats: true, summary: "the set (default: the policy's)"),
            Flag(
                name: "file", value: "FILE",
                summary: "where candidates are held (default: .sluice/candidates.jsonl)"),
            Flag(name: "store", value: "FOLDER", summary: "where runs are kept (default: .sluice)"),
            Flag(name: "today", value: "DATE", summary: "the day of labels and rules (default: today, UTC)"),
            Flag(name: "all", summary: "list: the decided ones too, and all of them"),
            Flag(name: "json", summary: "as JSON"),
        ],
        positionals: 0...10_000,
        statuses: [
            Command.Status(code: 0, meaning: "done (--due: nothing is due)"),
            Command.Status(code: ExitStatus.block, meaning: "--due: something is"),
        ] + ExitStatus.failures + [ExitStatus.storeTrouble],
        details: """
            Collecting twice adds nothing: a candidate's id comes from its input, and each sighting counts once. Near
            duplicates form a cluster; what the set asks already is told; slices are proposed from the row, else from the
            nearest examples. Texts are anonymised by a key that .sluice keeps, unless another is given. What the app
            answered is shown and is never a reference by itself: an example wants an expectation and a person's name.
            """,
        examples: [
            "sluice dataset candidates --feedback examples/helpdesk/feedback.csv --dataset examples/helpdesk/golden",
            "sluice dataset candidates list", "sluice dataset candidates show c-3f9a2c1b7d20",
            "sluice dataset candidates accept c-3f9a2c1b7d20 --by \"Kim Lee\" --reference \"Within 14 days.\"",
            "sluice dataset candidates reject c-3f9a2c1b7d20 --why \"spam\"",
            "sluice dataset candidates --due",
        ],
        run: run)

    private static let actions = ["collect", "list", "show", "accept", "reject"]
    private static let owned: [(action: String, flags: [String])] = [
        ("collect", ["run", "feedback", "exchanges", "most", "no-anonymise"]),
        ("accept", ["reference", "correction", "expect", "query", "slice", "id", "guideline", "to"]),
        ("reject", ["why"]),
    ]

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do { return try work(arguments, console) } catch {
            return EvalCommand.report(error, arguments, console, command: "dataset candidates")
        }
    }

    private static func work(_ arguments: Arguments, _ console: Console) throws -> Int32 {
        let action = arguments.positionals.first ?? "collect"
        guard actions.contains(action) else {
            let hint = nearest(action, in: actions).map { "did you mean '\($0)'?" }
            throw Arguments.Problem(
                message: "unknown action '\(action)'",
                hint: hint ?? "there are " + actions.joined(separator: ", "))
        }
        let isDue = arguments.has("due")
        if isDue, !arguments.positionals.isEmpty {
            throw Arguments.Problem(message: "--due stands alone", hint: nil)
        }
        for owner in owned where owner.action != action || isDue {
            if let flag = owner.flags.first(where: { arguments.has($0) }) {
                throw Arguments.Problem(
                    message: "--\(flag) belongs to 'sluice dataset candidates \(owner.action)'", hint: nil)
            }
        }
        let ids = Array(arguments.positionals.dropFirst())
        let wantsIDs = ["show", "accept", "reject"].contains(action)
        let isNamedByFile = action == "accept" && arguments.has("expect")
        guard wantsIDs != ids.isEmpty || isNamedByFile, action != "show" || ids.count == 1 else {
            throw Arguments.Problem(
                message: wantsIDs ? "name the candidate" : "'\(action)' takes no '\(ids[0])'",
                hint: wantsIDs ? "'sluice dataset candidates list' lists them" : nil)
        }
        if isDue { return try CandidateGrowth.due(arguments, console) }
        switch action {
        case "collect": return try CandidateCollection(arguments, console).run()
        case "list": return try list(arguments, console)
        case "show": return try show(ids[0], arguments, console)
        case "accept": return try CandidateAcceptance(arguments, console).run(ids)
        default: return try reject(ids, arguments, console)
        }
    }

    /// The policy that was named, or lies here; nil where there is none.
    static func policy(_ arguments: Arguments, _ console: Console) throws(PolicyFile.Shown) -> PolicyFile? {
        guard arguments.has("policy") || InputFile.exists(PolicyFile.path(arguments)) else { return nil }
        return try PolicyFile.load(PolicyFile.path(arguments), console: console)
    }

    /// The set's files and folders; none where nobody names any.
    static func dataset(_ arguments: Arguments, _ policy: PolicyFile?) -> [String] {
        let given = arguments.all("dataset")
        if !given.isEmpty { return given }
        return policy.map { file in file.policy.datasets.map { PolicyFile.resolve($0, file.folder) } } ?? []
    }

    private static func list(_ arguments: Arguments, _ console: Console) throws -> Int32 {
        let path = CandidateFiles.path(arguments)
        let book = try CandidateFiles.load(path, console)
        let isAll = arguments.has("all")
        let clusters = book.clusters { isAll || $0.state == .open }
        let open = book.candidates.count { $0.state == .open }
        if arguments.has("json") {
            var facts = JSONObject()
            facts["file"] = .string(path)
            facts["candidates"] = .integer(Int64(book.candidates.count))
            facts["open"] = .integer(Int64(open))
            write(CandidateJSON.list(clusters, facts: facts), console)
            return 0
        }
        let title =
            "\(path) · \(open) open of \(book.candidates.count) · "
            + Prose.counted(clusters.count, "cluster")
        console.out(
            CandidateText.list(
                clusters, title: title, most: isAll ? .max : 20, width: console.width,
                colour: console.hasColour))
        return 0
    }

    private static func show(_ id: String, _ arguments: Arguments, _ console: Console) throws -> Int32 {
        let path = CandidateFiles.path(arguments)
        let candidate = try found(id, try CandidateFiles.load(path, console), path)
        if arguments.has("json") {
            var facts = JSONObject()
            facts["file"] = .string(path)
            write(CandidateJSON.list([[candidate]], facts: facts), console)
        } else {
            console.out(CandidateText.show(candidate, width: console.width, colour: console.hasColour))
        }
        return 0
    }

    static func write(_ value: JSONValue, _ console: Console) {
        console.out(String(decoding: value.bytes(pretty: true), as: UTF8.self) + "\n")
    }

    static func found(_ id: String, _ book: CandidateBook, _ path: String) throws(StoreError) -> Candidate {
        if let candidate = book[id] { return candidate }
        let near = nearest(id, in: book.candidates.map(\.id)).map { "; did you mean '\($0)'?" }
        throw StoreError(
            .missing,
            "there is no candidate '\(Sluice.printable(id))' in \(path)"
                + (near ?? "; 'sluice dataset candidates list' lists them"))
    }

    private static func reject(_ ids: [String], _ arguments: Arguments, _ console: Console) throws -> Int32 {
        guard let why = arguments.value("why"), !why.allSatisfy(\.isWhitespace) else {
            throw Arguments.Problem(
                message: "say why it is no example, for those who see it again: --why \"…\"", hint: nil)
        }
        guard let who = arguments.value("by") ?? MachineFacts.person() else {
            throw Arguments.Problem(message: "say who rejects it: --by NAME", hint: nil)
        }
        let path = CandidateFiles.path(arguments)
        let day = try DatasetArguments.today(arguments)
        var rejected: [Candidate] = []
        try CandidateFiles.update(path, console) { book in
            rejected = []
            for id in ids {
                var candidate = try found(id, book, path)
                try checkOpen(candidate, allowing: .rejected)
                candidate.state = .rejected
                candidate.decision = Candidate.Decision(by: who, on: day.description, why: why)
                book.put(candidate)
                rejected.append(candidate)
            }
        }
        if arguments.has("json") {
            var facts = JSONObject()
            facts["file"] = .string(path)
            write(CandidateJSON.list(rejected.map { [$0] }, facts: facts), console)
        } else {
            for candidate in rejected { console.out("rejected \(candidate.id)\n") }
        }
        return 0
    }

    static func checkOpen(
        _ candidate: Candidate, allowing state: Candidate.State? = nil
    ) throws(StoreError) {
        guard candidate.state != .open, candidate.state != state else { return }
        let by = candidate.decision.map { " by \($0.by) on \($0.on)" } ?? ""
        let became = candidate.decision?.example.map { " as \($0)" } ?? ""
        throw StoreError(
            .damaged,
            "\(candidate.id) was \(candidate.state.rawValue)\(by)\(became) already; nothing was changed")
    }
}
