import Calibration
import Domain
import Interchange
import Metrics
import Replay
import Scoring
import Storage

/// Whom a run's metrics ask.
extension EvalSession {
    /// Who answers what a run's metrics ask of models; nobody where they ask nothing.
    ///
    /// - Parameter arms: How many are asked, for the forecast of what judging comes to; nil: none is told.
    func models(
        for request: GoldenGate.Request, _ examples: any ExampleSource, arms: Int? = nil
    ) throws -> any ModelProvider {
        guard request.wantsModels, !request.takesKeptScores else { return NoModels() }
        if let arms, let judge = request.policy.judge,
            let forecast = JudgeDoor.forecast(request, examples, arms: arms)
        {
            console.error(Sluice.printable(JudgeDoor.words(forecast, judge)))
        }
        return try ModelDoor.open(
            policy, file, allowance: allowance, store: store, examples: examples,
            notice: { [console] in console.error("waiting: \($0)") },
            foretold: { [console, judge = request.policy.judge] forecast in
                guard let judge else { return }
                console.error(Sluice.printable(JudgeDoor.presentWords(forecast, judge)))
            })
    }

    /// The calibration that the run's gates go by: the one that was kept with a run that is read as it was judged, else
    /// the policy's own of today.
    func calibration(_ manifest: Manifest) throws -> CalibrationRecord? {
        guard let calibration = policy.judge?.calibration else { return nil }
        if mode.usesRecordedPolicy, !mode.asks {
            return try evidence.get(run: manifest.runID, name: Self.calibrationName).map {
                try JudgeDoor.record($0, evidence.folder(run: manifest.runID) + "/" + Self.calibrationName)
            }
        }
        return try? JudgeDoor.record(calibration, file.folder)
    }

    /// Keeps the calibration beside a run that is made.
    func keepCalibration(_ run: String) throws {
        guard let calibration = policy.judge?.calibration,
            let bytes = try? InputFile.read(PolicyFile.resolve(calibration.record, file.folder))
        else { return }
        try evidence.put(run: run, name: Self.calibrationName, bytes: bytes)
        if let labels = calibration.labels,
            let bytes = try? InputFile.read(PolicyFile.resolve(labels, file.folder))
        {
            try evidence.put(run: run, name: Self.labelsName, bytes: bytes)
        }
    }

    static let calibrationName = "calibration.json"

    /// What people say of answers, which the run's rates are corrected by: the labels that were kept with a run that is read
    /// as it was judged, else the policy's own of today.
    func people(_ manifest: Manifest) throws -> [HumanLabel] {
        guard let named = policy.judge?.calibration?.labels else { return [] }
        let isRecord = mode.usesRecordedPolicy && !mode.asks
        let bytes =
            isRecord
            ? try evidence.get(run: manifest.runID, name: Self.labelsName)
            : try? InputFile.read(PolicyFile.resolve(named, file.folder))
        guard let bytes else { return [] }
        let settings = file.resources.judging
        var reader = LabelReader(path: named, scale: { settings.scale(of: $0) })
        reader.read(bytes)
        return reader.labels.compactMap { label in
            guard case .value(let value)? = label.verdict, let answer = label.material.answer else {
                return nil
            }
            return HumanLabel(metric: label.metric, example: label.example, answer: answer, value: value)
        }
    }

    static let labelsName = "labels.jsonl"

    /// Does work with ports, and ends what their models kept running, whatever comes of it.
    func closing<Result>(
        _ ports: GoldenGate.Ports, _ work: () async throws -> Result
    ) async throws -> Result {
        do {
            let result = try await work()
            await ModelDoor.close(ports.models, console)
            return result
        } catch {
            await ModelDoor.close(ports.models, console)
            throw error
        }
    }

    /// The run record by record with its scores, as it was judged.
    func rows(begin: ([String]) throws -> Void, each: (ExportRow) throws -> Void) async throws {
        let prepared = try prepare()
        let ports = try makePorts(prepared)
        let gate = GoldenGate(
            prepared.request, ports,
            notice: { [console] in console.error("warning: \($0.description)") })
        try await closing(ports) { try await gate.rows(begin: begin, each: each) }
    }

    /// How much each metric varies whose margin a blessing fixes.
    func spreads() async throws -> [MetricSpread] {
        let prepared = try prepare()
        let ports = try makePorts(prepared)
        return try await closing(ports) { try await GoldenGate(prepared.request, ports).automaticSpreads() }
    }

    /// What the report says of judging: what it was said to come to, and that the judge may be the app's own kind.
    func tellJudging(
        of request: GoldenGate.Request, _ examples: any ExampleSource, arms: Int, in result: inout RunResult
    ) {
        result.judgeForecast = JudgeDoor.forecast(request, examples, arms: arms)
        if let why = policy.judge?.selfJudgingReason, result.judgeForecast != nil {
            result.warnings.append(
                "the judge may be of the app's own family of models, by judge.self_judging: \(why)")
        }
    }
}
