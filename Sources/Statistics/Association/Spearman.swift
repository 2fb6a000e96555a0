/// Spearman's rank correlation: how nearly one series rises whenever the other does. Equal values share the
/// middle of their ranks.
///
/// - Parameter confidence: Two-sided coverage of the interval of Bonett and Wright, in `(0, 1)`.
/// - Returns: The estimate; no interval below 4 pairs and where the correlation is perfect.
/// - Throws: As ``pearsonCorrelation``.
/// - Complexity: O(n log n).
///
/// C. Spearman, American Journal of Psychology 15 (1904) 72–101.
public func spearmanCorrelation(
    _ x: [Double], _ y: [Double], confidence: Double = 0.90
) throws(EstimateError) -> Estimate {
    try requirePairs(x, y, atLeast: 2)
    try requireProbability(confidence, "confidence")
    let value = try centredCosine(midranks(x), midranks(y))
    let interval = intervalIfAny { () throws(EstimateError) in
        try bonettWrightInterval(spearman: value, count: x.count, confidence: confidence)
    }
    return try Estimate(value: value, interval: interval, n: x.count, method: "Spearman")
}

/// The t-test of no rank correlation; ``correlationPermutationTest`` is better with few pairs.
///
/// - Parameter alternative: `.less` claims that the correlation is negative.
/// - Throws: As ``spearmanCorrelation``; `.tooFew` below 3 pairs.
///
/// M. G. Kendall, Rank Correlation Methods (1948), chapter 4.
public func spearmanTest(
    _ x: [Double], _ y: [Double], alternative: Alternative
) throws(EstimateError) -> TestResult {
    try requirePairs(x, y, atLeast: 3)
    return try correlationTTest(
        centredCosine(midranks(x), midranks(y)), degreesOfFreedom: x.count - 2, alternative,
        name: "Spearman, t")
}
