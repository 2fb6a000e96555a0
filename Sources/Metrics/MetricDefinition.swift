import Domain

/// What a metric is: its name and nature, what it needs, how one example is measured, how a set is summed up.
///
/// One definition yields the policy's parser, the help, the reports' words and the gate's mathematics.
public struct MetricDefinition: Sendable {
    /// With its parameter: `recall@3`.
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
    public let measure: @Sendable (inout MeasureInput) -> Measurement

    public init(
        name: String, summary: String, unit: MetricUnit, lowest: Double? = nil, highest: Double? = nil,
        direction: Direction, tier: Tier, stage: Stage?, source: String, width: Int = 1,
        aggregate: Aggregate = .mean, isPassFail: Bool = false,
        measure: @escaping @Sendable (inout MeasureInput) -> Measurement
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
        self.measure = measure
    }

    /// Highest minus lowest, where both are known.
    public var span: Double? {
        guard let lowest, let highest else { return nil }
        return highest - lowest
    }
}

public enum Direction: String, Sendable, Hashable { case higher, lower, neither }

public enum Tier: String, Sendable, Hashable, CaseIterable { case quality, efficiency, business }

/// The app's parts in the order in which a request passes them.
public enum Stage: String, Sendable, Hashable, CaseIterable {
    case routing, retrieval, generation, format, guardrail, operation
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
public enum Measurement: Sendable {
    case value(Double)
    case values([Double])
    /// Labels, for `confusion` (expected, predicted) and for `text` (one).
    case labels([String])
    case notApplicable(String)
    /// The measuring failed: never counted as a score.
    case failed(String)
}
