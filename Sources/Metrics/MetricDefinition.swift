import Domain

/// What a metric is: its name and nature, what it needs, how one example is measured, how a set is summed up.
///
/// One definition yields the policy's parser, the help, the reports' words and the gate's mathematics.
///
/// What is missing, everywhere alike: an expectation that the example does not hold makes a metric *not
/// applicable*; a part of the answer that the app did not show makes it *failed*, so that leaving a part out
/// never helps a candidate. (A missing intent is an abstention, thus wrong.) Call `measured(_:)`, which also
/// knows what to say of an app that failed.
public struct MetricDefinition: Sendable {
    /// With its parameter: `recall@3`, `stage_latency[retrieval]`, `versions.embedding`.
    public let name: String
    /// One sentence: what it says.
    public let summary: String
    public let unit: MetricUnit
    /// Smallest and largest possible value; nil: unbounded on that side.
    public let lowest: Double?
    public let highest: Double?
    public let direction: Direction
    public let tier: Tier
    /// The part of the app it looks at, for *where it broke*.
    public let stage: Stage?
    /// Paper or standard.
    public let source: String
    /// Numbers measured per example: 1 for a plain score.
    public let width: Int
    public let aggregate: Aggregate
    /// Whether a score is 0 or 1: then proportions' own intervals and tests apply.
    public let isPassFail: Bool
    /// What an observation whose app failed is worth.
    public let whenAppFailed: FailureValue
    /// Measures an observation that has an answer (or any, where `measuresFailures`).
    public let measure: @Sendable (inout MeasureInput) -> Measurement
    /// What it wants of models before it can measure; nil for a metric that wants nothing.
    public let models: ModelNeed?
    /// What is doubtful about its parameter and changes nothing: a keyword of a schema that looks mistyped.
    public internal(set) var hints: [String] = []

    /// What is measured where the app was reached and did not serve (`Failure.countsAgainstApp`).
    public enum FailureValue: Sendable {
        /// The metric is about failures: it is measured as ever, whatever the cause.
        case measured
        /// Nothing can be said: *not applicable*, since there is no answer whose length or time could be
        /// measured.
        case nothing
        /// The worst there is, by intention to treat; the closure says so or why it does not apply to the
        /// example.
        case worst(@Sendable (inout MeasureInput) -> Measurement)
    }

    public init(
        name: String, summary: String, unit: MetricUnit, lowest: Double? = nil, highest: Double? = nil,
        direction: Direction, tier: Tier, stage: Stage?, source: String, width: Int = 1,
        aggregate: Aggregate = .mean, isPassFail: Bool = false, whenAppFailed: FailureValue = .nothing,
        models: ModelNeed? = nil, measure: @escaping @Sendable (inout MeasureInput) -> Measurement
    ) {
        self.name = name
        self.summary = summary
        self.unit = unit
        self.lowest = lowest
        self.highest = highest
        self.direction = direction
        self.tier = tier
        self.stage = stage
        self.source = source
        self.width = width
        self.aggregate = aggregate
        self.isPassFail = isPassFail
        self.whenAppFailed = whenAppFailed
        self.models = models
        self.measure = measure
    }

    /// The same under another name: where one metric stands twice, with other parameters.
    public func named(_ name: String) -> MetricDefinition {
        MetricDefinition(
            name: name, summary: summary, unit: unit, lowest: lowest, highest: highest, direction: direction,
            tier: tier, stage: stage, source: source, width: width, aggregate: aggregate,
            isPassFail: isPassFail, whenAppFailed: whenAppFailed, models: models, measure: measure)
    }

    /// What a metric wants of models.
    public struct ModelNeed: Sendable {
        /// Of which kinds.
        public let kinds: [ModelKind]
        /// All that shapes its numbers beside the models themselves: its parameters, its prompts' digests, the
        /// version of its formula. Scores of another series are never taken for its own.
        public let series: String
        /// What it still wants to know of an observation that has an answer, given what `input.models` holds
        /// already. Asked again until it wants nothing more; what failed is held as well, and not wanted again.
        public let requests: @Sendable (inout MeasureInput) -> [ModelRequest]
        /// Whether it looks at the other arm's answer as well.
        public let comparesArms: Bool
        /// The judged metrics behind it: itself, or parts of a composite.
        public let judged: [Judged]

        /// A judged metric, and what it asks.
        public struct Judged: Sendable, Hashable {
            public let name: String
            /// Most questions about one answer, all votes and steps together.
            public let questions: Int
            /// Whether both arms hang on the same questions.
            public let comparesArms: Bool
        }

        public init(
            _ kinds: [ModelKind], series: String, comparesArms: Bool = false, judged: [Judged] = [],
            requests: @escaping @Sendable (inout MeasureInput) -> [ModelRequest]
        ) {
            self.kinds = kinds
            self.comparesArms = comparesArms
            self.judged = judged
            self.series = series
            self.requests = requests
        }
    }

    /// Whether it measures failures themselves: error, retry and throttle rates.
    public var measuresFailures: Bool {
        if case .measured = whenAppFailed { return true }
        return false
    }

    /// Whether there is a worst value to score by, where the app failed or no longer shows what is measured.
    public var hasWorst: Bool {
        switch direction {
        case .higher: lowest != nil
        case .lower: highest != nil
        case .neither: false
        }
    }

    /// Highest minus lowest, where both are known.
    public var span: Double? {
        guard let lowest, let highest else { return nil }
        return highest - lowest
    }

    /// The measurement of any observation, answered or failed: what scorers call.
    ///
    /// A failure that is not the app's (unreachable, throttled, cancelled, not recorded) is *failed*:
    /// unmeasured.
    public func measured(_ input: inout MeasureInput) -> Measurement {
        guard let failure = input.observation.failure else { return measure(&input) }
        if case .measured = whenAppFailed { return measure(&input) }
        guard failure.countsAgainstApp else { return .failed(failure.detail) }
        switch whenAppFailed {
        case .measured: return measure(&input)
        case .nothing: return .notApplicable("the app gave no answer")
        case .worst(let worst): return worst(&input)
        }
    }
}

public enum Direction: String, Sendable, Hashable { case higher, lower, neither }

public enum Tier: String, Sendable, Hashable, CaseIterable { case quality, efficiency, business }

/// The app's parts in the order in which a request passes them.
public enum Stage: String, Sendable, Hashable, CaseIterable {
    case routing, retrieval, generation, format, guardrail, operation

    /// The column of a run's scores that says whether the stage put out the same in both arms: a digest of its
    /// output.
    public var signalName: String { "signal." + rawValue }
}

public enum MetricUnit: String, Sendable, Hashable {
    /// A share or score in `[0, 1]`.
    case ratio
    case milliseconds
    case tokens
    case characters
    case money
    case count
    case text
}

/// How the numbers of a set become the metric's value. `nil` from a function: not applicable to that set.
public enum Aggregate: Sendable {
    /// The mean over examples (of the mean over an example's repeats); gates may name a percentile instead.
    case mean
    /// A function of the component sums: corpus BLEU, cost per success.
    case sums(@Sendable (_ sums: [Double]) -> Double?)
    /// Components are (expected label, predicted label); the value is a function of their table.
    case confusion(
        value: @Sendable (ConfusionMatrix) -> Double?,
        perClass: (@Sendable (ConfusionMatrix, Int) -> Double?)?)
    /// The components are one label that must not vary: an observed version.
    case text
}

/// What came of measuring one observation.
public enum Measurement: Sendable, Hashable {
    case value(Double)
    case values([Double])
    /// Labels: for `confusion` the expected and the predicted one, or the expected alone where the app
    /// predicted nothing; for `text` the text.
    case labels([String])
    case notApplicable(String)
    /// The measuring failed: never counted as a score.
    case failed(String)
    /// It could not be measured, and the answer is not to blame: what scores lies elsewhere.
    case unmeasured(String)
}

extension Measurement {
    /// The example expects nothing of the kind.
    static func notExpected(_ what: String) -> Measurement { .notApplicable("the example has no \(what)") }

    static func share(_ holds: Bool) -> Measurement { .value(holds ? 1 : 0) }
}
