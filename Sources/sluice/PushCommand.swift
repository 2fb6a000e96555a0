import Digest
import Domain
import Interchange
import Ledger
import Notation
import Storage
import Text

/// `sluice push`: a run into a ledger that many share.
enum PushCommand {
    static let command = Command(
        name: "push", summary: "send a run into a ledger that many share: its scores, its evidence by choice",
        usage: ["[RUN] [options]"],
        flags: [
            Flag(
                name: "policy", short: "p", value: "FILE",
                summary: "take ledger.to and ledger.evidence from this policy (default: the run's own)"),
            Flag(
                name: "to", value: "PLACE",
                summary: "folder or SQLite file (default: SLUICE_LEDGER, else the policy's ledger.to)"),
            Flag(
                name: "evidence", value: "CHOICE",
                summary: "answers that go along: none, failing or all (default: the policy's, else none)"),
            Flag(
                name: "by", value: "PERSON", summary: "who pushes (default: git's user.name, else the login)"),
            Flag(name: "json", summary: "what was sent, as JSON"),
            Flag(name: "store", value: "FOLDER", summary: "where runs are kept (default: .sluice)"),
        ],
        positionals: 0...1, statuses: [ExitStatus.ok] + ExitStatus.failures + [ExitStatus.storeTrouble],
        details: """
            Manifest, report and scores of every example go along; answers only by choice. The same run again changes
            nothing, a push that was killed goes on where it stopped, many may push at once. Every part is read back and
            held against its digest before the run is seen. A run that never finished, or that was changed since, is
            refused. Values of the policy's secrets, and what has the form of a key, are taken out first; a variable of the
            run's policy that is not set here is an error.
            """,
        examples: [
            "sluice push --to /mnt/team/sluice", "sluice push --to team.db --evidence failing",
            "SLUICE_LEDGER=/mnt/team/sluice sluice push r-20261120-050921-4f2a7",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            let run = try StoredRun.named(arguments)
            let session = try EvalSession(arguments, console, mode: .report(run))
            let (summary, report) = try checked(run, session)
            let (policy, folder) = try ledger(arguments, session, console)
            let place = try place(arguments, policy, folder)
            let choice = try choice(arguments, policy)
            guard let by = arguments.value("by") ?? MachineFacts.person() else {
                throw Arguments.Problem(message: "say who pushes: --by PERSON", hint: nil)
            }
            var redactor = Redactor(policyText: session.recorded?.policyText ?? "")
            if let name = redactor.unknown.first {
                throw Arguments.Problem(
                    message:
                        "the run's policy has ${env:\(name)}, which is not set here: what it stood for cannot "
                        + "be taken out of what is sent",
                    hint: "set it as the run had it; to nothing (\(name)=) where it holds no secret")
            }
            let ledger = try LedgerPlace.open(place, writes: true)
            var push = LedgerPush(ledger)
            let outcome = try await send(
                session, summary, report, choice, by: by, &push, &redactor)
            tell(outcome, push, redactor, run, place, choice, arguments, console)
            return 0
        } catch {
            return EvalCommand.report(error, arguments, console, command: "push")
        }
    }

    // MARK: What is pushed where

    /// What a policy says of the shared ledger, and the folder that its paths start from.
    private static func ledger(
        _ arguments: Arguments, _ session: EvalSession, _ console: Console
    ) throws -> (policy: LedgerPolicy?, folder: String) {
        guard arguments.has("policy") else { return (session.policy.ledger, session.file.folder) }
        let file = try PolicyFile.load(PolicyFile.path(arguments), console: console)
        return (file.policy.ledger, file.folder)
    }

    private static func place(
        _ arguments: Arguments, _ policy: LedgerPolicy?, _ folder: String
    ) throws -> String {
        let told =
            arguments.value("to") ?? Environment.value("SLUICE_LEDGER").flatMap { $0.isEmpty ? nil : $0 }
        if let told { return told }
        if let policy { return PolicyFile.resolve(policy.to, folder) }
        throw Arguments.Problem(
            message: "say where to: --to PLACE", hint: "or set SLUICE_LEDGER, or ledger.to in the policy")
    }

    private static func choice(
        _ arguments: Arguments, _ policy: LedgerPolicy?
    ) throws -> EvidenceChoice {
        let word = arguments.value("evidence") ?? policy?.evidence ?? "none"
        guard let choice = EvidenceChoice(rawValue: word) else {
            throw Arguments.Problem(
                message: "--evidence '\(word)' is none of none, failing, all", hint: nil)
        }
        return choice
    }

    /// The summary and report of a run that finished, and that nobody changed since.
    private static func checked(
        _ run: String, _ session: EvalSession
    ) throws -> (RunSummary, JSONValue) {
        let runs = try SQLiteRunStore(path: session.store + "/ledger.db")
        guard let record = try runs.run(run), let verdict = record.verdict else {
            throw StoredRun.unfinished(run)
        }
        guard let summary = try runs.summary(run), summary.verdict == verdict else {
            throw StoreError(
                .damaged,
                "run \(run) was cut off as it ended, so that its record is not whole; "
                    + "sluice eval --resume \(run) ends it anew")
        }
        for file in summary.files {
            let now: String?
            if file.name == "observations" {
                now = try session.evidence.observationsDigest(run: run)?.description
            } else {
                now = try session.evidence.get(run: run, name: file.name).map {
                    ContentDigest(of: $0).description
                }
            }
            guard now == file.value else {
                let name = file.name == "observations" ? "observations.jsonl.zst" : file.name
                throw StoreError(
                    .damaged,
                    "run \(run): \(session.evidence.folder(run: run))/\(name) is "
                        + (now == nil ? "gone" : "not what the run wrote when it ended")
                        + "; a run that was changed is not pushed")
            }
        }
        guard let bytes = try session.evidence.get(run: run, name: "report.json"),
            let report = try? JSONValue.parse(bytes), report["verdict"]?.stringValue == verdict.rawValue,
            summary.files.contains(where: { $0.name == "observations" })
        else { throw StoreError(.damaged, "run \(run) has no whole report; it is not pushed") }
        return (summary, report)
    }

    // MARK: Sending

    private static func send(
        _ session: EvalSession, _ summary: RunSummary, _ report: JSONValue, _ choice: EvidenceChoice,
        by: String, _ push: inout LedgerPush, _ redactor: inout Redactor
    ) async throws -> (entry: LedgerEntry, isNew: Bool) {
        guard let manifest = session.recorded, var whole = report.objectValue else {
            throw StoreError(.damaged, "run \(summary.id) has no manifest")
        }
        try push.add("manifest.json", redactor.line(ManifestCodec.json(manifest)))
        // Examples in full are evidence.
        let examples = whole["examples"] ?? .array([])
        whole["examples"] = .array([])
        try push.add("report.json", redactor.line(.object(whole)))
        var facts = ExportFacts(
            run: summary.id, time: manifest.startedAt, dataset: manifest.dataset.digest, metrics: [])
        let failing = Set(
            (report["movement"]?["newly_failing"]?.arrayValue ?? []).compactMap { $0["example"]?.stringValue }
        )
        var wanted = Set<String>()
        // Closures of `rows` cannot take what is `inout` here.
        var (sending, redacting) = (push, redactor)
        try await session.rows(
            begin: { names in
                facts = ExportFacts(run: facts.run, time: facts.time, dataset: facts.dataset, metrics: names)
            },
            each: { row in
                let line = redacting.line(.object(RunExport.scores(row, facts)))
                try sending.add(line: line, of: "scores")
                let isBad =
                    failing.contains(row.example.id) || row.observation.failure != nil
                    || row.scores.contains { $0.passes == false }
                if isBad || choice == .all { wanted.insert(row.example.id) }
            })
        let outcome = try sending.commit(clean(summary, &redacting), by: by, at: MachineFacts.now().text)
        if choice != .none {
            try sending.add("examples.json", redacting.line(examples))
            try session.evidence.read(
                run: summary.id,
                each: { observation in
                    guard wanted.contains(observation.example) else { return }
                    let value = try JSONValue.parse(ObservationCodec.encode(observation))
                    try sending.add(line: redacting.line(value), of: "observations")
                }, problem: { _ in })
            try sending.attach(choice, to: summary.id)
        }
        (push, redactor) = (sending, redacting)
        return outcome
    }

    /// The summary without what must not leave; its other words are rules, names and numbers.
    private static func clean(
        _ summary: RunSummary, _ redactor: inout Redactor
    ) throws -> RunSummary {
        let value = redactor.value(.object(RunSummaryCodec.json(summary)))
        do throws(RunSummaryCodec.Problem) { return try RunSummaryCodec.decode(value) } catch {
            throw StoreError(.damaged, "run \(summary.id): \(error.description)")
        }
    }

    private static func tell(
        _ outcome: (entry: LedgerEntry, isNew: Bool), _ push: LedgerPush, _ redactor: Redactor, _ run: String,
        _ place: String, _ choice: EvidenceChoice, _ arguments: Arguments, _ console: Console
    ) {
        if arguments.has("json") {
            let value: JSONValue = [
                "format": "sluice.push/1", "run": .string(run), "to": .string(place),
                "digest": .string(outcome.entry.digest.description), "new": .bool(outcome.isNew),
                "evidence": .string(choice.rawValue), "parts_sent": .integer(Int64(push.sent)),
                "parts_known": .integer(Int64(push.known)), "bytes_sent": .integer(Int64(push.bytesSent)),
                "redacted": .integer(Int64(redactor.count)),
            ]
            return console.out(String(decoding: value.bytes(pretty: true), as: UTF8.self) + "\n")
        }
        var words = outcome.isNew ? "pushed \(run) to \(place)" : "\(run) is in \(place) already"
        words += ": \(outcome.entry.digest.short), \(Prose.counted(push.sent, "part")) sent, "
        words += "\(push.known) \(push.known == 1 ? "was" : "were") there"
        if choice != .none { words += ", evidence: \(choice.rawValue)" }
        if redactor.count > 0 { words += ", \(Prose.counted(redactor.count, "secret")) taken out" }
        console.out(Sluice.printable(words) + "\n")
    }
}
