import Domain
import Gating
import Ledger
import Metrics
import Scoring

/// The policy's gates over observations that are there already, such as live requests that both arms answered: the
/// scorer and the judge that `eval` has, so that the same answers get the same verdict.
///
/// A unit is what was drawn: a sticky key with its requests, as an example with its repeats. Nothing is asked, nothing
/// is written, and no ledger counts a look.
public struct RecordGate: Sendable {
    /// What one request asked, and what each arm made of it; a nil outcome is unmeasured.
    public struct Row: Sendable {
        public let example: Example
        public let baseline: Observation.Outcome?
        public let candidate: Observation.Outcome?

        public init(example: Example, baseline: Observation.Outcome?, candidate: Observation.Outcome?) {
            self.example = example
            self.baseline = baseline
            self.candidate = candidate
        }
    }

    /// A unit's requests, in the order they came; at least one.
    public struct Unit: Sendable {
        /// The only one of its name.
        public let id: String
        public let rows: [Row]

        public init(id: String, rows: [Row]) {
            self.id = id
            self.rows = rows
        }
    }

    private let request: GoldenGate.Request
    private let models: any ModelProvider
    private let clock: any ReplayClock

    /// - Parameter request: As a run has it; whether it resumes or rescores does not matter.
    public init(_ request: GoldenGate.Request, models: any ModelProvider = NoModels(), clock: any ReplayClock)
    {
        var request = request
        request.resume = false
        request.rescore = true
        self.request = request
        self.models = models
        self.clock = clock
    }

    /// Rules that want something of an example which the units do not have: a live request has no expectation, and a
    /// gate on one would be open for ever.
    public static func withoutExpectations(_ rules: [GateRule]) -> (judged: [GateRule], setAside: [GateRule])
    {
        var judged: [GateRule] = []
        var setAside: [GateRule] = []
        for rule in rules {
            let family = MetricCatalogue.family(of: GoldenJudge.measuredName(of: rule))
            let wantsMore = family?.wantsExpectation == true
            if wantsMore { setAside.append(rule) } else { judged.append(rule) }
        }
        return (judged, setAside)
    }

    /// Rules that hold the candidate's times against production's, which say nothing where the two carried unequal load.
    public static func withoutRelativeTimes(_ rules: [GateRule]) -> (judged: [GateRule], setAside: [GateRule])
    {
        let times: Set<String> = [
            "latency", "time_to_first_token", "ttft", "stage_latency", "tokens_per_second",
        ]
        var judged: [GateRule] = []
        var setAside: [GateRule] = []
        for rule in rules {
            let isRelative: Bool
            switch rule.form {
            case .notWorse, .noWorse, .within: isRelative = true
            default: isRelative = false
            }
            if isRelative, times.contains(rule.metric.name) {
                setAside.append(rule)
            } else {
                judged.append(rule)
            }
        }
        return (judged, setAside)
    }

    /// - Throws: `MetricProblem`, `StoreError`.
    public func run(_ units: [Unit]) async throws -> RunResult {
        let evidence = MemoryEvidence()
        let log = try evidence.open(run: request.manifest.runID)
        let missing = Failure(cause: .notRecorded, detail: "no answer of this arm was captured")
        for unit in units {
            for (repetition, row) in unit.rows.enumerated() {
                for (arm, outcome) in [(Arm.baseline, row.baseline), (.candidate, row.candidate)] {
                    try log.append(
                        Observation(
                            example: unit.id, arm: arm, repetition: repetition,
                            outcome: outcome ?? .failed(missing)))
                }
            }
        }
        try log.finish()
        var targets: [Arm: any Target] = [:]
        for (arm, facts) in [
            (Arm.baseline, request.manifest.baseline), (.candidate, request.manifest.candidate),
        ] {
            let identity =
                facts?.identity ?? TargetIdentity(kind: "recorded", address: arm.rawValue, configuration: "")
            targets[arm] = RecordOnly(identity: identity)
        }
        let gate = GoldenGate(
            request,
            GoldenGate.Ports(
                examples: UnitExamples(units), targets: targets, evidence: evidence, runs: MemoryRunStore(),
                scratch: MemoryScratch(), cache: nil, clock: clock, models: models))
        return try await gate.run()
    }
}

/// Units as a data set has examples: a request of a unit is a repeat that asks something else.
private struct UnitExamples: ExampleSource {
    private let units: [RecordGate.Unit]

    init(_ units: [RecordGate.Unit]) { self.units = units }

    var count: Int { units.count }

    func example(_ index: Int) -> Example {
        let unit = units[index]
        var example = unit.rows.first?.example ?? Example(id: unit.id, query: "")
        example.id = unit.id
        example.repeats = max(1, unit.rows.count)
        // What the requests of a unit do not share is no property of the unit.
        example.columns = example.columns.filter { column in
            unit.rows.allSatisfy {
                $0.example.columns.first { $0.name == column.name }?.value == column.value
            }
        }
        return example
    }

    func example(_ index: Int, repetition: Int) -> Example {
        let rows = units[index].rows
        guard rows.indices.contains(repetition) else { return example(index) }
        var example = rows[repetition].example
        example.id = units[index].id
        return example
    }
}

private struct RecordOnly: Target {
    let identity: TargetIdentity

    func ask(_ question: Question) async -> Attempt {
        Attempt(.failed(Failure(cause: .notRecorded, detail: "nothing is asked")))
    }

    func close() async {}
}
