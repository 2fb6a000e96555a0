import Glibc

/// How many items people must judge before the Wilson interval of a rate is this narrow.
///
/// - Parameters:
///   - halfWidth: Half the interval's width, in `(0, 0.5)`.
///   - rate: As expected; ½ asks for most.
///   - population: Items in all, where they are not many times the sample: fewer are needed then.
///   - confidence: Two-sided coverage in `(0, 1)`.
/// - Throws: `EstimateError.invalidParameter`, `.overflow` beyond 10¹⁵.
///
/// W. G. Cochran, Sampling Techniques, 3rd ed. (1977), chapter 4, for the finite population; the width is Wilson's.
public func examplesNeeded(
    forRateWithin halfWidth: Double, rate: Double = 0.5, population: Int? = nil, confidence: Double = 0.90
) throws(EstimateError) -> Int {
    guard halfWidth > 0, halfWidth < 0.5 else {
        throw .invalidParameter("half width", must: "lie strictly between 0 and 0.5")
    }
    try requireRate(rate, "rate")
    try requireProbability(confidence, "confidence")
    if let population { try requireCount(population, atLeast: 1, "items in the population") }
    let z = try Normal.quantile((1 + confidence) / 2)
    // With u = z²/n the width is h where (¼ − h²)u² + (pq − 2h²)u − h² = 0.
    let square = halfWidth * halfWidth
    let a = 0.25 - square
    let b = rate * (1 - rate) - 2 * square
    let root = (b * b + 4 * a * square).squareRoot()
    let u = b <= 0 ? (root - b) / (2 * a) : 2 * square / (root + b)
    var exact = z * z / u
    if let population { exact = exact / (1 + (exact - 1) / Double(population)) }
    guard exact < 1e15 else { throw .overflow }
    // What is whole but for rounding is whole.
    return max(1, Int((exact * (1 - 1e-12)).rounded(.up)))
}

/// How many units two raters must both judge before the interval of a plain κ over two categories is this narrow.
///
/// - Parameters:
///   - halfWidth: Half the width of the normal interval.
///   - kappa: As expected, in `(-1, 1)`.
///   - prevalence: Share of the first category, for both raters alike, in `(0, 1)`.
/// - Throws: `EstimateError.invalidParameter`, also where no table has this κ at this prevalence; `.overflow`.
///
/// J. L. Fleiss, J. Cohen, B. S. Everitt, Psychol. Bull. 72 (1969) 323–327, solved for n.
public func examplesNeeded(
    forKappaWithin halfWidth: Double, kappa: Double, prevalence: Double = 0.5, confidence: Double = 0.90
) throws(EstimateError) -> Int {
    guard halfWidth > 0, halfWidth < 1 else {
        throw .invalidParameter("half width", must: "lie strictly between 0 and 1")
    }
    try requireProbability(prevalence, "prevalence")
    try requireProbability(confidence, "confidence")
    let p = prevalence
    let q = 1 - p
    // Disagreement of each kind.
    let apart = p * q * (1 - kappa)
    guard kappa < 1, kappa > -1, apart <= min(p, q) else {
        throw .invalidParameter("kappa", must: "be possible at this prevalence, and below 1")
    }
    let chance = p * p + q * q
    // Influence of each cell: 1 on the diagonal, less the mean agreement that its categories have by chance.
    let pull = 1 - kappa
    let first = 1 - 2 * p * pull
    let second = 1 - 2 * q * pull
    let mean = kappa - chance * pull
    var variance = (p - apart) * (first - mean) * (first - mean)
    variance += (q - apart) * (second - mean) * (second - mean)
    variance += 2 * apart * (-pull - mean) * (-pull - mean)
    variance /= (1 - chance) * (1 - chance)
    let z = try Normal.quantile((1 + confidence) / 2)
    let exact = z * z * variance / (halfWidth * halfWidth)
    guard exact < 1e15 else { throw .overflow }
    return max(2, Int((exact * (1 - 1e-12)).rounded(.up)))
}
