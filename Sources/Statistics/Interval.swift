/// A confidence interval, with what it is called where numbers are defended.
public struct Interval: Sendable, Hashable {
    public let lower: Double
    public let upper: Double
    /// Two-sided coverage in `(0, 1)`; each end alone is a one-sided bound at `(1 + confidence) / 2`.
    public let confidence: Double
    /// For example `Wilson` or `paired BCa bootstrap, 10,000 resamples, seed 7`.
    public let method: String

    public init(lower: Double, upper: Double, confidence: Double, method: String) {
        self.lower = lower
        self.upper = upper
        self.confidence = confidence
        self.method = method
    }
}
