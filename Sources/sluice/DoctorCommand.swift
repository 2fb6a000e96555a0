import Doctor
import Domain
import Gating
import Glibc
import Ledger
import Replay
import Reporting
import Storage

/// `sluice doctor`: the gates tested on the user's own scores.
enum DoctorCommand {
    static let command = Command(
        name: "doctor",
        summary:
            "test the gates on your own data: false blocks, what they would catch, what they cannot tell",
        usage: ["[options]"],
        flags: [
            PolicyFile.flag,
            Flag(
                name: "run", value: "RUN",
                summary: "the run whose scores are drawn from (default: the newest over this data set)"),
            Flag(name: "ask", summary: "ask the baseline app twice, in a run of its own, and draw from that"),
            Flag(
                name: "repeat", short: "r", value: "N",
                summary: "repeats of a verdict; with --ask also of the asking (default there: 2 at least)"),
            Flag(
                name: "change", short: "c", value: "KIND", repeats: true,
                summary: "whose gates: of these kinds of change (default: the run's own)"),
            Flag(name: "trials", value: "N", summary: "judgements of an unchanged app (default: 1000)"),
            Flag(name: "seed", value: "N", summary: "seed of the drawing (default: the policy's)"),
            Flag(name: "no-connect", summary: "leave the apps alone"),
            Flag(name: "baseline", value: "URL", summary: "the baseline's address, in place of the policy's"),
            Flag(
                name: "candidate", value: "URL", summary: "the candidate's address, in place of the policy's"),
            Flag(
                name: "dataset", short: "d", value: "PATH", repeats: true,
                summary: "data set, in place of the policy's"),
            Flag(
                name: "html", value: "FILE", summary: "write the findings as a page, with every gate's curve"),
            Flag(name: "json", summary: "print the findings as JSON on stdout"),
            Flag(name: "store", value: "FOLDER", summary: "where runs are kept (default: .sluice)"),
            Flag(name: "quiet", short: "q", summary: "no progress"),
        ],
        statuses: [
            Command.Status(code: 0, meaning: "done; what was found is printed"),
            Command.Status(
                code: ExitStatus.cannotTell,
                meaning: "the data decide none of the gates, whatever the app does"),
            Command.Status(
                code: ExitStatus.couldNotMeasure,
                meaning:
                    "an app or the store cannot be reached; what the record shows is printed all the same"),
            Command.Status(code: ExitStatus.stopped, meaning: "stopped by Ctrl-C"),
        ] + ExitStatus.failures,
        details: """
            Draws examples of a finished run again and again, deals them to two arms as an unchanged app would have \
            them, and has the gates judge each drawing; then plants losses and looks from which one on the gates speak. \
            Says how often an unchanged app would be blocked, which margins the data cannot resolve and how many \
            examples would, how often gates near their limit flip by chance, and whether examples or repeats pay.

            The best data are two passes of one app: --ask makes them. Else the repeats of a run serve, else its \
            two arms with their names tossed. Without a run the blessed baseline's answers are read. Asks each app \
            of the policy one example, to see that it answers.
            """,
        examples: [
            "sluice doctor --ask --html doctor.html",
            "sluice doctor --run r-20261120-050921-4f2a --no-connect",
            "sluice doctor --trials 5000 --json > doctor.json",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            let trials = try arguments.number("trials", least: 100) ?? 1_000
            if arguments.has("ask"), arguments.has("run") {
                throw Arguments.Problem(message: "--ask makes a run; --run names one: give either", hint: nil)
            }
            guard let (scores, source, session) = try await scores(arguments, console) else {
                return ExitStatus.couldNotMeasure
            }
            let apps = arguments.has("no-connect") ? [] : try await connections(session)
            let input = DoctorInput(
                table: scores.table, rules: scores.rules, definitions: scores.definitions, kpi: scores.kpi,
                options: scores.options, isSameApp: scores.isSameApp, measurement: scores.measurement,
                runRepeats: scores.repeats, judgedRepeats: session.judgedRepeats, trials: trials,
                seed: session.seed)
            if !arguments.has("quiet") { console.progress("\(trials) trials") }
            let examination = try Examination(input)
            var report = try await examination.examine(
                project: session.project, policyPath: session.policyPath, source: source, workers: workers)
            console.clearProgress()
            report.add(apps)
            report.currency = session.currency
            try write(report, arguments, console)
            if !apps.allSatisfy(\.isReached) { return ExitStatus.couldNotMeasure }
            return report.decidesAnything ? 0 : ExitStatus.cannotTell
        } catch let interruption as ReplayInterruption {
            console.error("sluice doctor: \(words(interruption))")
            if case .stopped = interruption { return ExitStatus.stopped }
            return ExitStatus.couldNotMeasure
        } catch {
            return EvalCommand.report(error, arguments, console, command: "doctor")
        }
    }

    private static func words(_ interruption: ReplayInterruption) -> String {
        switch interruption {
        case .stopped(let done, let planned): "stopped with \(done) of \(planned) answered"
        case .unreachable(let arm, let why): "the \(arm.rawValue) cannot be reached: \(why)"
        case .store(let problem): problem.description
        }
    }

    private static var workers: Int { max(1, min(8, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    private static func write(_ report: DoctorReport, _ arguments: Arguments, _ console: Console) throws {
        if arguments.has("json") {
            console.out(DoctorJSON.render(report))
        } else {
            console.out(
                DoctorTerminal.render(
                    report, width: console.width, colour: console.hasColour, page: arguments.value("html")))
        }
        if let path = arguments.value("html") {
            try InputFile.write(path, Array(DoctorPage.render(report, version: Sluice.version).utf8))
        }
    }

    // MARK: The data

    private typealias Data = (scores: RunScores, source: String, session: EvalSession)

    /// Nil where an app could not be reached, which has been said.
    private static func scores(_ arguments: Arguments, _ console: Console) async throws -> Data? {
        if arguments.has("ask") {
            let asking = try EvalSession(arguments, console, mode: .twice)
            guard let run = try await asking.askTwice() else { return nil }
            return try await recorded(run, arguments, console)
        }
        if let run = arguments.value("run") { return try await recorded(run, arguments, console) }
        let session = try EvalSession(arguments, console, mode: .fresh)
        if let run = try newest(session) { return try await recorded(run, arguments, console) }
        guard let name = session.blessedName else {
            throw StoreError(
                .missing,
                "there is no finished run of project \(session.project) over this data set; 'sluice doctor --ask' "
                    + "asks the baseline app twice, 'sluice eval' makes a run")
        }
        return (try await session.blessedScores(name), "blessed baseline \(name)", session)
    }

    private static func recorded(
        _ run: String, _ arguments: Arguments, _ console: Console
    ) async throws -> Data {
        let session = try EvalSession(arguments, console, mode: .examine(run))
        return (try await session.scores(), run, session)
    }

    /// The newest finished run of this project over this data set.
    private static func newest(_ session: EvalSession) throws -> String? {
        let path = session.store + "/ledger.db"
        guard InputFile.exists(path) else { return nil }
        let digest = try session.datasetDigest()
        let runs = try SQLiteRunStore(path: path).runs(limit: 1_000)
        return runs.first {
            $0.project == session.project && $0.verdict != nil && $0.datasetDigest == digest
        }?.id
    }

    // MARK: The apps

    /// Asks each app of the policy one example.
    private static func connections(_ session: EvalSession) async throws -> [AppCheck] {
        let (targets, example) = try session.live()
        var checks: [AppCheck] = []
        for (arm, target) in targets {
            checks.append(await check(arm, target, example, session.timeoutSeconds))
            await target.close()
        }
        return checks
    }

    /// Seconds that an app has for one example of the doctor's.
    private static let patience = 20.0

    private static func check(
        _ arm: Arm, _ target: any Target, _ example: Example?, _ timeout: Double
    ) async -> AppCheck {
        let identity = target.identity
        guard let example, identity.kind != "recorded" else {
            return AppCheck(
                arm: arm, kind: identity.kind, address: identity.address, outcome: .recorded,
                milliseconds: nil)
        }
        let run = MachineFacts.runID()
        let question = Question(
            example: example, query: example.query, history: example.history, arm: arm, repetition: 0,
            turn: 0,
            attempt: 0, session: nil, runID: "doctor-" + run,
            idempotencyKey: "sluice-doctor-\(arm.rawValue)-\(run)",
            timeoutSeconds: min(timeout, patience))
        let clock = MonotonicClock()
        let began = clock.now()
        let attempt = await target.ask(question)
        let milliseconds = (clock.now() - began) * 1_000
        let outcome: AppCheck.Outcome =
            switch attempt.result {
            case .answered(let answer): .answered(shows: shown(answer))
            case .failed(let failure):
                .failed(cause: failure.cause.rawValue, detail: failure.detail, status: failure.status)
            }
        return AppCheck(
            arm: arm, kind: identity.kind, address: identity.address, outcome: outcome,
            milliseconds: milliseconds)
    }

    /// What the answer shows, in the words of the policy's `observe`.
    private static func shown(_ answer: Answer) -> [String] {
        var parts: [String] = []
        if answer.text != nil { parts.append("text") }
        if answer.intent != nil { parts.append("intent") }
        if answer.documents != nil { parts.append("documents") }
        if answer.guardrail != nil { parts.append("guardrail") }
        if answer.usage != nil { parts.append("usage") }
        if answer.stages != nil { parts.append("stages") }
        if answer.versions != nil { parts.append("versions") }
        return parts
    }
}
