import Statistics

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
    /// That it fails is let pass with the gate that would have blocked it.
    public var isWaived = false

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
