import Glibc

/// How many examples let an unchanged candidate prove `no worse than baseline by m` with a given power.
///
/// n = ((z₁₋α + z_power)·σ/m)², the reverse of the margin that is fixed by `automaticMargin`.
///
/// - Parameters:
///   - margin: m, above zero, in the unit of the difference.
///   - standardDeviation: σ of one example's paired difference, above zero.
///   - power: How often the unchanged candidate is to pass.
///   - confidence: One-sided.
/// - Throws: `EstimateError.invalidParameter`, `.overflow` beyond 10¹⁵ examples.
public func examplesForMargin(
    _ margin: Double, standardDeviation: Double, power: Double = 0.80, confidence: Double = 0.95
) throws(EstimateError) -> Int {
    guard margin > 0, margin.isFinite else { throw .invalidParameter("margin", must: "be positive") }
    guard standardDeviation > 0, standardDeviation.isFinite else {
        throw .invalidParameter("standard deviation", must: "be positive")
    }
    try requireProbability(power, "power")
    try requireProbability(confidence, "confidence")
    let reach = try Normal.quantile(confidence) + Normal.quantile(power)
    guard reach > 0 else { return 2 }
    let root = reach * standardDeviation / margin
    guard root * root < 1e15 else { throw .overflow }
    return max(2, Int((root * root).rounded(.up)))
}

/// How many equal examples prove the margin: the smallest n at which a share of 1 − α^(1/n) that may differ, each
/// by the whole span, stays below it.
///
/// - Parameters:
///   - span: How far a single difference can lie from the common one, above zero.
///   - confidence: One-sided.
/// - Throws: `EstimateError.invalidParameter`, `.overflow`.
public func equalExamplesForMargin(
    _ margin: Double, span: Double, confidence: Double = 0.95
) throws(EstimateError) -> Int {
    guard margin > 0, margin.isFinite else { throw .invalidParameter("margin", must: "be positive") }
    guard span > 0, span.isFinite else { throw .invalidParameter("span", must: "be positive") }
    try requireProbability(confidence, "confidence")
    guard margin < span else { return 2 }
    let needed = log1p(-confidence) / log1p(-margin / span)
    guard needed < 1e15 else { throw .overflow }
    return max(2, Int(needed.rounded(.down)) + 1)
}
