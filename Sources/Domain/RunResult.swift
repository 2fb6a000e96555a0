import Notation
import Statistics

/// Everything a report says of one run. Pure data: each face (terminal, Markdown, JUnit, JSON, HTML) renders it.
public struct RunResult: Sendable {
    public var manifest: Manifest
    public var verdict: Verdict
    /// One sentence for people: what decided.
    public var headline: String
    public var gates: [GateResult]
    /// Every metric of the run, gated or not, in the policy's order.
    public var metrics: [MetricResult]
    /// Metric by slice; gated metrics first.
    public var slices: [SliceResult]
    public var confusions: [ConfusionResult]
    public var distributions: [DistributionResult]
    public var movement: Movement
    /// The stage that broke, where the evidence names one.
    public var stages: [StageResult]
    public var whereItBroke: String?
    /// Differences between the arms' configuration, versions, prompts.
    public var changes: [String]
    /// The change itself as a unified diff, where one was given.
    public var diff: String?
    public var measurement: MeasurementCounts
    /// Gates left open that travel to the next layer, by name.
    public var reservations: [Reservation]
    /// Notes that a reader needs to trust or doubt the numbers.
    public var warnings: [String]
    /// Examples shown in full: newly failing first.
    public var shown: [ShownExample]
    public var layers: [RequiredLayers]

    public init(manifest: Manifest, verdict: Verdict, headline: String) {
        self.manifest = manifest
        self.verdict = verdict
        self.headline = headline
        gates = []
        metrics = []
        slices = []
        confusions = []
        distributions = []
        movement = Movement()
        stages = []
        changes = []
        measurement = MeasurementCounts()
        reservations = []
        warnings = []
        shown = []
        layers = []
    }
}

/// The answer to *may this change reach users?*
public enum Verdict: String, Sendable, Hashable, CaseIterable {
    case ship = "SHIP"
    case block = "BLOCK"
    case cannotTell = "CANNOT TELL"
    /// No verdict could be formed: app, judge or store unreachable.
    case couldNotMeasure = "COULD NOT MEASURE"

    /// The exit status of `sluice eval`.
    public var exitStatus: Int32 {
        switch self {
        case .ship: 0
        case .block: 1
        case .cannotTell: 2
        case .couldNotMeasure: 3
        }
    }
}

/// What one gate concluded.
public struct GateResult: Sendable {
    public enum Outcome: String, Sendable, Hashable, CaseIterable {
        case passes, fails, unsure
        /// Reported only: too little support to judge, or nothing it applies to.
        case notJudged = "not judged"
    }

    public var rule: GateRule
    public var outcome: Outcome
    public var unit: String
    public var direction: String
    public var baseline: Estimate?
    public var candidate: Estimate?
    /// Candidate minus baseline in the metric's own sign; its interval is the one that decided.
    public var difference: Estimate?
    /// For `within p% of baseline`: candidate over baseline.
    public var ratio: Estimate?
    public var n: Int
    /// Margin in the metric's unit, where the form has one.
    public var margin: Double?
    /// Bound of a comparison, in the metric's unit.
    public var bound: Double?
    /// One-sided p of *worse*, as computed and after Holm.
    public var p: Double?
    public var adjustedP: Double?
    /// In words: why it passed, failed or is unsure; what would have been caught; what would decide.
    public var note: String
    /// Method of the deciding interval or test.
    public var method: String
    /// For `[each]`: members, worst first.
    public var members: [Member]

    public init(
        rule: GateRule, outcome: Outcome, unit: String, direction: String, n: Int, note: String,
        method: String
    ) {
        self.rule = rule
        self.outcome = outcome
        self.unit = unit
        self.direction = direction
        self.n = n
        self.note = note
        self.method = method
        members = []
    }

    public struct Member: Sendable {
        public let name: String
        public let outcome: Outcome
        public let baseline: Double?
        public let candidate: Double?
        public let difference: Interval?
        public let n: Int

        public init(
            name: String, outcome: Outcome, baseline: Double?, candidate: Double?, difference: Interval?,
            n: Int
        ) {
            self.name = name
            self.outcome = outcome
            self.baseline = baseline
            self.candidate = candidate
            self.difference = difference
            self.n = n
        }
    }
}

/// One metric over the whole set, gated or not.
public struct MetricResult: Sendable {
    public let name: String
    public let summary: String
    public let unit: String
    /// `higher`, `lower` or `neither`.
    public let direction: String
    public let tier: String
    public let stage: String?
    public let baseline: Estimate?
    public let candidate: Estimate?
    public let difference: Estimate?
    /// Examples it does not apply to, and those where measuring failed, in the candidate.
    public let notApplicable: Int
    public let failed: Int

    public init(
        name: String, summary: String, unit: String, direction: String, tier: String, stage: String?,
        baseline: Estimate?, candidate: Estimate?, difference: Estimate?, notApplicable: Int, failed: Int
    ) {
        self.name = name
        self.summary = summary
        self.unit = unit
        self.direction = direction
        self.tier = tier
        self.stage = stage
        self.baseline = baseline
        self.candidate = candidate
        self.difference = difference
        self.notApplicable = notApplicable
        self.failed = failed
    }
}

/// One metric in one slice.
public struct SliceResult: Sendable {
    public let metric: String
    /// Column and value: `locale = de`.
    public let slice: String
    public let value: String
    public let n: Int
    public let baseline: Double?
    public let candidate: Double?
    /// Of candidate minus baseline; nil below two paired examples.
    public let difference: Interval?
    /// Positive: better; the difference in the metric's good direction, as a share of its span where it has one, else
    /// of its value. Nil where the metric has no direction, or no span and did not surely move.
    public let goodness: Double?
    public let outcome: GateResult.Outcome

    public init(
        metric: String, slice: String, value: String, n: Int, baseline: Double?, candidate: Double?,
        difference: Interval?, goodness: Double?, outcome: GateResult.Outcome
    ) {
        self.metric = metric
        self.slice = slice
        self.value = value
        self.n = n
        self.baseline = baseline
        self.candidate = candidate
        self.difference = difference
        self.goodness = goodness
        self.outcome = outcome
    }
}

/// Two confusion matrices over the same labels (rows expected, columns predicted).
public struct ConfusionResult: Sendable {
    public let metric: String
    public let labels: [String]
    public let baseline: [[Double]]?
    public let candidate: [[Double]]

    public init(metric: String, labels: [String], baseline: [[Double]]?, candidate: [[Double]]) {
        self.metric = metric
        self.labels = labels
        self.baseline = baseline
        self.candidate = candidate
    }
}

/// Distribution of a metric's values before and after: shared histogram edges, and percentiles.
public struct DistributionResult: Sendable {
    public struct Percentile: Sendable {
        public let name: String
        public let baseline: Double?
        public let candidate: Double?
        /// Order-statistic interval of the candidate's, nil where n is too small for one.
        public let interval: Interval?

        public init(name: String, baseline: Double?, candidate: Double?, interval: Interval?) {
            self.name = name
            self.baseline = baseline
            self.candidate = candidate
            self.interval = interval
        }
    }

    public let metric: String
    public let unit: String
    /// `counts.count + 1` edges.
    public let edges: [Double]
    public let baseline: [Int]?
    public let candidate: [Int]
    public let percentiles: [Percentile]

    public init(
        metric: String, unit: String, edges: [Double], baseline: [Int]?, candidate: [Int],
        percentiles: [Percentile]
    ) {
        self.metric = metric
        self.unit = unit
        self.edges = edges
        self.baseline = baseline
        self.candidate = candidate
        self.percentiles = percentiles
    }
}

/// How single examples moved between the arms.
public struct Movement: Sendable {
    public struct Item: Sendable {
        public let example: String
        public let metric: String
        public let baseline: Double
        public let candidate: Double

        public init(example: String, metric: String, baseline: Double, candidate: Double) {
            self.example = example
            self.metric = metric
            self.baseline = baseline
            self.candidate = candidate
        }
    }

    /// Examples that passed before and fail now, worst first; capped, the count is whole.
    public var newlyFailing: [Item] = []
    public var newlyPassing: [Item] = []
    public var newlyFailingCount = 0
    public var newlyPassingCount = 0
    /// Examples whose scores changed without crossing pass or fail.
    public var movedCount = 0
    public var unchangedCount = 0

    public init() {}
}

/// One stage of the app, as the evidence shows it.
public struct StageResult: Sendable {
    public let stage: String
    /// The metric that speaks for the stage, with its difference.
    public let metric: String?
    public let baseline: Double?
    public let candidate: Double?
    public let difference: Interval?
    /// Whether this is where it broke.
    public let broke: Bool
    public let note: String

    public init(
        stage: String, metric: String?, baseline: Double?, candidate: Double?, difference: Interval?,
        broke: Bool,
        note: String
    ) {
        self.stage = stage
        self.metric = metric
        self.baseline = baseline
        self.candidate = candidate
        self.difference = difference
        self.broke = broke
        self.note = note
    }
}

/// What was and was not measured, told apart by whose failure it is.
public struct MeasurementCounts: Sendable {
    public struct ByCause: Sendable {
        public let arm: Arm
        public let cause: String
        public let count: Int
        /// One example of it, in words.
        public let detail: String

        public init(arm: Arm, cause: String, count: Int, detail: String) {
            self.arm = arm
            self.cause = cause
            self.count = count
            self.detail = detail
        }
    }

    public var planned = 0
    public var answered = 0
    /// The app failed: scored worst.
    public var appFailures = 0
    /// Infrastructure or recording failed: unmeasured.
    public var unmeasured = 0
    /// Metrics that failed on an answer they should have read.
    public var metricFailures = 0
    public var retried = 0
    public var throttled = 0
    public var fromCache = 0
    public var causes: [ByCause] = []

    public init() {}
}

/// A gate left undecided that a later layer or a person must settle.
public struct Reservation: Sendable {
    public let gate: String
    public let why: String
    /// `shadow`, `canary` … or `a person`.
    public let settledBy: String

    public init(gate: String, why: String, settledBy: String) {
        self.gate = gate
        self.why = why
        self.settledBy = settledBy
    }
}

/// Layers that the kinds of this change require, and which kind asked.
public struct RequiredLayers: Sendable {
    public let layer: Layer
    public let askedBy: [ChangeKind]

    public init(layer: Layer, askedBy: [ChangeKind]) {
        self.layer = layer
        self.askedBy = askedBy
    }
}

/// An example shown side by side.
public struct ShownExample: Sendable {
    public struct Side: Sendable {
        public let text: String?
        public let intent: String?
        public let documents: [RetrievedDocument]?
        public let guardrail: String?
        public let failure: String?

        public init(
            text: String?, intent: String?, documents: [RetrievedDocument]?, guardrail: String?,
            failure: String?
        ) {
            self.text = text
            self.intent = intent
            self.documents = documents
            self.guardrail = guardrail
            self.failure = failure
        }
    }

    public struct Score: Sendable {
        public let metric: String
        public let baseline: Double?
        public let candidate: Double?
        /// Why there is no number.
        public let note: String?

        public init(metric: String, baseline: Double?, candidate: Double?, note: String?) {
            self.metric = metric
            self.baseline = baseline
            self.candidate = candidate
            self.note = note
        }
    }

    public let id: String
    public let query: String
    /// What was expected, as labelled lines: `documents: doc_101, doc_448`.
    public let expected: [String]
    public let goldDocuments: [String]
    public let baseline: Side?
    public let candidate: Side?
    public let scores: [Score]
    /// Whether it newly fails, newly passes or merely changed.
    public let movement: String
    public let place: SourcePlace

    public init(
        id: String, query: String, expected: [String], goldDocuments: [String], baseline: Side?,
        candidate: Side?,
        scores: [Score], movement: String, place: SourcePlace
    ) {
        self.id = id
        self.query = query
        self.expected = expected
        self.goldDocuments = goldDocuments
        self.baseline = baseline
        self.candidate = candidate
        self.scores = scores
        self.movement = movement
        self.place = place
    }
}
