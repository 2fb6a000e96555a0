/// How often a t-test of means finds a true difference.
///
/// - Parameters:
///   - difference: The true one, candidate minus baseline.
///   - standardDeviation: Of the paired differences, or, with two independent arms, of a single score in either.
///   - n: Pairs, or scores of the baseline.
///   - otherArm: Scores of the candidate where the arms are independent; nil: paired.
///   - alternative: `.less` claims that the candidate's mean is lower.
/// - Throws: `EstimateError.tooFew` for fewer than 2 of either, `.invalidParameter`.
/// - Complexity: Constant.
///
/// J. Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd ed. (1988), chapter 2.
public func tTestPower(
    difference: Double, standardDeviation: Double, n: Int, otherArm: Int? = nil, alpha: Double = 0.05,
    alternative: Alternative = .twoSided
) throws(EstimateError) -> Double {
    guard difference.isFinite else { throw .invalidParameter("difference", must: "be a finite number") }
    try requirePositive(standardDeviation, "standard deviation")
    try requireCount(n, atLeast: 2, "examples")
    try requireProbability(alpha, "alpha")
    var degrees = Double(n) - 1
    var root = Double(n).squareRoot()
    if let otherArm {
        try requireCount(otherArm, atLeast: 2, "examples of the other arm")
        degrees = Double(n) + Double(otherArm) - 2
        root = (Double(n) / (Double(n) + Double(otherArm)) * Double(otherArm)).squareRoot()
    }
    let shift = difference / standardDeviation * root
    guard shift.isFinite else { throw .overflow }
    let level = alternative == .twoSided ? alpha / 2 : alpha
    let critical = try StudentT(degreesOfFreedom: degrees).quantile(1 - level)
    func tail(_ shift: Double) throws(EstimateError) -> Double {
        try chanceOfNormal(below: { shift - critical * $0 }, degrees: degrees)
    }
    switch alternative {
    case .less: return try tail(-shift)
    case .greater: return try tail(shift)
    case .twoSided: return try min(1, tail(shift) + tail(-shift))
    }
}

/// The examples (or scores of each arm) with which a t-test finds a true difference with the given power.
///
/// - Parameter independentArms: Whether the arms answer different requests.
/// - Returns: Nil beyond 10,000,000, or where the alternative claims the other direction.
/// - Throws: `EstimateError.invalidParameter`.
public func examplesNeeded(
    forMeanDifference difference: Double, standardDeviation: Double, power: Double = 0.80,
    independentArms: Bool = false, alpha: Double = 0.05, alternative: Alternative = .twoSided
) throws(EstimateError) -> Int? {
    try requireProbability(power, "power")
    return try firstEnough(from: 2) { (n) throws(EstimateError) in
        try tTestPower(
            difference: difference, standardDeviation: standardDeviation, n: n,
            otherArm: independentArms ? n : nil, alpha: alpha, alternative: alternative) >= power
    }
}
