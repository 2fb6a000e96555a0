/// The Hodges–Lehmann estimate of how far the candidate's values lie above the baseline's: the median of all
/// differences of pairs, with the interval that the Mann–Whitney test does not reject.
///
/// Exact limits where each sample holds at most 50 values and all differ, otherwise by the normal
/// approximation with ties in its deviation and a continuity correction. There is no interval where the
/// samples are too small for the confidence, or where ties leave it no width.
///
/// - Parameter confidence: Two-sided coverage in `(0, 1)`.
/// - Throws: `EstimateError.tooFew` for an empty sample, `.notFinite`, `.allEqual` where all values are one
///   number, `.overflow`, `.invalidParameter`.
/// - Complexity: O(n log n + 64 (n + m)) time and O(n + m) memory: no difference is stored.
///
/// J. L. Hodges, E. L. Lehmann, Annals of Mathematical Statistics 34 (1963) 598–611.
public func hodgesLehmannShift(
    baseline: [Double], candidate: [Double], confidence: Double = 0.90
) throws(EstimateError) -> Estimate {
    try requireCount(baseline.count, atLeast: 1, "observations in baseline")
    try requireCount(candidate.count, atLeast: 1, "observations in candidate")
    try requireFinite(baseline, "baseline")
    try requireFinite(candidate, "candidate")
    try requireProbability(confidence, "confidence")
    let shifts = PairDifferences(baseline: ascending(baseline), candidate: ascending(candidate))
    let pooled = PooledRanks(baseline: shifts.baseline, candidate: shifts.candidate)
    guard pooled.deviation > 0 else { throw .allEqual(value: baseline[0]) }
    let largest = shifts.candidate[candidate.count - 1] - shifts.baseline[0]
    let smallest = shifts.candidate[0] - shifts.baseline[baseline.count - 1]
    guard largest.isFinite, smallest.isFinite else { throw .overflow }
    let middle = (shifts.count - 1) / 2
    let low = shifts.value(at: middle)
    let high = shifts.count % 2 == 0 ? shifts.value(at: middle + 1) : low
    let estimate = low / 2 + high / 2
    let limit = try limitingU(pooled, confidence: confidence)
    var interval: Interval?
    if let limit, 2 * limit.u < shifts.count {
        let lower = shifts.value(at: limit.u)
        let upper = shifts.value(at: shifts.count - 1 - limit.u)
        if lower < upper {
            interval = try Interval(
                lower: lower, upper: upper, confidence: confidence,
                method: "Mann–Whitney inverted, \(limit.isExact ? "exact" : "normal")")
        }
    }
    return try Estimate(
        value: estimate, interval: interval, n: baseline.count + candidate.count, method: "Hodges–Lehmann")
}

/// The largest U whose lower tail is at most half of what the confidence leaves; nil where none is.
///
/// A shift below that place of the ordered differences, from 0, makes U so small, and is rejected.
private func limitingU(
    _ pooled: PooledRanks, confidence: Double
) throws(EstimateError) -> (u: Int, isExact: Bool)? {
    let tail = (1 - confidence) / 2
    let (n, m) = (pooled.baselineCount, pooled.candidateCount)
    if !pooled.hasTies, max(n, m) <= 50 {
        let counts = rankSumCounts(n, m, upTo: n * m / 2)
        var total = 1.0
        for index in 0..<min(n, m) { total = total * Double(n + m - index) / Double(index + 1) }
        var sum = 0.0
        var u = -1
        while u + 1 < counts.count {
            sum += counts[u + 1]
            if sum / total > tail { break }
            u += 1
        }
        return u < 0 ? nil : (u, true)
    }
    let z = try Normal.quantile((1 + confidence) / 2)
    let u = (pooled.pairs / 2 - 0.5 - z * pooled.deviation).rounded(.down)
    return u < 0 ? nil : (Int(u), false)
}

/// All differences of a candidate's value less a baseline's, in order, without storing them.
struct PairDifferences {
    /// Both ascending.
    let baseline: [Double]
    let candidate: [Double]

    var count: Int { baseline.count * candidate.count }

    /// The difference at a place of the ascending order, from 0.
    ///
    /// Halves the range of bit patterns: differences, rounded as they are, keep the order of both samples.
    func value(at place: Int) -> Double {
        var low = ordered(candidate[0] - baseline[baseline.count - 1])
        var high = ordered(candidate[candidate.count - 1] - baseline[0])
        while low < high {
            let middle = low + (high - low) / 2
            if notAbove(unordered(middle)) > place { high = middle } else { low = middle + 1 }
        }
        return unordered(low)
    }

    /// How many differences are at most `limit`.
    private func notAbove(_ limit: Double) -> Int {
        var found = 0
        var first = 0
        for value in candidate {
            // The larger the candidate's value, the larger must be what is taken from it.
            while first < baseline.count, value - baseline[first] > limit { first += 1 }
            found += baseline.count - first
        }
        return found
    }

    private func ordered(_ value: Double) -> UInt64 {
        let bits = (value + 0.0).bitPattern
        return bits >> 63 == 1 ? ~bits : bits | (1 << 63)
    }

    private func unordered(_ key: UInt64) -> Double {
        Double(bitPattern: key >> 63 == 1 ? key ^ (1 << 63) : ~key)
    }
}
