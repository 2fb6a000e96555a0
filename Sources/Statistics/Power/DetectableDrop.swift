/// The drop of a mean that a one-sided paired t-test of level `alpha` finds with the given power.
///
/// By the noncentral t; from 2,000 examples by the normal law, which then agrees to four digits.
///
/// - Parameters:
///   - n: Examples, at least 2.
///   - standardDeviation: Of the paired differences, above zero.
/// - Returns: The drop in the metric's unit.
/// - Throws: `EstimateError.tooFew`, `.invalidParameter`, `.overflow`.
///
/// J. Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd ed. (1988), chapter 2.
public func detectableDrop(
    n: Int, standardDeviation: Double, alpha: Double = 0.05, power: Double = 0.80
) throws(EstimateError) -> Double {
    try requireCount(n, atLeast: 2)
    guard standardDeviation > 0, standardDeviation.isFinite else {
        throw .invalidParameter("standard deviation")
    }
    try requireProbability(power, "power")
    let scale = standardDeviation / Double(n).squareRoot()
    let law = try StudentT(degreesOfFreedom: Double(n - 1))
    let critical = try law.quantile(1 - alpha)
    let normal = try critical + Normal.quantile(power)
    guard n < 2_000 else { return max(0, normal) * scale }
    var low = 0.0
    var high = max(1, 2 * normal)
    while try law.noncentralSurvival(critical, noncentrality: high) < power {
        high *= 2
        guard high < 1e6 else { throw .overflow }
    }
    while high - low > 1e-9 * high {
        let middle = (low + high) / 2
        if try law.noncentralSurvival(critical, noncentrality: middle) < power {
            low = middle
        } else {
            high = middle
        }
    }
    return high * scale
}

/// The drop of a pass rate that the one-sided exact McNemar test finds with the given power.
///
/// Examples that disagree are taken to be as many as now, or as many as the drop itself needs where that is
/// more: so it has an answer where nothing disagrees yet. Exact up to 400 expected disagreements, by Connor's
/// normal approximation beyond.
///
/// - Parameters:
///   - n: Examples, at least 1.
///   - discordantShare: The share of examples whose result differs between the arms, in `0...1`.
/// - Returns: The drop of the rate, or nil where these examples could not show even a drop of everything
///   (fewer than 5 at α = .05).
/// - Throws: `EstimateError.tooFew`, `.invalidParameter`.
///
/// R. J. Connor, Biometrics 43 (1987) 207–211.
public func detectableDrop(
    n: Int, discordantShare: Double, alpha: Double = 0.05, power: Double = 0.80
) throws(EstimateError) -> Double? {
    try requireCount(n, atLeast: 1)
    try requireProbability(alpha, "alpha")
    try requireProbability(power, "power")
    guard discordantShare >= 0, discordantShare <= 1 else { throw .invalidParameter("discordant share") }
    guard try mcNemarPower(n: n, drop: 1, discordantShare: 1, alpha: alpha) >= power else { return nil }
    var low = 0.0
    var high = 1.0
    while high - low > 1e-7 {
        let middle = (low + high) / 2
        let share = max(discordantShare, middle)
        if try mcNemarPower(n: n, drop: middle, discordantShare: share, alpha: alpha) < power {
            low = middle
        } else {
            high = middle
        }
    }
    return high
}

/// How often the one-sided exact McNemar test of level `alpha` finds a drop.
///
/// - Parameters:
///   - drop: Losses minus gains as a share of examples, in `0...discordantShare`.
///   - discordantShare: Losses and gains together, in `(0, 1]`.
public func mcNemarPower(
    n: Int, drop: Double, discordantShare: Double, alpha: Double = 0.05
) throws(EstimateError) -> Double {
    try requireCount(n, atLeast: 1)
    try requireProbability(alpha, "alpha")
    guard discordantShare > 0, discordantShare <= 1 else { throw .invalidParameter("discordant share") }
    guard drop >= 0, drop <= discordantShare else { throw .invalidParameter("drop") }
    let expected = Double(n) * discordantShare
    let shareOfLosses = (discordantShare + drop) / (2 * discordantShare)
    if expected > 400 {
        let z = try Normal.quantile(1 - alpha)
        let spread = (discordantShare - drop * drop).squareRoot()
        let gap = drop * Double(n).squareRoot() - z * discordantShare.squareRoot()
        guard spread > 0 else { return gap > 0 ? 1 : 0 }
        return try Normal.cumulative(gap / spread)
    }
    let disagreements = try Binomial(trials: n, probability: discordantShare)
    // Twelve deviations and a few more: what lies beyond adds less than 1e-15.
    let reach = Int(12 * expected.squareRoot()) + 30
    let first = max(0, Int(expected) - reach)
    let last = min(n, Int(expected) + reach)
    var power = 0.0
    for number in first...last {
        let mass = try disagreements.mass(number)
        if mass < 1e-17 { continue }
        let critical = try Binomial(trials: number, probability: 0.5).quantile(1 - alpha) + 1
        power += try mass * Binomial(trials: number, probability: shareOfLosses).atLeast(critical)
    }
    return min(1, power)
}

/// The drop that a one-sided claim about a recomputed metric finds with the given power: (z₁₋α + z_power)·SE.
///
/// Read the other way it is the margin that the data resolve: an unchanged candidate proves it with that power.
///
/// - Parameter standardError: Of the difference, above zero.
/// - Throws: `EstimateError.invalidParameter`.
public func detectableDrop(
    standardError: Double, alpha: Double = 0.05, power: Double = 0.80
) throws(EstimateError) -> Double {
    guard standardError > 0, standardError.isFinite else {
        throw .invalidParameter("standard error", must: "be positive")
    }
    try requireProbability(alpha, "alpha")
    try requireProbability(power, "power")
    let drop = try (Normal.quantile(1 - alpha) + Normal.quantile(power)) * standardError
    guard drop.isFinite else { throw .overflow }
    return drop
}
