/// The exact test of a success rate against a fixed probability.
///
/// The statistic is the number of successes. Two-sided adds up every outcome that is no more probable than the one seen, as R's `binom.test` does.
///
/// - Parameter probability: The rate under the null hypothesis, in `0...1`.
/// - Throws: `EstimateError.tooFew` where `trials` is 0, `.invalidCounts`, `.invalidParameter`.
/// - Complexity: O(log trials).
///
/// C. J. Clopper, E. S. Pearson, Biometrika 26 (1934) 404–413.
public func binomialTest(
    successes: Int, trials: Int, probability: Double, alternative: Alternative
) throws(EstimateError) -> TestResult {
    try requireCounts(successes, of: trials)
    try requireCount(trials, atLeast: 1)
    let null = try Binomial(trials: trials, probability: probability)
    let pValue =
        switch alternative {
        case .less: try null.cumulative(successes)
        case .greater: try null.atLeast(successes)
        case .twoSided: try twoSided(successes, null)
        }
    return try TestResult(
        pValue: pValue, statistic: Double(successes), method: "exact binomial, \(alternative.words)")
}

private func twoSided(_ successes: Int, _ null: Binomial) throws(EstimateError) -> Double {
    let expected = Double(null.trials) * null.probability
    let seen = Double(successes)
    if seen == expected { return 1 }
    // Outcomes equal but for rounding count as equally probable.
    let limit = try null.mass(successes) * (1 + 1e-7)
    if seen < expected {
        // The mass falls above the mode: the first k there whose mass is at most the limit.
        var low = Int(expected.rounded(.up))
        var high = null.trials + 1
        while low < high {
            let middle = low + (high - low) / 2
            if try null.mass(middle) <= limit { high = middle } else { low = middle + 1 }
        }
        return try min(1, null.cumulative(successes) + null.atLeast(low))
    }
    var low = -1
    var high = Int(expected.rounded(.down))
    while low < high {
        let middle = low + (high - low + 1) / 2
        if try null.mass(middle) <= limit { low = middle } else { high = middle - 1 }
    }
    return try min(1, null.cumulative(low) + null.atLeast(successes))
}
