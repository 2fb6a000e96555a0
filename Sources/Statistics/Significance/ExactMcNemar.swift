/// McNemar's exact test: did more examples change one way than the other?
///
/// Under the null hypothesis every disagreement falls either way with probability ½. No disagreement: p = 1.
/// The statistic is the number of examples that pass under the candidate alone.
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
    let pValue = try tailed(
        lower: tosses.atLeast(counts.onlyBaseline), upper: tosses.atLeast(counts.onlyCandidate), alternative)
    return try TestResult(
        pValue: pValue, statistic: Double(counts.onlyCandidate),
        method: "exact McNemar, \(mcNemarWords(alternative))")
}

/// The direction of a McNemar test, as its method's text ends.
func mcNemarWords(_ alternative: Alternative) -> String {
    switch alternative {
    case .less: "one-sided (worse)"
    case .greater: "one-sided (better)"
    case .twoSided: "two-sided"
    }
}
