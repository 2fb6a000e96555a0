import Calibration
import Digest
import Domain
import Metrics
import Notation
import Policy
import Reporting
import Scoring
import Storage
import Targets

/// `sluice judge calibrate`: a judge held against labels of people.
enum JudgeCalibrateCommand {
    static let command = Command(
        name: "judge calibrate",
        summary: "how often the judge errs on labels of people, and whether it may gate",
        usage: ["[LABELS] [options]"],
        flags: [
            PolicyFile.flag,
            Flag(
                name: "ask",
                summary: "ask the policy's judge; otherwise verdicts are taken as recorded in LABELS"),
            Flag(name: "repeats", value: "N", summary: "ask about each item N times, for self-consistency"),
            Flag(
                name: "injections", value: "N",
                summary: "put instructions to the judge into N answers of each metric, and see what they move"
            ),
            Flag(
                name: "pass-at", value: "X",
                summary: "from where a value counts as yes, grades brought to 0 to 1 (default: 0.5)"),
            Flag(
                name: "slice", value: "COLUMN", repeats: true,
                summary: "break down by it (default: every column)"),
            Flag(
                name: "random",
                summary:
                    "labels were drawn at random from all items: correct rates by prediction-powered inference too"
            ),
            Flag(name: "forecast", summary: "say what asking would come to, and ask nothing"),
            Flag(
                name: "out", value: "FILE",
                summary: "write the record there (default: judge.calibration.record)"),
            Flag(
                name: "store", value: "FOLDER", summary: "where judgements are remembered (default: .sluice)"),
            Flag(name: "json", summary: "as JSON"),
        ], positionals: 0...1,
        statuses: [
            Command.Status(code: 0, meaning: "the judge passes on every metric"),
            Command.Status(code: 1, meaning: "it does not pass on some metric"),
            Command.Status(code: ExitStatus.couldNotMeasure, meaning: "the judge could not be reached"),
        ] + ExitStatus.failures,
        details: """
            A line of LABELS is one item: {"id", "metric", "label"}, with 'judge' for a recorded verdict (a list:
            repeats; null: none), and what a judge is shown: 'query', 'answer', 'context', 'reference', 'history'. Of
            preference: 'first' and 'second', with 'judge_swapped' for the verdict in the other order. Further columns
            are slices; 'arm' tells the arms apart. Lines without a label count for the corrected rate alone. A label is
            yes, no, pass, fail or a number from 0 to 1; of a rubric a grade on its own scale, the policy's or that of
            the line ("scale": [1, 5]).

            The record holds for exactly this judge, its prompts and its votes; a change of any asks for a new one.
            """,
        examples: [
            "sluice judge calibrate examples/judge/recorded.jsonl",
            "sluice judge calibrate -p examples/judge/sluice.yaml --ask --repeats 2 --injections 5 --out calibration.json",
        ], run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            let session = try JudgeCalibration(arguments, console)
            return try await session.run()
        } catch {
            return EvalCommand.report(error, arguments, console, command: "judge calibrate")
        }
    }
}

/// One calibration from its arguments to its exit status.
struct JudgeCalibration {
    private let arguments: Arguments
    private let console: Console
    private let file: PolicyFile?
    private let allowance: TargetAllowance?
    private let labelsPath: String
    private let labelsDigest: String
    private let reader: LabelReader
    private var settings: JudgeSettings

    init(_ arguments: Arguments, _ console: Console) throws {
        self.arguments = arguments
        self.console = console
        let isNamed = arguments.has("policy") || InputFile.exists(PolicyFile.path(arguments))
        if isNamed {
            let file = try PolicyFile.load(PolicyFile.path(arguments), needsRecords: false, console: console)
            self.file = file
            settings = file.resources.judging
            allowance = PolicyDoor(asItStands: file).allowance
        } else {
            file = nil
            settings = JudgeSettings()
            allowance = nil
        }
        // Labels are of texts, not of a model: none is the judge's own.
        settings.stranger = nil
        guard let path = arguments.positionals.first ?? Self.labels(file) else {
            throw Arguments.Problem(
                message: "name a file of labels, or a policy whose judge.calibration names one",
                hint: "sluice judge calibrate labels.jsonl")
        }
        labelsPath = path
        let bytes = try InputFile.read(path)
        labelsDigest = ContentDigest(of: bytes).description
        var reader = LabelReader(path: path, scale: { [settings] in settings.scale(of: $0) })
        reader.read(bytes)
        self.reader = reader
    }

    private static func labels(_ file: PolicyFile?) -> String? {
        guard let file, let labels = file.policy.judge?.calibration?.labels else { return nil }
        return PolicyFile.resolve(labels, file.folder)
    }

    func run() async throws -> Int32 {
        for problem in reader.problems.prefix(20) { console.error(Sluice.printable(problem)) }
        if !reader.problems.isEmpty {
            console.error("sluice judge calibrate: \(reader.problems.count) lines of labels cannot be read")
            return ExitStatus.badInput
        }
        guard !reader.labels.isEmpty else {
            console.error("sluice judge calibrate: \(Sluice.printable(labelsPath)) holds no label")
            return ExitStatus.badInput
        }
        var calibration = CalibrationRun()
        calibration.thresholds = file?.policy.judge?.calibration?.thresholds ?? .init()
        calibration.slices = arguments.all("slice")
        calibration.isRandomSample = arguments.has("random")
        calibration.seed = file?.policy.seed ?? 1
        if let text = arguments.value("pass-at") {
            guard let value = Double(text), value > 0, value <= 1 else {
                throw Arguments.Problem(
                    message: "--pass-at takes a number above 0 and up to 1, not '\(text)'", hint: nil)
            }
            calibration.passAt = value
        }
        if arguments.has("ask") || arguments.has("forecast") {
            return try await asked(calibration)
        }
        for flag in ["repeats", "injections"] where arguments.has(flag) {
            throw Arguments.Problem(message: "--\(flag) asks the judge", hint: "add --ask")
        }
        let recorded = reader.labels.contains { !$0.judged.isEmpty }
        guard recorded else {
            throw Arguments.Problem(
                message: "\(labelsPath) holds no recorded verdicts", hint: "ask the policy's judge with --ask"
            )
        }
        let results = calibration.results(
            reader.labels, identity: { _ in ["recorded"] }, rest: rest(reader.unlabelled))
        return try finish(results, judge: nil)
    }

    // MARK: - Asking

    private func asked(_ calibration: CalibrationRun) async throws -> Int32 {
        guard let file, let policy = file.policy.judge else {
            throw Arguments.Problem(
                message: "there is no judge to ask",
                hint: "name one in the policy: judge: { openai: URL, model: NAME }")
        }
        let store = arguments.value("store") ?? ".sluice"
        let desk = try JudgeDoor.open(
            policy, file, allowance: allowance, store: store,
            notice: { [console] in console.error("waiting: \($0)") })
        let asker = CalibrationAsker(
            desk: desk, settings: settings,
            repeats: try arguments.number("repeats", least: 1, most: EvalSession.mostRepeats) ?? 1,
            passAt: calibration.passAt, prices: policy.prices)
        let injected = try arguments.number("injections", least: 1)
        let forecast = asker.forecast(
            reader.labels, unlabelled: reader.unlabelled, injections: injected ?? 0)
        console.error("judging: at most " + forecast.words)
        if arguments.has("forecast") {
            if arguments.has("json") {
                console.out(String(decoding: forecast.json.bytes(pretty: true), as: UTF8.self) + "\n")
            }
            return 0
        }
        if let excess = forecast.excess(over: policy.budget) {
            console.error("sluice judge calibrate: this would take \(excess); raise it, or label fewer items")
            return ExitStatus.badInput
        }
        let labels = await asker.verdicts(on: reader.labels)
        let unlabelled = await asker.verdicts(on: reader.unlabelled)
        var injections: [String: InjectionReport] = [:]
        if let injected { injections = await asker.injections(into: labels, most: injected) }
        await desk.close()
        let counts = desk.counts
        console.error("judging: " + counts.words)
        if let problem = desk.cacheProblem {
            console.error("warning: judgements are not remembered: \(problem.description)")
        }
        if counts.executed + counts.kept == 0 {
            let why = asker.firstProblem(labels) ?? "no verdict came"
            console.error(
                "sluice judge calibrate: the judge gave no verdict at all: \(Sluice.printable(why))")
            return ExitStatus.couldNotMeasure
        }
        let settings = settings
        let results = calibration.results(
            labels, identity: { JudgedForm.form(named: $0)?.identity(settings, of: $0) ?? [] },
            injections: injections,
            rest: rest(unlabelled))
        return try finish(results, judge: desk.identity, answered: desk.observedModels)
    }

    private func rest(_ labels: [Label]) -> [String: [Double]] {
        var rest: [String: [Double]] = [:]
        for label in labels {
            if case .value(let value)?? = label.judged.first { rest[label.metric, default: []].append(value) }
        }
        return rest
    }

    // MARK: - Telling

    private func finish(
        _ results: [MetricCalibration], judge: JudgeIdentity?, answered: [String] = []
    ) throws -> Int32 {
        let day = Day(number: Int(MachineFacts.now().seconds / 86_400))
        let record = CalibrationRecord(
            judge: judge, labels: labelsDigest, isFresh: judge != nil, made: "\(day)",
            answered: answered, results: results)
        var path = arguments.value("out")
        if path == nil, judge != nil, let file, let named = file.policy.judge?.calibration?.record {
            path = PolicyFile.resolve(named, file.folder)
        }
        let bytes = record.json.bytes(pretty: true) + [0x0A]
        if let path { try InputFile.write(path, bytes) }
        if arguments.has("json") {
            var whole = record.json
            if case .object(var object) = whole {
                object["unlabelled"] = .integer(Int64(reader.unlabelled.count))
                object["details"] = .array(results.map(\.details))
                whole = .object(object)
            }
            console.out(String(decoding: whole.bytes(pretty: true) + [0x0A], as: UTF8.self))
        } else {
            var name = judge?.description ?? "recorded in \(labelsPath)"
            if !answered.isEmpty, answered != [judge?.model] {
                name += ", answered as " + answered.joined(separator: ", ")
            }
            console.out(
                CalibrationText.render(results, judge: name, fresh: judge != nil).split(
                    separator: "\n", omittingEmptySubsequences: false
                ).map { Sluice.printable(String($0)) }.joined(separator: "\n"))
            if let path { console.out("record  \(Sluice.printable(path))\n") }
        }
        return results.allSatisfy(\.passes) ? 0 : 1
    }
}
