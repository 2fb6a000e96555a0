/// The distribution-free interval of a quantile: two order statistics.
///
/// - Parameters:
///   - values: In ascending order and finite.
///   - level: In `(0, 1)`.
///   - confidence: Two-sided coverage, at least so much.
/// - Returns: Both ends are values that were seen; one and the same where the quantile falls into a tie.
/// - Throws: `EstimateError.tooFew` with the count that is needed: a two-sided 90 % interval of p95 needs 59;
///   `.allEqual` for values that are all the same, whose order statistics say nothing of others.
/// - Complexity: O(log² n).
///
/// H. A. David, H. N. Nagaraja, Order Statistics, 3rd ed. (2003), section 7.1.
public func quantileInterval(
    ofSorted values: [Double], at level: Double, confidence: Double = 0.90
) throws(EstimateError) -> Interval {
    try requireProbability(confidence, "confidence")
    if let first = values.first, values.count > 1, first == values[values.count - 1] {
        throw .allEqual(value: first)
    }
    let side = (1 + confidence) / 2
    return try Interval(
        lower: quantileLowerBound(ofSorted: values, at: level, confidence: side),
        upper: quantileUpperBound(ofSorted: values, at: level, confidence: side),
        confidence: confidence, method: "order statistics")
}

/// The smallest order statistic that is at or above the quantile with one-sided `confidence`.
public func quantileUpperBound(
    ofSorted values: [Double], at level: Double, confidence: Double = 0.95
) throws(EstimateError) -> Double {
    let needed = try observationsNeeded(forQuantile: level, confidence: confidence)
    try requireCount(values.count, atLeast: needed, "values")
    // With s values at or below x₍ₛ₎: P(quantile ≤ x₍ₛ₎) ≥ P(Bin(n, level) ≤ s − 1).
    let below = try Binomial(trials: values.count, probability: level).quantile(confidence)
    // Rounding in `needed` may be one observation short of what the distribution says.
    try requireCount(values.count, atLeast: below + 1, "values")
    return values[below]
}

/// The largest order statistic that is at or below the quantile with one-sided `confidence`.
public func quantileLowerBound(
    ofSorted values: [Double], at level: Double, confidence: Double = 0.95
) throws(EstimateError) -> Double {
    try requireProbability(level, "level")
    let needed = try observationsNeeded(forQuantile: 1 - level, confidence: confidence)
    try requireCount(values.count, atLeast: needed, "values")
    let above = try Binomial(trials: values.count, probability: 1 - level).quantile(confidence)
    try requireCount(values.count, atLeast: above + 1, "values")
    return values[values.count - 1 - above]
}
