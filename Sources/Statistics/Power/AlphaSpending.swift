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
