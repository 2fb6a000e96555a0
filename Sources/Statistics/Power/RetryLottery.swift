import Glibc

/// The level at which a look at the same pair of digests must prove a pass: α at the first, half of it at each after.
///
/// However often somebody looks, a candidate at its margin ships in less than 2α. A schedule that stays below α in
/// all would halve the first look, beyond which most pairs never go.
///
/// - Parameter attempt: From 1; beyond 41 the level stays.
/// - Throws: `EstimateError.invalidParameter`.
public func proofLevel(attempt: Int, alpha: Double = 0.05) throws(EstimateError) -> Double {
    guard attempt >= 1 else { throw .invalidParameter("attempt", must: "be at least 1") }
    try requireProbability(alpha, "alpha")
    return alpha / Double(1 << min(attempt - 1, 40))
}

/// How often a candidate that lies exactly at its margin passes at least one of several attempts: the retry lottery.
///
/// The attempts' estimates are normal and correlated by what they share: the examples are the same, the answers
/// are drawn anew. At a correlation of .7, five attempts at .05 pass in 13.5 %.
///
/// - Parameters:
///   - attempts: 1...1,000.
///   - correlation: Of the estimates of two attempts, in `0..<1`: the share of the difference's variance that lies
///     between examples.
///   - isHalved: Whether each attempt is held at `proofLevel`; else all are held at α.
/// - Throws: `EstimateError.invalidParameter`.
/// - Complexity: O(attempts).
public func retryPassChance(
    attempts: Int, correlation: Double, alpha: Double = 0.05, isHalved: Bool = false
) throws(EstimateError) -> Double {
    guard attempts >= 1, attempts <= 1_000 else {
        throw .invalidParameter("attempts", must: "lie in 1...1,000")
    }
    guard correlation >= 0, correlation <= 0.999 else {
        throw .invalidParameter("correlation", must: "lie in 0...0.999")
    }
    var limits: [Double] = []
    for attempt in 1...attempts {
        let level = isHalved ? try proofLevel(attempt: attempt, alpha: alpha) : alpha
        limits.append(try -Normal.quantile(level))
    }
    // Simpson's rule over what the attempts share.
    let own = (1 - correlation).squareRoot()
    let shared = correlation.squareRoot()
    let nodes = 4_000
    var none = 0.0
    for node in 0...nodes {
        let u = -9 + 18 * Double(node) / Double(nodes)
        var product = 1.0
        for limit in limits { product *= try Normal.cumulative((limit - shared * u) / own) }
        let weight = node == 0 || node == nodes ? 1.0 : node % 2 == 0 ? 2 : 4
        none += weight * product * exp(-u * u / 2)
    }
    none *= 18 / Double(nodes) / 3 / (2 * Double.pi).squareRoot()
    return min(1, max(0, 1 - none))
}
