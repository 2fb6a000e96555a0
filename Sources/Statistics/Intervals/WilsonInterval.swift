/// The Wilson score interval of a success rate.
///
/// - Parameters:
///   - successes: Trials that succeeded, `0...trials`.
///   - confidence: Two-sided coverage in `(0, 1)`.
/// - Throws: `EstimateError.tooFew` where `trials` is 0, `.invalidCounts`, `.invalidParameter`.
///
/// E. B. Wilson, JASA 22 (1927) 209–212.
public func wilsonInterval(
    successes: Int, trials: Int, confidence: Double = 0.90
) throws(EstimateError) -> Interval {
    try requireCounts(successes, of: trials, "successes and trials")
    try requireCount(trials, atLeast: 1, "trials")
    try requireProbability(confidence, "confidence")
    let ends = try wilsonEnds(
        rate: Double(successes) / Double(trials), n: Double(trials),
        z: Normal.quantile((1 + confidence) / 2))
    return try Interval(lower: ends.lower, upper: ends.upper, confidence: confidence, method: "Wilson")
}

/// The ends for a rate that need be no count.
func wilsonEnds(rate: Double, n: Double, z: Double) -> (lower: Double, upper: Double) {
    let square = z * z
    let centre = rate + square / (2 * n)
    let spread = z * (rate * (1 - rate) / n + square / (4 * n * n)).squareRoot()
    let scale = 1 + square / n
    // At none and at all, the exact end is 0 or 1, which rounding would miss.
    let lower = rate == 0 ? 0 : max(0, (centre - spread) / scale)
    let upper = rate == 1 ? 1 : min(1, (centre + spread) / scale)
    return (lower, upper)
}
