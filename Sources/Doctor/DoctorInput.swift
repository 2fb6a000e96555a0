import Domain
import Gating
import Metrics

/// What is examined: scores of one app, or of two, with the rules that would judge them.
public struct DoctorInput: Sendable {
    public let table: any ScoreTable
    public let rules: [GateRule]
    public let definitions: [MetricDefinition]
    public let kpi: KPIDefinition?
    public let options: GateOptions
    /// Whether both arms asked one and the same app, so that they differ by its own noise alone.
    public let isSameApp: Bool
    public let measurement: MeasurementCounts
    /// Repeats that the run made of an example that names none itself, and those that a verdict would make.
    public let runRepeats: Int
    public let judgedRepeats: Int
    /// Repeats that a verdict averages, also where the run made fewer.
    public let verdictRepeats: Int
    /// Judgements of the unchanged app, at least 100.
    public let trials: Int
    /// Sizes of the losses that are planted, ascending: see `PlantedLoss`.
    public let losses: [Double]
    /// Judgements of each planted loss, at most `trials`.
    public let curveTrials: Int
    public let seed: UInt64

    public init(
        table: any ScoreTable, rules: [GateRule], definitions: [MetricDefinition], kpi: KPIDefinition? = nil,
        options: GateOptions, isSameApp: Bool, measurement: MeasurementCounts = MeasurementCounts(),
        runRepeats: Int = 1, judgedRepeats: Int? = nil, trials: Int = 1_000, curveTrials: Int? = nil,
        losses: [Double] = Examination.sizes,
        seed: UInt64? = nil
    ) {
        self.table = table
        self.rules = rules
        self.definitions = definitions
        self.kpi = kpi
        self.options = options
        self.isSameApp = isSameApp
        self.measurement = measurement
        self.runRepeats = runRepeats
        self.judgedRepeats = max(1, min(runRepeats, judgedRepeats ?? runRepeats))
        verdictRepeats = max(1, judgedRepeats ?? runRepeats)
        self.trials = max(100, trials)
        self.losses = losses
        self.curveTrials = min(self.trials, max(50, curveTrials ?? self.trials / 4))
        self.seed = seed ?? options.seed
    }
}

/// Where the noise comes from that an unchanged app shows against itself.
public enum NoiseSource: String, Sendable, Hashable, CaseIterable {
    /// Both arms asked the same app: its answers are dealt to the arms anew.
    case passes = "two passes of one app"
    /// One arm asked each example several times: its repeats are dealt to two arms.
    case repeats = "repeats of one arm"
    /// Two different apps: which of them is called the candidate is tossed, example by example, so that a real
    /// change between them counts as noise.
    case swapped = "sign-randomised differences"
    /// One arm, asked once: nothing is known of its noise.
    case none = "none"
}
