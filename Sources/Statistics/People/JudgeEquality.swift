/// Whether a judge does alike in both arms: only then does one J speak for the difference.
public struct JudgeEquality: Sendable, Hashable {
    public let sensitivity: TestResult
    public let specificity: TestResult
    /// Of both together: the smaller p, doubled (Bonferroni).
    public let pValue: Double
}

/// Tests a judge's sensitivity and specificity for equality over the arms, each by Fisher's exact test.
///
/// A small p says that the judge favours an arm: correct each arm by its own accuracy then. A large one proves no
/// equality; see that the labels are many enough.
///
/// - Parameters:
///   - baseline: The judge on expert labels of the baseline's answers.
///   - candidate: The judge on expert labels of the candidate's.
/// - Throws: What the test throws.
///
/// R. A. Fisher, Journal of the Royal Statistical Society 98 (1935) 39–54.
public func judgeEquality(
    baseline: JudgeAccuracy, candidate: JudgeAccuracy
) throws(EstimateError) -> JudgeEquality {
    let good = try fisherExactTest(
        FourfoldTable(
            baseline.truePositives, baseline.positives - baseline.truePositives, candidate.truePositives,
            candidate.positives - candidate.truePositives), alternative: .twoSided)
    let bad = try fisherExactTest(
        FourfoldTable(
            baseline.trueNegatives, baseline.negatives - baseline.trueNegatives, candidate.trueNegatives,
            candidate.negatives - candidate.trueNegatives), alternative: .twoSided)
    return JudgeEquality(
        sensitivity: good.test, specificity: bad.test,
        pValue: min(1, 2 * min(good.test.pValue, bad.test.pValue)))
}
