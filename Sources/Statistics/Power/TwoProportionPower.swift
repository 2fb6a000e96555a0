/// How often the pooled two-proportion z-test of independent arms finds a true difference.
///
/// Normal approximation: the pooled deviation decides, and the true one is what the difference varies by. Only a
/// rejection in the true direction counts as finding it.
///
/// - Parameter alternative: `.less` claims that the candidate's rate is lower.
/// - Throws: `EstimateError.tooFew` where fewer than five events of the rarer outcome are expected, or fewer than one in
///   an arm: the approximation says nothing there; `.invalidParameter` for rates outside `0...1` or where both are
///   0 or both 1.
///
/// J. L. Fleiss, B. Levin, M. C. Paik, Statistical Methods for Rates and Proportions (2003), chapter 4.
public func twoProportionPower(
    baselineRate: Double, candidateRate: Double, baselineTrials: Int, candidateTrials: Int,
    alpha: Double = 0.05, alternative: Alternative = .twoSided
) throws(EstimateError) -> Double {
    try requireRate(baselineRate, "baseline rate")
    try requireRate(candidateRate, "candidate rate")
    try requireCount(baselineTrials, atLeast: 1, "trials of baseline")
    try requireCount(candidateTrials, atLeast: 1, "trials of candidate")
    try requireProbability(alpha, "alpha")
    let (before, after) = (Double(baselineTrials), Double(candidateTrials))
    let pooled = (baselineRate * before + candidateRate * after) / (before + after)
    guard pooled > 0, pooled < 1 else {
        throw .invalidParameter("the pooled rate", must: "lie strictly between 0 and 1")
    }
    // Where hardly an event is expected in one arm, no z-test is near normal.
    let rarer = min(pooled, 1 - pooled)
    guard (before + after) * rarer >= 5, min(before, after) * rarer >= 1 else {
        let expected = min((before + after) * rarer, 5 * min(before, after) * rarer)
        throw .tooFew(count: Int(expected), needed: 5, of: "expected events (one of them in each arm)")
    }
    return try findingChance(
        baselineRate: baselineRate, candidateRate: candidateRate, before: before, after: after,
        pooled: pooled, alpha: alpha, alternative: alternative)
}

private func findingChance(
    baselineRate: Double, candidateRate: Double, before: Double, after: Double, pooled: Double, alpha: Double,
    alternative: Alternative
) throws(EstimateError) -> Double {
    let null = (pooled * (1 - pooled) * (1 / before + 1 / after)).squareRoot()
    let ownBefore = baselineRate * (1 - baselineRate) / before
    let ownAfter = candidateRate * (1 - candidateRate) / after
    let own = (ownBefore + ownAfter).squareRoot()
    let level = alternative == .twoSided ? alpha / 2 : alpha
    let limit = try Normal.quantile(1 - level) * null
    func tail(_ difference: Double) throws(EstimateError) -> Double {
        let gap = difference - limit
        guard own > 0 else { return gap > 0 ? 1 : 0 }
        return try Normal.cumulative(gap / own)
    }
    let difference = candidateRate - baselineRate
    switch alternative {
    case .less: return try tail(-difference)
    case .greater: return try tail(difference)
    case .twoSided: return try tail(abs(difference))
    }
}

/// The baseline's trials with which the test finds a true difference with the given power.
///
/// - Parameter ratio: The candidate's trials for each of the baseline's: 1/9 at a share of 10 %. Rounded up.
/// - Returns: Nil beyond 10,000,000, or where the alternative claims the other direction.
public func trialsNeeded(
    baselineRate: Double, candidateRate: Double, ratio: Double = 1, power: Double = 0.80,
    alpha: Double = 0.05, alternative: Alternative = .twoSided
) throws(EstimateError) -> (baseline: Int, candidate: Int)? {
    try requireProbability(power, "power")
    try requirePositive(ratio, "ratio")
    guard ratio <= 1e6 else { throw .invalidParameter("ratio", must: "not exceed 1,000,000") }
    func candidates(_ baseline: Int) -> Int {
        max(1, Int((Double(baseline) * ratio * (1 - 1e-12)).rounded(.up)))
    }
    let found = try firstEnough(from: 1) { (baseline) throws(EstimateError) in
        do throws(EstimateError) {
            return try twoProportionPower(
                baselineRate: baselineRate, candidateRate: candidateRate, baselineTrials: baseline,
                candidateTrials: candidates(baseline), alpha: alpha, alternative: alternative) >= power
        } catch {
            // Too few for the approximation are too few for the test.
            guard case .tooFew = error else { throw error }
            return false
        }
    }
    return found.map { ($0, candidates($0)) }
}
