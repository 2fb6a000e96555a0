import Glibc

/// What was drawn from one stratum of a population, without replacement.
public struct StratumSample: Sendable, Hashable {
    /// Items in the stratum.
    public let size: Int
    /// Items drawn from it.
    public let n: Int
    public let mean: Double
    /// With denominator n − 1; 0 where all are alike.
    public let standardDeviation: Double

    /// - Throws: `EstimateError.tooFew` for an empty sample, and for a single item of a stratum that has more;
    ///   `.invalidCounts` for more drawn than there are; `.invalidParameter`.
    public init(size: Int, n: Int, mean: Double, standardDeviation: Double) throws(EstimateError) {
        try requireCounts(n, of: size, "items drawn and items in the stratum")
        try requireCount(n, atLeast: size == 1 ? 1 : 2, "items drawn from the stratum")
        guard mean.isFinite else { throw .invalidParameter("mean", must: "be a finite number") }
        guard standardDeviation >= 0, standardDeviation.isFinite else {
            throw .invalidParameter("standard deviation", must: "be zero or more")
        }
        self.size = size
        self.n = n
        self.mean = mean
        self.standardDeviation = standardDeviation
    }

    public init(size: Int, values: [Double]) throws(EstimateError) {
        let sample = try moments(values)
        try self.init(size: size, n: sample.n, mean: sample.mean, standardDeviation: sample.standardDeviation)
    }

    /// Pass and fail: `passes` of the `n` drawn.
    public init(size: Int, n: Int, passes: Int) throws(EstimateError) {
        try requireCounts(passes, of: n, "passes and items drawn")
        try requireCount(n, atLeast: 1, "items drawn from the stratum")
        let rate = Double(passes) / Double(n)
        let scale = n > 1 ? Double(n) / Double(n - 1) : 0
        try self.init(
            size: size, n: n, mean: rate, standardDeviation: (rate * (1 - rate) * scale).squareRoot())
    }

    /// The share of the stratum that was not drawn: all of it known leaves no error.
    var unseen: Double { 1 - Double(n) / Double(size) }
}

/// The mean of a population from a stratified sample: Σ W·ȳ, with finite-population variance Σ W²(1 − n/N)s²/n.
///
/// - Parameters:
///   - strata: All of the population, each item in one stratum.
///   - confidence: Two-sided coverage in `(0, 1)`; Student's t with Satterthwaite's degrees of freedom.
/// - Throws: `EstimateError.tooFew` for no strata; `.allEqual` where no stratum varies: for rates ask
///   `stratifiedRate`.
///
/// W. G. Cochran, Sampling Techniques, 3rd ed. (1977), chapter 5.
public func stratifiedMean(
    _ strata: [StratumSample], confidence: Double = 0.90
) throws(EstimateError) -> SurveyEstimate {
    let sum = try StratifiedSum(strata, confidence: confidence)
    guard sum.variance > 0 else { throw .allEqual(value: sum.mean) }
    let degrees = sum.variance * sum.variance / sum.spread
    let t = try StudentT(degreesOfFreedom: max(1, degrees)).quantile((1 + confidence) / 2)
    return try SurveyEstimate(
        value: sum.mean, standardError: sum.variance.squareRoot(), reach: t, range: nil,
        confidence: confidence, method: "stratified, Student t", n: sum.n)
}

/// The pass rate of a population from a stratified sample.
///
/// The interval joins the Wilson intervals of the strata, each shrunk by what of it was seen; so it keeps its width
/// where every item drawn passes.
///
/// - Throws: `EstimateError.outsideRange` for a mean that is no rate; `.allEqual` where every stratum was seen whole.
///
/// A. Donner, G. Y. Zou, Stat. Methods Med. Res. 21 (2012) 347–359.
public func stratifiedRate(
    _ strata: [StratumSample], confidence: Double = 0.90
) throws(EstimateError) -> SurveyEstimate {
    let sum = try StratifiedSum(strata, confidence: confidence)
    let z = try Normal.quantile((1 + confidence) / 2)
    var below = 0.0
    var above = 0.0
    for (index, stratum) in strata.enumerated() {
        guard stratum.mean >= 0, stratum.mean <= 1 else { throw .outsideRange(index: index, of: "rate") }
        let weight = Double(stratum.size) / sum.size
        let ends = wilsonEnds(rate: stratum.mean, n: Double(stratum.n), z: z)
        let (down, up) = (stratum.mean - ends.lower, ends.upper - stratum.mean)
        below += weight * weight * stratum.unseen * down * down
        above += weight * weight * stratum.unseen * up * up
    }
    guard below > 0 || above > 0 else { throw .allEqual(value: sum.mean) }
    let interval = try Interval(
        lower: max(0, sum.mean - below.squareRoot()), upper: min(1, sum.mean + above.squareRoot()),
        confidence: confidence, method: "stratified, Wilson of each (MOVER)")
    // Where no stratum varies, the interval stands for the error.
    let error = sum.variance > 0 ? sum.variance.squareRoot() : interval.width / (2 * z)
    return try SurveyEstimate(value: sum.mean, standardError: error, interval: interval, n: sum.n)
}

private struct StratifiedSum {
    var size = 0.0
    var mean = 0.0
    var variance = 0.0
    /// Satterthwaite's denominator.
    var spread = 0.0
    var n = 0

    init(_ strata: [StratumSample], confidence: Double) throws(EstimateError) {
        try requireCount(strata.count, atLeast: 1, "strata")
        try requireProbability(confidence, "confidence")
        for stratum in strata { size += Double(stratum.size) }
        guard size <= 0x1p52 else { throw .invalidCounts("the sizes of the strata") }
        for stratum in strata {
            let weight = Double(stratum.size) / size
            mean += weight * stratum.mean
            n += stratum.n
            let square = stratum.standardDeviation * stratum.standardDeviation
            let part = weight * weight * stratum.unseen * square / Double(stratum.n)
            variance += part
            if stratum.n > 1 { spread += part * part / Double(stratum.n - 1) }
        }
        guard mean.isFinite, variance.isFinite else { throw .overflow }
    }
}
