/// The difference of two independent means, candidate minus baseline, with its test and interval.
public struct MeanDifferenceTest: Sendable, Hashable {
    public let difference: Double
    public let standardError: Double
    public let interval: Interval
    public let test: TestResult
}

/// Welch's t-test: do two independent samples differ in mean, whatever their deviations?
///
/// - Parameters:
///   - alternative: `.less` claims that the candidate's mean is lower.
///   - confidence: Two-sided coverage of the interval of the difference, in `(0, 1)`.
/// - Throws: `EstimateError.tooFew` for a sample below 2, `.invalidParameter` where no value varies in either,
///   `.notFinite`, `.overflow`.
/// - Complexity: O(n).
///
/// B. L. Welch, Biometrika 34 (1947) 28–35.
public func welchTTest(
    baseline: [Double], candidate: [Double], alternative: Alternative, confidence: Double = 0.90
) throws(EstimateError) -> MeanDifferenceTest {
    let (before, after) = try twoSamples(baseline, candidate)
    return try welchTTest(
        baseline: before, candidate: after, alternative: alternative, confidence: confidence)
}

/// Welch's t-test from moments at hand.
public func welchTTest(
    baseline: Moments, candidate: Moments, alternative: Alternative, confidence: Double = 0.90
) throws(EstimateError) -> MeanDifferenceTest {
    try requireVariation(baseline, candidate)
    let errors = (baseline.standardError, candidate.standardError)
    // Shares of the larger, so that squares neither overflow nor vanish.
    let largest = max(errors.0, errors.1)
    let (before, after) = (errors.0 / largest, errors.1 / largest)
    let (beforeSquare, afterSquare) = (before * before, after * after)
    let total = beforeSquare + afterSquare
    let spread =
        beforeSquare * beforeSquare / Double(baseline.n - 1)
        + afterSquare * afterSquare / Double(candidate.n - 1)
    return try meanDifference(
        candidate.mean - baseline.mean, standardError: largest * total.squareRoot(),
        degreesOfFreedom: total * total / spread, alternative, confidence, name: "Welch t")
}

/// Student's t-test of two independent samples that are taken to share one deviation.
///
/// Holds its level only where they do, or where both samples are of one size; ``welchTTest`` needs neither.
///
/// - Parameter alternative: `.less` claims that the candidate's mean is lower.
/// - Throws: As ``welchTTest``.
/// - Complexity: O(n).
///
/// Student, Biometrika 6 (1908) 1–25.
public func pooledTTest(
    baseline: [Double], candidate: [Double], alternative: Alternative, confidence: Double = 0.90
) throws(EstimateError) -> MeanDifferenceTest {
    let (before, after) = try twoSamples(baseline, candidate)
    try requireVariation(before, after)
    let degrees = Double(before.n + after.n - 2)
    let largest = max(before.standardDeviation, after.standardDeviation)
    let (first, second) = (before.standardDeviation / largest, after.standardDeviation / largest)
    let squares = first * first * Double(before.n - 1) + second * second * Double(after.n - 1)
    let scale = 1 / Double(before.n) + 1 / Double(after.n)
    return try meanDifference(
        after.mean - before.mean, standardError: largest * (squares / degrees * scale).squareRoot(),
        degreesOfFreedom: degrees, alternative, confidence, name: "pooled t")
}

private func twoSamples(
    _ baseline: [Double], _ candidate: [Double]
) throws(EstimateError) -> (Moments, Moments) {
    try requireCount(baseline.count, atLeast: 2, "observations in baseline")
    try requireCount(candidate.count, atLeast: 2, "observations in candidate")
    try requireFinite(baseline, "baseline")
    try requireFinite(candidate, "candidate")
    return try (moments(baseline), moments(candidate))
}

private func requireVariation(_ baseline: Moments, _ candidate: Moments) throws(EstimateError) {
    try requireCount(baseline.n, atLeast: 2, "observations in baseline")
    try requireCount(candidate.n, atLeast: 2, "observations in candidate")
    guard baseline.standardError > 0 || candidate.standardError > 0 else {
        throw .invalidParameter("baseline or candidate", must: "vary")
    }
}

private func meanDifference(
    _ difference: Double, standardError: Double, degreesOfFreedom: Double, _ alternative: Alternative,
    _ confidence: Double, name: String
) throws(EstimateError) -> MeanDifferenceTest {
    try requireProbability(confidence, "confidence")
    let t = difference / standardError
    let reach =
        try StudentT(degreesOfFreedom: degreesOfFreedom).quantile((1 + confidence) / 2) * standardError
    return try MeanDifferenceTest(
        difference: difference, standardError: standardError,
        interval: Interval(
            lower: difference - reach, upper: difference + reach, confidence: confidence, method: name),
        test: TestResult(
            pValue: studentTail(t, degreesOfFreedom: degreesOfFreedom, alternative), statistic: t,
            degreesOfFreedom: degreesOfFreedom, method: "\(name), \(alternative.words)"))
}
