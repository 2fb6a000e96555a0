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
    let law = try StudentT(degreesOfFreedom: Double(sample.n - 1))
    let (pValue, direction): (Double, String) =
        switch alternative {
        case .less: (try law.cumulative(t), "one-sided (less)")
        case .greater: (try law.survival(t), "one-sided (greater)")
        case .twoSided: (try min(1, 2 * law.survival(abs(t))), "two-sided")
        }
    return try TestResult(
        pValue: pValue, statistic: t, degreesOfFreedom: Double(sample.n - 1), method: "paired t, \(direction)"
    )
}
