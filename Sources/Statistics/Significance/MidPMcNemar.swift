/// McNemar's mid-p test: the exact test with half the probability of the counts seen.
///
/// The exact test is cautious by up to half of its level where few examples disagree; this one comes near the
/// level, and may exceed it slightly. No disagreement: p = 1.
///
/// - Parameter alternative: As in ``exactMcNemar``.
/// - Complexity: O(1).
///
/// M. W. Fagerland, S. Lydersen, P. Laake, BMC Medical Research Methodology 13 (2013) 91.
public func midPMcNemar(
    _ counts: PairedCounts, alternative: Alternative
) throws(EstimateError) -> TestResult {
    let statistic = Double(counts.onlyCandidate)
    let method = "mid-p McNemar, \(mcNemarWords(alternative))"
    guard counts.discordant > 0 else {
        return try TestResult(pValue: 1, statistic: statistic, method: method)
    }
    let tosses = try Binomial(trials: counts.discordant, probability: 0.5)
    let half = try tosses.mass(counts.onlyBaseline) / 2
    let pValue = try tailed(
        lower: tosses.atLeast(counts.onlyBaseline) - half, upper: tosses.atLeast(counts.onlyCandidate) - half,
        alternative)
    return try TestResult(pValue: max(0, pValue), statistic: statistic, method: method)
}
