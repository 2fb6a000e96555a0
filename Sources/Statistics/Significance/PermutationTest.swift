/// The two-sample permutation test: is the difference of two means what dealing the values at random gives?
///
/// Exact over all ways to deal them where these are at most 50,000; beyond, seeded random ones with
/// p = (b + 1) / (resamples + 1), b the number of draws at least as extreme. Two-sided compares the size of the
/// difference. The statistic is the difference of means, candidate minus baseline.
///
/// - Parameters:
///   - alternative: `.less` claims that the candidate's mean is lower.
///   - resamples: At least 100; not used where the test is exact.
/// - Throws: `EstimateError.tooFew` for an empty sample, `.allEqual` where all values are one number,
///   `.notFinite`, `.invalidParameter`, `.overflow`.
/// - Complexity: O(resamples · n).
///
/// E. J. G. Pitman, Supplement to JRSS 4 (1937) 119–130; B. Phipson, G. K. Smyth, Stat. Appl. Genet. Mol.
/// Biol. 9 (2010) 39.
public func permutationTest(
    baseline: [Double], candidate: [Double], alternative: Alternative, resamples: Int = 10_000, seed: UInt64
) throws(EstimateError) -> TestResult {
    try requireCount(baseline.count, atLeast: 1, "observations in baseline")
    try requireCount(candidate.count, atLeast: 1, "observations in candidate")
    try requireFinite(baseline, "baseline")
    try requireFinite(candidate, "candidate")
    guard resamples >= 100 else { throw .invalidParameter("resamples", must: "be at least 100") }
    let pooled = try moments(baseline + candidate)
    guard !pooled.isConstant else { throw .allEqual(value: pooled.mean) }
    guard (pooled.maximum - pooled.minimum).isFinite else { throw .overflow }
    let difference = try moments(candidate).mean - moments(baseline).mean
    let deal = Deal(baseline: baseline, candidate: candidate, pooled: pooled, alternative)
    if let ways = deal.ways {
        return try TestResult(
            pValue: Double(deal.extremeWays()) / Double(ways), statistic: difference,
            method: "exact permutation of two samples, \(alternative.words)")
    }
    let found = deal.extremeDraws(resamples, seed: seed)
    return try TestResult(
        pValue: Double(found + 1) / Double(resamples + 1), statistic: difference,
        method:
            "permutation of two samples, \(alternative.words), \(grouped(resamples)) resamples, seed \(seed)"
    )
}

/// Values to be dealt to two samples, centred, scaled and turned so that a low sum of the smaller one is
/// extreme.
private struct Deal {
    let values: [Double]
    let size: Int
    let limit: Double
    let twoSided: Bool

    init(baseline: [Double], candidate: [Double], pooled: Moments, _ alternative: Alternative) {
        let isCandidate = candidate.count <= baseline.count
        let first = isCandidate ? candidate : baseline
        let rest = isCandidate ? baseline : candidate
        // A low sum of the baseline is a high one of the candidate.
        let sign = (alternative == .greater) == isCandidate ? -1.0 : 1.0
        let scale = max(pooled.maximum - pooled.mean, pooled.mean - pooled.minimum)
        values = (first + rest).map { sign * (($0 - pooled.mean) / scale) }
        size = first.count
        twoSided = alternative == .twoSided
        var sum = 0.0
        var weight = 0.0
        for index in values.indices {
            if index < size { sum += values[index] }
            weight += abs(values[index])
        }
        // Sums that differ by rounding alone are ties.
        limit = (twoSided ? -abs(sum) : sum) + 1e-11 * weight
    }

    private func isExtreme(_ sum: Double) -> Bool { twoSided ? -abs(sum) <= limit : sum <= limit }

    /// The number of ways to deal, where all can be tried.
    var ways: Int? {
        var ways = 1
        for index in 0..<size {
            ways = ways * (values.count - index) / (index + 1)
            if ways > 50_000 { return nil }
        }
        return ways
    }

    func extremeWays() -> Int { extremeWays(from: 0, left: size, sum: 0) }

    private func extremeWays(from start: Int, left: Int, sum: Double) -> Int {
        if left == 0 { return isExtreme(sum) ? 1 : 0 }
        var found = 0
        for index in start...(values.count - left) {
            found += extremeWays(from: index + 1, left: left - 1, sum: sum + values[index])
        }
        return found
    }

    func extremeDraws(_ resamples: Int, seed: UInt64) -> Int {
        var scratch = values
        var found = 0
        for resample in 0..<resamples {
            var stream = RandomStream(seed: seed, stream: UInt64(resample))
            // Every resample begins with the same order, so that none depends on another.
            for index in values.indices { scratch[index] = values[index] }
            var sum = 0.0
            stream.permute(&scratch, first: size)
            for place in 0..<size { sum += scratch[place] }
            if isExtreme(sum) { found += 1 }
        }
        return found
    }
}
