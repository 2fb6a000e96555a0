/// McNemar's exact test: did more examples change one way than the other?
///
/// Under the null hypothesis every disagreement falls either way with probability ½. No disagreement: p = 1.
///
/// - Parameter alternative: `.less` claims that the candidate's rate is lower (a regression); two-sided
///   doubles the smaller tail.
/// - Complexity: O(1).
///
/// Q. McNemar, Psychometrika 12 (1947) 153–157.
public func exactMcNemar(
    _ counts: PairedCounts, alternative: Alternative
) throws(EstimateError) -> TestResult {
    let tosses = try Binomial(trials: counts.discordant, probability: 0.5)
    switch alternative {
    case .less:
        return try TestResult(
            pValue: tosses.atLeast(counts.onlyBaseline), method: "exact McNemar, one-sided (worse)")
    case .greater:
        return try TestResult(
            pValue: tosses.atLeast(counts.onlyCandidate), method: "exact McNemar, one-sided (better)")
    case .twoSided:
        let tail = try tosses.cumulative(min(counts.onlyBaseline, counts.onlyCandidate))
        return try TestResult(pValue: min(1, 2 * tail), method: "exact McNemar, two-sided")
    }
}
