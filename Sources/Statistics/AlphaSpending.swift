/// The O'Brien–Fleming-type spending function: α spent by the time a share of the information is in.
///
/// α*(t) = 2(1 − Φ(z₁₋α⁄₂ / √t)), one-sided α. At t = 1 all of it is spent.
///
/// - Parameter information: t in `(0, 1]`.
/// - Throws: `EstimateError.invalidParameter`.
///
/// K. K. G. Lan, D. L. DeMets, Biometrika 70 (1983) 659–663.
public func alphaSpent(atInformation information: Double, alpha: Double) throws(EstimateError) -> Double {
    guard information > 0, information <= 1 else { throw .invalidParameter("information") }
    try requireProbability(alpha, "alpha")
    if information == 1 { return alpha }
    let z = try Normal.quantile(1 - alpha / 2)
    return try 2 * Normal.survival(z / information.squareRoot())
}

/// The level that attempt number j may use so that any number of attempts together stay below α.
///
/// Attempts are not looks at growing data: how many will follow is not known, and the first has to be worth
/// making. So each attempt takes half of what is left, α/2ʲ, and the sum over all of them never reaches α. An
/// only attempt that was announced as such uses α itself; after it nothing is left, and fresh examples are
/// needed.
///
/// - Parameter attempt: From 1.
/// - Returns: The level of this attempt and what is left for those after it.
/// - Throws: `EstimateError.invalidParameter`.
public func attemptLevel(
    attempt: Int, alpha: Double
) throws(EstimateError) -> (level: Double, left: Double) {
    guard attempt >= 1 else { throw .invalidParameter("attempt") }
    try requireProbability(alpha, "alpha")
    let level = alpha * Double(sign: .plus, exponent: -min(attempt, 1_000), significand: 1)
    return (level, level)
}
