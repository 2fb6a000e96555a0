/// A number about a population from a sample of it, or from few human and many machine labels.
public struct SurveyEstimate: Sendable, Hashable {
    public let value: Double
    /// As the method states it; intervals that are no ± of it say so in their method.
    public let standardError: Double
    public let interval: Interval
    /// Items that people judged.
    public let n: Int

    /// - Throws: `EstimateError.allEqual` where the sample shows no variation, or none beside a value so large, and so
    ///   no error to reckon with.
    init(value: Double, standardError: Double, interval: Interval, n: Int) throws(EstimateError) {
        guard standardError > 0, standardError.isFinite, interval.width > 0 else {
            throw .allEqual(value: value)
        }
        self.value = value
        self.standardError = standardError
        self.interval = interval
        self.n = n
    }

    /// value ± reach · error, cut to the range.
    ///
    /// - Throws: `EstimateError.allEqual` for an error of zero; `.outsideRange` where all of the interval lies
    ///   outside the range, so that the data contradict it.
    init(
        value: Double, standardError: Double, reach: Double, range: ClosedRange<Double>?, confidence: Double,
        method: String, n: Int
    ) throws(EstimateError) {
        guard value.isFinite else { throw .overflow }
        guard standardError > 0 else { throw .allEqual(value: value) }
        let half = reach * standardError
        var interval = try Interval(
            lower: value - half, upper: value + half, confidence: confidence, method: method)
        var inside = value
        if let range {
            guard interval.lower < range.upperBound, interval.upper > range.lowerBound else {
                throw .outsideRange(index: 0, of: "estimate")
            }
            interval = interval.clamped(to: range)
            inside = min(max(value, range.lowerBound), range.upperBound)
        }
        try self.init(value: inside, standardError: standardError, interval: interval, n: n)
    }
}
