/// The two-proportion z-test with a pooled rate, and what it is made of.
public struct TwoProportionTest: Sendable, Hashable {
    /// Candidate's rate minus baseline's.
    public let difference: Double
    /// The rate of both arms together.
    public let pooledRate: Double
    /// The deviation of the difference if both arms have the pooled rate.
    public let standardError: Double
    public let test: TestResult
}

/// The two-proportion z-test: do two independent arms differ in rate?
///
/// Shown at the end of a stage, as teams expect it; it holds its level for one look at a count fixed
/// beforehand, and not for a watch.
///
/// - Parameters:
///   - alternative: `.less` claims that the candidate's rate is lower.
///   - continuity: Whether to shrink the difference by half an event of each arm (Yates), never past zero.
/// - Throws: `EstimateError.tooFew` for an arm without trials, `.invalidCounts`, `.invalidParameter` where
///   every trial, or none, succeeded in both arms: no deviation remains.
/// - Complexity: O(1).
///
/// J. L. Fleiss, B. Levin, M. C. Paik, Statistical Methods for Rates and Proportions (2003), section 3.1.
public func twoProportionZTest(
    baselineSuccesses: Int, baselineTrials: Int, candidateSuccesses: Int, candidateTrials: Int,
    alternative: Alternative, continuity: Bool = false
) throws(EstimateError) -> TwoProportionTest {
    try requireCounts(baselineSuccesses, of: baselineTrials, "baseline's successes and trials")
    try requireCounts(candidateSuccesses, of: candidateTrials, "candidate's successes and trials")
    try requireCount(baselineTrials, atLeast: 1, "trials of baseline")
    try requireCount(candidateTrials, atLeast: 1, "trials of candidate")
    let (before, after) = (Double(baselineTrials), Double(candidateTrials))
    let successes = baselineSuccesses + candidateSuccesses
    let trials = baselineTrials + candidateTrials
    guard successes > 0, successes < trials else {
        throw .invalidParameter("the pooled rate", must: "lie strictly between 0 and 1")
    }
    let pooled = Double(successes) / Double(trials)
    let failed = Double(trials - successes) / Double(trials)
    let harmonic = 1 / before + 1 / after
    let error = (pooled * failed * harmonic).squareRoot()
    let difference = Double(candidateSuccesses) / after - Double(baselineSuccesses) / before
    var distance = difference
    if continuity {
        let shrunk = max(0, abs(difference) - harmonic / 2)
        distance = difference < 0 ? -shrunk : shrunk
    }
    let z = distance / error
    let name = continuity ? "two-proportion z, pooled, continuity" : "two-proportion z, pooled"
    return try TwoProportionTest(
        difference: difference, pooledRate: pooled, standardError: error,
        test: TestResult(
            pValue: normalTail(z, alternative), statistic: z, method: "\(name), \(alternative.words)"))
}
