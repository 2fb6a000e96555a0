import Deployment
import Domain
import Notation
import Policy
import Probing
import Replay
import Reporting
import Storage
import Synchronization
import Targets

/// `sluice journey`: the whole system before production: act, wait, assert, clean up.
enum JourneyCommand {
    static let command = Command(
        name: "journey", summary: "go a way through the whole system: act, wait, assert, clean up",
        usage: ["[NAME…] [options]"],
        flags: [
            PolicyFile.flag
        ] + PolicyDoor.flags + [
            Flag(name: "clean-up", summary: "only make up for clean-ups that earlier runs left undone"),
            Flag(name: "html", value: "FILE", summary: "write the report as one HTML file"),
            Flag(name: "junit", value: "FILE", summary: "write JUnit XML"),
            Flag(name: "json", summary: "print the report as JSON on stdout"),
            Flag(
                name: "store", value: "FOLDER", summary: "where clean-ups are written down (default: .sluice)"
            ),
            Flag(name: "quiet", short: "q", summary: "no progress"),
        ],
        positionals: 0...100,
        statuses: [
            Command.Status(code: ExitStatus.ship, meaning: "SHIP: every step holds and is cleaned up"),
            Command.Status(code: ExitStatus.block, meaning: "BLOCK: a step or its clean-up fails"),
            Command.Status(
                code: ExitStatus.couldNotMeasure,
                meaning: "no verdict: a system was unreachable; with --clean-up: something is left"),
            Command.Status(code: ExitStatus.stopped, meaning: "stopped by Ctrl-C, after cleaning up"),
        ] + ExitStatus.failures,
        details: """
            Carries out the journeys of the policy, or those that are named, one after another. What a step's clean-up
            needs is written down before the step acts: clean-ups are made in reverse order after a failure, a time-out
            or Ctrl-C, and on the next start after 'kill -9'. docs/journey.md has more.
            """,
        examples: [
            "DESK_URL=http://127.0.0.1:8101 sluice journey --policy examples/helpdesk/sluice.yaml",
            "sluice journey ticket --junit journey.xml",
            "sluice journey --clean-up",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            for option in ["html", "junit"] {
                if let path = arguments.value(option) { try OutputFile.check(path) }
            }
            let door = try PolicyDoor.open(arguments, console: console)
            if let trust = door.trust {
                if trust.isRefused {
                    return PolicyDoor.refused("sluice.journey/1", trust, arguments, console)
                }
                console.error(Sluice.printable(TrustWords.summary(trust)))
            }
            return try await JourneySession(door.file, arguments, console).run()
        } catch {
            return EvalCommand.report(error, arguments, console, command: "journey")
        }
    }
}

/// One `sluice journey` from its policy to its exit status.
private struct JourneySession {
    private let file: PolicyFile
    private let arguments: Arguments
    private let console: Console
    private let journals: JourneyJournals
    private let limits: JourneyRunner.Limits
    private let ports: JourneyRunner.Ports
    private let clock = MonotonicClock()
    private let isQuiet: Bool
    /// Variables, as far as the policy's own list lets them be read.
    private let environment: @Sendable (String) -> String?

    /// Seconds that clean-ups have after Ctrl-C; a second one ends at once, and the journal keeps what is left.
    private static let patience: UInt32 = 600

    init(_ file: PolicyFile, _ arguments: Arguments, _ console: Console) {
        self.file = file
        self.arguments = arguments
        self.console = console
        journals = JourneyJournals(folder: (arguments.value("store") ?? ".sluice") + "/journeys")
        let app = file.policy.app.limits
        limits = JourneyRunner.Limits(timeoutSeconds: app.timeoutSeconds, answerBytes: app.answerBytes)
        let lists = file.policy.trust
        let environment: @Sendable (String) -> String? = { name in
            lists.refusal(variable: name, key: name) == nil ? Environment.value(name) : nil
        }
        self.environment = environment
        ports = JourneyRunner.Ports(
            caller: HTTPCaller(permission: { lists.refusal(url: $0, key: "url")?.cause }),
            clock: ProbeClock(now: { [clock] in clock.now() }, sleep: { [clock] in await clock.sleep($0) }),
            environment: environment)
        isQuiet = arguments.has("quiet")
    }

    func run() async throws -> Int32 {
        let onlyCleans = arguments.has("clean-up")
        let chosen = try onlyCleans ? [] : self.chosen()
        let schemas = try self.schemas(chosen)
        let run = "j" + MachineFacts.runID().dropFirst()
        let startedAt = MachineFacts.now().text
        let began = clock.now()
        // Stopping is told to the task; what it has to undo it undoes all the same.
        let task = Task {
            let leftovers = try await self.leftovers()
            var results: [JourneyResult] = []
            for (index, journey) in chosen.enumerated() where !Task.isCancelled {
                results.append(await carryOut(journey, "\(run)-\(index + 1)", startedAt, schemas))
            }
            return (leftovers: leftovers, results: results, wasStopped: Task.isCancelled)
        }
        let signals = StopSignals(patience: Self.patience) { [console] in
            console.error(
                "stopping; what was made is cleaned up first (Ctrl-C again to leave it to the next start)")
            task.cancel()
        }
        defer { signals.end() }
        let (leftovers, results, wasStopped) = try await task.value
        console.clearProgress()
        let report = JourneyReport(
            project: file.policy.project, run: run, startedAt: startedAt, seconds: clock.now() - began,
            journeys: results, leftovers: leftovers)
        if onlyCleans { return cleaned(leftovers, wasStopped) }
        try show(report)
        return wasStopped ? ExitStatus.stopped : report.verdict.exitStatus
    }

    // MARK: what is asked for

    private func chosen() throws -> [JourneyPolicy] {
        let all = file.policy.journeys
        guard !all.isEmpty else {
            throw StoreError(
                .missing,
                "\(file.path): the policy has no 'journey'; docs/journey.md shows how one is written")
        }
        let chosen =
            try arguments.positionals.isEmpty
            ? all
            : arguments.positionals.map { name in
                guard let journey = all.first(where: { $0.name == name }) else {
                    let known = all.map(\.name).joined(separator: ", ")
                    throw Arguments.Problem(
                        message: "the policy has no journey '\(name)'", hint: "there are \(known)")
                }
                return journey
            }
        // Found out before anything is done that would have to be undone.
        try checkLists(chosen)
        var missing: [String] = []
        for name in chosen.flatMap({ $0.variables }) where Environment.value(name) == nil {
            if !missing.contains(name) { missing.append(name) }
        }
        // An address of nothing is no address; elsewhere an empty value may be meant.
        let addressed = chosen.flatMap(\.requests).flatMap(\.url.variables)
        if let name = addressed.first(where: { Environment.value($0)?.isEmpty == true }) {
            throw StoreError(
                .missing,
                "the environment variable \(name), which a journey's address begins with, is empty; "
                    + "set it: \(name)=http://…")
        }
        if !missing.isEmpty {
            let names = missing.joined(separator: ", ")
            throw StoreError(
                .missing,
                missing.count == 1
                    ? "the environment variable \(names), which a journey needs, is not set"
                    : "the environment variables \(names), which journeys need, are not set")
        }
        return chosen
    }

    /// That nothing is called or read which the policy's lists do not hold.
    private func checkLists(_ journeys: [JourneyPolicy]) throws(TargetProblem) {
        let lists = file.policy.trust
        var refusals: [TrustLists.Refusal] = []
        for journey in journeys {
            for request in journey.requests {
                for name in request.texts.flatMap(\.variables) {
                    refusals += [lists.refusal(variable: name, key: "journey.\(journey.name)")].compactMap {
                        $0
                    }
                }
                guard let origin = CallOrigins.origin(of: request.url, { Environment.value($0) }) else {
                    continue
                }
                refusals += [lists.refusal(url: origin + "/", key: "journey.\(journey.name)")].compactMap {
                    $0
                }
            }
        }
        guard !refusals.isEmpty else { return }
        var items: [TargetProblem.Item] = []
        for refusal in refusals {
            let item = TargetProblem.Item(key: refusal.key, cause: refusal.cause, mend: refusal.mend)
            if !items.contains(item) { items.append(item) }
        }
        throw TargetProblem(items: items)
    }

    private func schemas(_ journeys: [JourneyPolicy]) throws(StoreError) -> [String: JSONSchema] {
        var schemas: [String: JSONSchema] = [:]
        for name in journeys.flatMap(\.schemaFiles) where schemas[name] == nil {
            schemas[name] = try SchemaFiles.compile(name, file)
        }
        return schemas
    }

    // MARK: carrying out

    private func carryOut(
        _ journey: JourneyPolicy, _ run: String, _ startedAt: String, _ schemas: [String: JSONSchema]
    ) async -> JourneyResult {
        let head = JournalHead(
            run: run, journey: journey.name, policy: file.path, unique: "sluice-" + run.dropFirst(2),
            startedAt: startedAt)
        let runner = JourneyRunner(
            journey, schemas: schemas, head: head, limits: limits, ports: ports,
            journal: { [journals] () throws(StoreError) in try journals.begin(run) },
            progress: { [console, isQuiet] step in
                if !isQuiet {
                    console.progress("\(Sluice.printable(journey.name)): \(Sluice.printable(step))")
                }
            })
        return await runner.run()
    }

    private func leftovers() async throws(StoreError) -> [JourneyReport.Leftover] {
        let origins = CallOrigins(file.policy.journeys, environment: environment)
        let runner = LeftoverRunner(origins: origins, limits: limits, ports: ports)
        var leftovers: [JourneyReport.Leftover] = []
        for found in try journals.found() {
            switch found {
            case .left(let journal, let lines):
                if !isQuiet { console.progress("cleaning up after an earlier run") }
                leftovers.append(await runner.work(journal.path, lines: lines, log: journal))
            case .underWay(let path, let problem), .unreadable(let path, let problem):
                leftovers.append(
                    JourneyReport.Leftover(
                        run: "", journey: "", file: path, cleanUps: [],
                        problem: problem.kind == .busy
                            ? "its run is still under way (\(problem.description)); left alone"
                            : problem.description))
            }
        }
        return leftovers
    }

    // MARK: the report

    private func cleaned(_ leftovers: [JourneyReport.Leftover], _ wasStopped: Bool) -> Int32 {
        let report = JourneyReport(
            project: file.policy.project, run: "", startedAt: "", seconds: 0, journeys: [],
            leftovers: leftovers)
        if arguments.has("json") {
            let value: JSONValue = [
                "format": "sluice.journey-clean-up/1",
                "leftovers": JourneyForms.json(report)["leftovers"] ?? [],
            ]
            console.out(String(decoding: value.bytes(pretty: true), as: UTF8.self) + "\n")
        } else {
            console.out(JourneyForms.leftovers(report, width: console.width, colour: console.hasColour))
        }
        if wasStopped { return ExitStatus.stopped }
        let isClean = leftovers.allSatisfy { leftover in
            leftover.problem == nil && leftover.cleanUps.allSatisfy { $0.kind != .failed }
        }
        return isClean ? ExitStatus.ship : ExitStatus.couldNotMeasure
    }

    private func show(_ report: JourneyReport) throws(StoreError) {
        if arguments.has("json") {
            console.out(String(decoding: JourneyForms.json(report).bytes(pretty: true), as: UTF8.self) + "\n")
        } else {
            console.out(JourneyForms.terminal(report, width: console.width, colour: console.hasColour))
        }
        if let path = arguments.value("html") {
            try InputFile.write(path, Array(JourneyPage.render(report, version: Sluice.version).utf8))
        }
        if let path = arguments.value("junit") {
            try InputFile.write(path, Array(JourneyForms.junit(report).utf8))
        }
    }
}
