import Glibc

/// The interval of a mean where all n values were the same: what share of other traffic may differ, and how
/// far.
///
/// Had a share p of traffic another value, n draws would have missed it with probability (1 − p)ⁿ; so with
/// one-sided confidence 1 − α at most p = 1 − α^(1/n) differs, and that part lies anywhere in the range:
/// the ends are `value − p·(value − range.lowerBound)` and `value + p·(range.upperBound − value)`.
///
/// - Parameters:
///   - value: What every value was.
///   - range: The range that single values can take. For differences of scores in `0...1` it is `-1...1`,
///     which gives ±.0060 at n = 500, ±.0368 at 80 and ±.0950 at 30.
///   - n: How many values there were, at least 2.
///   - confidence: Two-sided coverage in `(0, 1)`.
/// - Throws: `EstimateError.tooFew`, `.outsideRange`, `.invalidParameter` also for a range that is
///   a point; `.allEqual` for one that is infinite.
public func allEqualInterval(
    value: Double, range: ClosedRange<Double>, n: Int, confidence: Double = 0.90
) throws(EstimateError) -> Interval {
    try requireCount(n, atLeast: 2, "values")
    try requireFinite([value])
    guard range.contains(value) else { throw .outsideRange(index: 0, of: "value") }
    guard range.lowerBound < range.upperBound else {
        throw .invalidParameter("range", must: "be wider than a point")
    }
    guard range.lowerBound.isFinite, range.upperBound.isFinite else { throw .allEqual(value: value) }
    let share = try shareThatMayDiffer(n: n, confidence: (1 + confidence) / 2)
    return try Interval(
        lower: value - share * (value - range.lowerBound), upper: value + share * (range.upperBound - value),
        confidence: confidence, method: "all \(grouped(n)) equal")
}

/// The largest share of traffic that may differ where none of n draws did; `confidence` is one-sided.
///
/// - Throws: `EstimateError.tooFew` for `n < 1`, `.invalidParameter` for a confidence outside `(0, 1)`.
public func shareThatMayDiffer(n: Int, confidence: Double = 0.95) throws(EstimateError) -> Double {
    try requireCount(n, atLeast: 1, "draws")
    try requireProbability(confidence, "confidence")
    return -expm1(log1p(-confidence) / Double(n))
}

/// How many equal examples leave no more than a share that may differ: the reverse of `shareThatMayDiffer`.
///
/// So many unchanged results prove `no worse by m` where single differences span w: share m/w.
///
/// - Parameters:
///   - share: In `(0, 1)`.
///   - confidence: One-sided.
/// - Returns: At least 2.
/// - Throws: `EstimateError.invalidParameter`, `.overflow` beyond 10¹⁵ examples.
public func examplesBounding(share: Double, confidence: Double = 0.95) throws(EstimateError) -> Int {
    try requireProbability(share, "share")
    try requireProbability(confidence, "confidence")
    let needed = log1p(-confidence) / log1p(-share)
    guard needed < 1e15 else { throw .overflow }
    return max(2, Int(needed.rounded(.up)))
}
