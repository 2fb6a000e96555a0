/// How often a χ² test finds a true departure of a given size.
///
/// The noncentral χ² law as a Poisson mixture of central ones.
///
/// - Parameters:
///   - effect: w = √Σ (p₁ − p₀)²/p₀, zero or more: .1 is small, .3 medium, .5 large.
///   - n: Observations in all.
///   - degreesOfFreedom: 1...100,000.
/// - Throws: `EstimateError.tooFew`, `.invalidParameter`.
/// - Complexity: O(w√n).
///
/// J. Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd ed. (1988), chapter 7.
public func chiSquaredPower(
    effect: Double, n: Int, degreesOfFreedom: Int, alpha: Double = 0.05
) throws(EstimateError) -> Double {
    try requireNotNegative(effect, "effect")
    try requireCount(n, atLeast: 1, "observations")
    try requireProbability(alpha, "alpha")
    guard degreesOfFreedom >= 1, degreesOfFreedom <= 100_000 else {
        throw .invalidParameter("degrees of freedom", must: "lie in 1...100,000")
    }
    let degrees = Double(degreesOfFreedom)
    let critical = try ChiSquared(degreesOfFreedom: degrees).upperQuantile(alpha)
    let half = effect * effect * Double(n) / 2
    guard half > 0 else { return alpha }
    // So far beyond the critical value that nothing is left below it.
    if half > 1e6, half > critical { return 1 }
    let weights = try Poisson(mean: half)
    let reach = Int(9 * half.squareRoot()) + 40
    let first = max(0, Int(half) - reach)
    var missed = 0.0
    for term in first...(Int(half) + reach) {
        let mass = weights.mass(term)
        if mass < 1e-18 { continue }
        missed += try mass * ChiSquared(degreesOfFreedom: degrees + 2 * Double(term)).cumulative(critical)
    }
    return min(1, max(0, 1 - missed))
}

/// The observations with which a χ² test finds a departure with the given power; nil beyond 10,000,000.
public func examplesNeeded(
    forChiSquaredEffect effect: Double, degreesOfFreedom: Int, power: Double = 0.80, alpha: Double = 0.05
) throws(EstimateError) -> Int? {
    try requireProbability(power, "power")
    return try firstEnough(from: 1) { (n) throws(EstimateError) in
        try chiSquaredPower(effect: effect, n: n, degreesOfFreedom: degreesOfFreedom, alpha: alpha) >= power
    }
}
