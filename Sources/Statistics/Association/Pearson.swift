/// Pearson's correlation of pairs: how nearly they lie on a line.
///
/// - Parameters:
///   - confidence: Two-sided coverage of Fisher's interval, in `(0, 1)`.
/// - Returns: The estimate; no interval below 4 pairs and where the correlation is perfect.
/// - Throws: `EstimateError.tooFew` below 2 pairs, `.unequalLengths`, `.notFinite`, `.invalidParameter` where a
///   series does not vary, `.overflow`.
/// - Complexity: O(n).
///
/// K. Pearson, Proceedings of the Royal Society 58 (1895) 240–242.
public func pearsonCorrelation(
    _ x: [Double], _ y: [Double], confidence: Double = 0.90
) throws(EstimateError) -> Estimate {
    try requirePairs(x, y, atLeast: 2)
    try requireProbability(confidence, "confidence")
    let value = try centredCosine(x, y)
    let interval = intervalIfAny { () throws(EstimateError) in
        try fisherInterval(correlation: value, count: x.count, confidence: confidence)
    }
    return try Estimate(value: value, interval: interval, n: x.count, method: "Pearson")
}

/// The t-test of no linear correlation, for pairs that are nearly normal.
///
/// - Parameter alternative: `.less` claims that the correlation is negative.
/// - Throws: As ``pearsonCorrelation``; `.tooFew` below 3 pairs.
///
/// R. A. Fisher, Biometrika 10 (1915) 507–521.
public func pearsonTest(
    _ x: [Double], _ y: [Double], alternative: Alternative
) throws(EstimateError) -> TestResult {
    try requirePairs(x, y, atLeast: 3)
    return try correlationTTest(
        centredCosine(x, y), degreesOfFreedom: x.count - 2, alternative, name: "Pearson, t")
}

/// The t-test of a correlation; a perfect one has p = 0 or 1, and no statistic.
func correlationTTest(
    _ correlation: Double, degreesOfFreedom: Int, _ alternative: Alternative, name: String
) throws(EstimateError) -> TestResult {
    let method = "\(name), \(alternative.words)"
    let degrees = Double(degreesOfFreedom)
    guard abs(correlation) < 1 else {
        let isClaimed = alternative == .twoSided || (alternative == .greater) == (correlation > 0)
        return try TestResult(pValue: isClaimed ? 0 : 1, degreesOfFreedom: degrees, method: method)
    }
    // (1 − r)(1 + r) keeps the digits of a correlation near 1.
    let t = correlation * (degrees / ((1 - correlation) * (1 + correlation))).squareRoot()
    return try TestResult(
        pValue: studentTail(t, degreesOfFreedom: degrees, alternative), statistic: t,
        degreesOfFreedom: degrees, method: method)
}
