import Glibc

/// Fisher's interval of Pearson's correlation: normal on the scale of its inverse hyperbolic tangent.
///
/// - Parameters:
///   - correlation: Strictly between −1 and 1.
///   - count: Independent pairs; those that a partial correlation spent on its controls are taken off.
///   - confidence: Two-sided coverage in `(0, 1)`.
/// - Throws: `EstimateError.tooFew` below 4 pairs, `.invalidParameter`.
///
/// R. A. Fisher, Metron 1 (1921) 3–32.
public func fisherInterval(
    correlation: Double, count: Int, confidence: Double = 0.90
) throws(EstimateError) -> Interval {
    try requireCount(count, atLeast: 4, "pairs")
    return try tanhInterval(
        correlation, deviation: 1 / Double(count - 3).squareRoot(), confidence, method: "Fisher z")
}

/// The interval of Spearman's correlation by Bonett and Wright: Fisher's with a variance of (1 + ρ²/2)/(n − 3).
///
/// - Throws: As ``fisherInterval(correlation:count:confidence:)``.
///
/// D. G. Bonett, T. A. Wright, Psychometrika 65 (2000) 23–28.
public func bonettWrightInterval(
    spearman: Double, count: Int, confidence: Double = 0.90
) throws(EstimateError) -> Interval {
    try requireCount(count, atLeast: 4, "pairs")
    return try tanhInterval(
        spearman, deviation: ((1 + spearman * spearman / 2) / Double(count - 3)).squareRoot(), confidence,
        method: "Bonett–Wright")
}

/// The interval of Kendall's τ by Fieller, Hartley and Pearson, as Bonett and Wright examine it: a variance of
/// .437/(n − 4).
///
/// - Throws: `EstimateError.tooFew` below 5 pairs, `.invalidParameter`.
///
/// E. C. Fieller, H. O. Hartley, E. S. Pearson, Biometrika 44 (1957) 470–481; D. G. Bonett, T. A. Wright,
/// Psychometrika 65 (2000) 23–28.
public func bonettWrightInterval(
    kendall: Double, count: Int, confidence: Double = 0.90
) throws(EstimateError) -> Interval {
    try requireCount(count, atLeast: 5, "pairs")
    return try tanhInterval(
        kendall, deviation: (0.437 / Double(count - 4)).squareRoot(), confidence, method: "Bonett–Wright")
}

private func tanhInterval(
    _ correlation: Double, deviation: Double, _ confidence: Double, method: String
) throws(EstimateError) -> Interval {
    try requireProbability(confidence, "confidence")
    let reach = try Normal.quantile((1 + confidence) / 2) * deviation
    let centre = atanh(correlation)
    let (lower, upper) = (tanh(centre - reach), tanh(centre + reach))
    // So near a perfect one that rounding leaves no width.
    guard abs(correlation) < 1, lower < upper else {
        throw .invalidParameter("correlation", must: "lie strictly between -1 and 1")
    }
    return try Interval(lower: lower, upper: upper, confidence: confidence, method: method)
}

/// The interval, or nil where the method has none: too few pairs, or a perfect correlation.
func intervalIfAny(_ body: () throws(EstimateError) -> Interval) -> Interval? { try? body() }
