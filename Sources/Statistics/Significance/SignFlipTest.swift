/// The sign-flip permutation test: is the mean paired difference what chance signs would give?
///
/// Under the null hypothesis each difference is as likely to have either sign. Exact over all signs with up
/// to 15 differences other than zero; beyond, seeded random signs with p = (b + 1) / (resamples + 1), b the
/// number of draws at least as extreme. No difference other than zero: p = 1. Equal differences are no
/// obstacle. The statistic is the mean difference.
///
/// - Parameters:
///   - differences: Candidate minus baseline, one an example.
///   - alternative: `.less` claims that the mean is below zero.
///   - exactUpTo: Differences other than zero up to which all signs are tried, in `0...20`.
///   - resamples: At least 100; not used where the test is exact.
/// - Throws: `EstimateError.tooFew` for no differences, `.notFinite`, `.invalidParameter`.
/// - Complexity: O(resamples · n); about 1 ns a sign.
///
/// R. A. Fisher, The Design of Experiments (1935), section 21; B. Phipson, G. K. Smyth, Stat. Appl. Genet.
/// Mol. Biol. 9 (2010) 39.
public func signFlipTest(
    _ differences: [Double], alternative: Alternative, exactUpTo: Int = 15, resamples: Int = 10_000,
    seed: UInt64
) throws(EstimateError) -> TestResult {
    guard (0...20).contains(exactUpTo) else {
        throw .invalidParameter("number of differences tried exactly", must: "lie in 0...20")
    }
    try requireCount(differences.count, atLeast: 1)
    try requireFinite(differences)
    guard resamples >= 100 else { throw .invalidParameter("number of resamples") }
    var largest = 0.0
    for value in differences { largest = max(largest, abs(value)) }
    guard largest > 0 else {
        return try TestResult(pValue: 1, statistic: 0, method: "sign flip, no difference")
    }
    // Turned and scaled, so that extreme is always low, and nothing overflows.
    let sign = alternative == .greater ? -1.0 : 1.0
    var values: [Double] = []
    for value in differences where value != 0 { values.append(sign * (value / largest)) }
    var total = 0.0
    for value in values { total += value }
    let mean = sign * (total / Double(differences.count)) * largest
    if values.count <= exactUpTo {
        return try TestResult(
            pValue: exactShare(values, twoSided: alternative == .twoSided), statistic: mean,
            method: "exact sign flip")
    }
    let share = drawnShare(values, twoSided: alternative == .twoSided, resamples: resamples, seed: seed)
    return try TestResult(
        pValue: share, statistic: mean, method: "sign flip, \(grouped(resamples)) resamples, seed \(seed)")
}

/// The test of a mean paired difference that a gate uses: sign flips below 5,000 examples, paired t from
/// there.
///
/// - Throws: As both tests; `EstimateError.tooFew` for fewer than 2 differences.
public func pairedMeanTest(
    _ differences: [Double], alternative: Alternative, seed: UInt64
) throws(EstimateError) -> TestResult {
    try requireCount(differences.count, atLeast: 2)
    if differences.count >= 5_000 {
        let first = differences[0]
        if differences.contains(where: { $0 != first }) {
            return try pairedTTest(differences, alternative: alternative)
        }
    }
    return try signFlipTest(differences, alternative: alternative, seed: seed)
}

/// What counts as at least as low: sums that differ by rounding alone are ties.
private struct Extreme {
    let limit: Double
    let twoSided: Bool

    init(_ values: [Double], twoSided: Bool) {
        var total = 0.0
        var size = 0.0
        for value in values {
            total += value
            size += abs(value)
        }
        self.twoSided = twoSided
        limit = (twoSided ? -abs(total) : total) + 1e-11 * size
    }

    func holds(_ sum: Double) -> Bool { twoSided ? -abs(sum) <= limit : sum <= limit }
}

private func exactShare(_ values: [Double], twoSided: Bool) -> Double {
    let extreme = Extreme(values, twoSided: twoSided)
    let patterns = 1 << values.count
    var found = 0
    for pattern in 0..<patterns {
        var sum = 0.0
        for index in values.indices { sum += (pattern >> index) & 1 == 0 ? values[index] : -values[index] }
        if extreme.holds(sum) { found += 1 }
    }
    return Double(found) / Double(patterns)
}

private func drawnShare(_ values: [Double], twoSided: Bool, resamples: Int, seed: UInt64) -> Double {
    let extreme = Extreme(values, twoSided: twoSided)
    var found = 0
    for resample in 0..<resamples {
        var stream = RandomStream(seed: seed, stream: UInt64(resample))
        if extreme.holds(flippedSum(values, &stream)) { found += 1 }
    }
    return Double(found + 1) / Double(resamples + 1)
}

private func flippedSum(_ values: [Double], _ stream: inout RandomStream) -> Double {
    values.withUnsafeBufferPointer { buffer in
        var sums = SIMD4<Double>.zero
        var index = 0
        while index < buffer.count {
            var word = stream.next()
            let end = min(index + 64, buffer.count)
            while index + 3 < end {
                // A random bit becomes the sign bit.
                let bits = SIMD4<UInt64>(word << 63, word << 62, word << 61, word << 60) & (1 << 63)
                let four = SIMD4(buffer[index], buffer[index + 1], buffer[index + 2], buffer[index + 3])
                // Both are four plain 64-bit words.
                let flipped = unsafeBitCast(four, to: SIMD4<UInt64>.self) ^ bits
                sums += unsafeBitCast(flipped, to: SIMD4<Double>.self)
                word >>= 4
                index += 4
            }
            while index < end {
                sums[0] += word & 1 == 0 ? buffer[index] : -buffer[index]
                word >>= 1
                index += 1
            }
        }
        return (sums[0] + sums[1]) + (sums[2] + sums[3])
    }
}
