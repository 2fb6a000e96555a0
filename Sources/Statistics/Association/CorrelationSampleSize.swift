import Glibc

/// Pairs needed to find a correlation of this size, two-sided, by Fisher's transform.
///
/// - Parameters:
///   - correlation: Strictly between −1 and 1, and not 0.
///   - alpha: Of the two-sided test, in `(0, 1)`; divided by the number of tests where there are several.
///   - power: How often it shall be found, in `(0, 1)`.
/// - Throws: `EstimateError.invalidParameter`, `.overflow` beyond 10¹⁵.
///
/// R. A. Fisher, Metron 1 (1921) 3–32.
public func pairsNeeded(
    forCorrelation correlation: Double, alpha: Double = 0.05, power: Double = 0.8
) throws(EstimateError) -> Int {
    try requireProbability(alpha, "alpha")
    try requireProbability(power, "power")
    guard correlation != 0, abs(correlation) < 1 else {
        throw .invalidParameter("correlation", must: "lie strictly between -1 and 1, and not be 0")
    }
    let distance = try Normal.quantile(power) - Normal.quantile(alpha / 2)
    let ratio = distance / atanh(abs(correlation))
    let count = (ratio * ratio + 3).rounded(.up)
    guard count < 1e15 else { throw .overflow }
    return max(4, Int(count))
}

/// The least correlation that so many pairs find, two-sided, by Fisher's transform.
///
/// - Parameters: As in ``pairsNeeded(forCorrelation:alpha:power:)``.
/// - Throws: `EstimateError.tooFew` below 4 pairs, `.invalidParameter`.
public func smallestCorrelation(
    foundIn count: Int, alpha: Double = 0.05, power: Double = 0.8
) throws(EstimateError) -> Double {
    try requireCount(count, atLeast: 4, "pairs")
    try requireProbability(alpha, "alpha")
    try requireProbability(power, "power")
    let distance = try Normal.quantile(power) - Normal.quantile(alpha / 2)
    return tanh(distance / Double(count - 3).squareRoot())
}

/// Pairs without which a permutation test could not claim even a perfect order: the least n with 2/n! ≤ α.
///
/// - Throws: `EstimateError.invalidParameter`.
func pairsNeededForAnyClaim(alpha: Double) throws(EstimateError) -> Int {
    try requireProbability(alpha, "alpha")
    var count = 4
    while try leastPermutationP(count: count) > alpha, count < 170 { count += 1 }
    return count
}
