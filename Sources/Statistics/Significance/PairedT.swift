/// The paired t-test: does the mean difference differ from zero?
///
/// - Parameters:
///   - differences: Candidate minus baseline, one an example.
///   - alternative: `.less` claims that the mean is below zero.
/// - Throws: `EstimateError.tooFew` for `n < 2`, `.allEqual` for equal differences, which leave no deviation
///   to compare with, `.notFinite`, `.overflow`.
/// - Complexity: O(n).
///
/// Student, Biometrika 6 (1908) 1–25.
public func pairedTTest(
    _ differences: [Double], alternative: Alternative
) throws(EstimateError) -> TestResult {
    try requireCount(differences.count, atLeast: 2)
    let sample = try moments(differences)
    guard !sample.isConstant else { throw .allEqual(value: sample.mean) }
    let t = sample.mean / sample.standardError
    let degrees = Double(sample.n - 1)
    return try TestResult(
        pValue: studentTail(t, degreesOfFreedom: degrees, alternative), statistic: t,
        degreesOfFreedom: degrees, method: "paired t, \(alternative.words)")
}
