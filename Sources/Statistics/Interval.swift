/// An equal-tailed confidence interval: each end is also a one-sided bound.
///
/// Both ends are finite and `lower <= upper`; where a method finds no finite bound it throws instead.
public struct Interval: Sendable, Hashable {
    public let lower: Double
    public let upper: Double
    /// Two-sided coverage in `(0, 1)`: `0.90` is a one-sided 95 % bound each way.
    public let confidence: Double
    /// Method, resamples and seed, as printed: `"paired BCa bootstrap, 10,000 resamples, seed 7"`.
    public let method: String

    /// - Throws: `EstimateError.overflow` unless both ends are finite and in order,
    ///   `.invalidParameter` where the confidence lies outside `(0, 1)`.
    public init(lower: Double, upper: Double, confidence: Double, method: String) throws(EstimateError) {
        guard lower.isFinite, upper.isFinite, lower <= upper else { throw .overflow }
        try requireProbability(confidence, "confidence")
        self.lower = lower
        self.upper = upper
        self.confidence = confidence
        self.method = method
    }

    public var width: Double { upper - lower }

    public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }

    /// The interval cut to the values that are possible.
    public func clamped(to range: ClosedRange<Double>) -> Interval {
        let low = min(max(lower, range.lowerBound), range.upperBound)
        let high = min(max(upper, range.lowerBound), range.upperBound)
        return Interval(checkedLower: low, upper: high, confidence: confidence, method: method)
    }

    private init(checkedLower lower: Double, upper: Double, confidence: Double, method: String) {
        self.lower = lower
        self.upper = upper
        self.confidence = confidence
        self.method = method
    }
}
