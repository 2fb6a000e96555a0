/// A number computed from examples, with what is known of its precision.
public struct Estimate: Sendable, Hashable {
    public let value: Double
    /// Absent where the method has none (too few examples, a plain count).
    public let interval: Interval?
    /// Independent examples behind the value: repeats of one example count once.
    public let n: Int
    /// What was computed, as printed: `"mean"`, `"p95 (R-7)"`, `"macro F1"`.
    public let method: String

    /// - Throws: `EstimateError.notFinite` for a value that is no finite number, `.invalidCounts` for `n <
    ///   0`.
    public init(value: Double, interval: Interval? = nil, n: Int, method: String) throws(EstimateError) {
        guard value.isFinite else { throw .notFinite(index: 0) }
        guard n >= 0 else { throw .invalidCounts() }
        self.value = value
        self.interval = interval
        self.n = n
        self.method = method
    }
}
