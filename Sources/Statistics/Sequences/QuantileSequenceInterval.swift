extension QuantileRanks {
    /// The quantile's bounds at this moment, among order statistics wherever they are kept.
    ///
    /// - Parameters:
    ///   - n: Observations so far.
    ///   - valueAtRank: From a rank in `1...n` to the order statistic; a sketch answers with its relative
    ///     error, which the bounds then carry.
    /// - Throws: `EstimateError.tooFew` with the number from which both bounds are finite.
    public func interval(
        n: Int, valueAtRank: (Int) throws(EstimateError) -> Double
    ) throws(EstimateError) -> Interval {
        guard let lower = try lowerRank(n: n), let upper = try upperRank(n: n) else {
            throw .tooFew(count: n, needed: try observationsNeeded())
        }
        return try Interval(
            lower: valueAtRank(lower), upper: valueAtRank(upper), confidence: confidence,
            method: "quantile confidence sequence, order statistics")
    }

    /// The quantile's bounds among values in ascending order.
    public func interval(ofSorted values: [Double]) throws(EstimateError) -> Interval {
        try interval(n: values.count) { values[$0 - 1] }
    }
}
