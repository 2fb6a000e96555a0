/// The exact interval of a success rate: covers at least as often as it says, at any n.
///
/// - Parameters:
///   - successes: Trials that succeeded, `0...trials`.
///   - confidence: Two-sided coverage in `(0, 1)`.
/// - Throws: `EstimateError.tooFew` where `trials` is 0, `.invalidCounts`, `.invalidParameter`.
///
/// C. J. Clopper, E. S. Pearson, Biometrika 26 (1934) 404–413.
public func clopperPearsonInterval(
    successes: Int, trials: Int, confidence: Double = 0.90
) throws(EstimateError) -> Interval {
    try requireProbability(confidence, "confidence")
    let side = (1 + confidence) / 2
    return try Interval(
        lower: clopperPearsonLowerBound(successes: successes, trials: trials, confidence: side),
        upper: clopperPearsonUpperBound(successes: successes, trials: trials, confidence: side),
        confidence: confidence, method: "Clopper–Pearson")
}

/// The exact one-sided lower bound of a success rate; `confidence` is one-sided.
public func clopperPearsonLowerBound(
    successes: Int, trials: Int, confidence: Double = 0.95
) throws(EstimateError) -> Double {
    try requireCounts(successes, of: trials, "successes and trials")
    try requireCount(trials, atLeast: 1, "trials")
    try requireProbability(confidence, "confidence")
    guard successes > 0 else { return 0 }
    let shape = try Beta(alpha: Double(successes), beta: Double(trials - successes) + 1)
    return try shape.quantile(1 - confidence)
}

/// The exact one-sided upper bound of a success rate; `confidence` is one-sided.
public func clopperPearsonUpperBound(
    successes: Int, trials: Int, confidence: Double = 0.95
) throws(EstimateError) -> Double {
    try requireCounts(successes, of: trials, "successes and trials")
    try requireCount(trials, atLeast: 1, "trials")
    try requireProbability(confidence, "confidence")
    guard successes < trials else { return 1 }
    let shape = try Beta(alpha: Double(successes) + 1, beta: Double(trials - successes))
    return try shape.upperQuantile(1 - confidence)
}
