/// The Wasserstein-1 distance of two samples: the area between their distribution functions.
///
/// - Returns: In the unit of the values.
/// - Throws: `EstimateError.tooFew` for an empty side, `.notFinite`, `.overflow`.
/// - Complexity: O(N log N).
///
/// L. N. Vaserstein, Probl. Inf. Transm. 5(3) (1969) 64–72; S. S. Vallender, Theory Probab. Appl. 18 (1974)
/// 784–786 for the area.
public func wassersteinDistance(_ first: [Double], _ second: [Double]) throws(EstimateError) -> Double {
    try requireCount(first.count, atLeast: 1, "values of the first sample")
    try requireCount(second.count, atLeast: 1, "values of the second sample")
    try requireFinite(first, "first")
    try requireFinite(second, "second")
    let area = PooledSamples(first, second).area()
    guard area.isFinite else { throw .overflow }
    return area
}

/// Whether numbers have moved, by the Wasserstein-1 distance and a permutation of the labels.
///
/// - Parameters:
///   - floor: The least effect that matters, in deviations of the reference.
///   - resamples: 100 to 1,000,000.
///   - seed: The shuffles are a function of (seed, resample) alone.
/// - Returns: The effect is the distance in deviations of the reference; the test's statistic is the distance
///   itself.
/// - Throws: `EstimateError.tooFew` below 2 values a side, `.allEqual` for a reference without deviation,
///   `.notFinite`, `.overflow`, `.invalidParameter`.
/// - Complexity: O(resamples · N): 2,000 shuffles of 10,000 values take .1 s.
public func wassersteinDrift(
    reference: [Double], window: [Double], alpha: Double = 0.01, floor: Double = 0.1,
    resamples: Int = 2_000, seed: UInt64 = 0
) throws(EstimateError) -> DriftResult {
    try requireCount(window.count, atLeast: 2, "values of the window")
    try requireCount(reference.count, atLeast: 2, "values of the reference")
    try requireResamples(resamples)
    try requireFinite(reference, "reference")
    try requireFinite(window, "window")
    let yardstick = try moments(reference)
    guard !yardstick.isConstant else { throw .allEqual(value: yardstick.mean) }
    let pooled = PooledSamples(reference, window)
    let distance = pooled.area()
    guard distance.isFinite else { throw .overflow }
    var extreme = 0
    for resample in 0..<resamples {
        var stream = RandomStream(seed: seed, stream: UInt64(resample))
        if pooled.shuffledArea(&stream) >= distance * (1 - 1e-11) { extreme += 1 }
    }
    let test = try TestResult(
        pValue: Double(extreme + 1) / Double(resamples + 1), statistic: distance,
        method: "permutation of Wasserstein-1, \(grouped(resamples)) resamples, seed \(seed)")
    return try DriftResult(
        measure: "Wasserstein-1, in deviations of the reference",
        effect: distance / yardstick.standardDeviation, floor: floor, test: test, alpha: alpha,
        reference: reference.count, window: window.count)
}

/// Two samples in one ascending order.
struct PooledSamples {
    /// From each value to the next.
    private var gaps: [Double] = []
    private var isFirst: [Bool] = []
    private let n: Int
    private let m: Int

    init(_ first: [Double], _ second: [Double]) {
        n = first.count
        m = second.count
        let left = ascending(first)
        let right = ascending(second)
        var (i, j) = (0, 0)
        var values: [Double] = []
        values.reserveCapacity(n + m)
        isFirst.reserveCapacity(n + m)
        while i < n || j < m {
            let takesFirst = j >= m || (i < n && left[i] <= right[j])
            values.append(takesFirst ? left[i] : right[j])
            isFirst.append(takesFirst)
            if takesFirst { i += 1 } else { j += 1 }
        }
        gaps.reserveCapacity(n + m - 1)
        for index in values.indices.dropLast() { gaps.append(values[index + 1] - values[index]) }
    }

    /// Σ |F − G| · gap.
    func area() -> Double {
        var sum = CompensatedSum()
        var seen = 0
        for index in gaps.indices {
            if isFirst[index] { seen += 1 }
            let other = index + 1 - seen
            sum.add(abs(Double(seen) / Double(n) - Double(other) / Double(m)) * gaps[index])
        }
        return sum.value
    }

    /// The same with labels dealt at random, each n of N alike probable.
    func shuffledArea(_ stream: inout RandomStream) -> Double {
        let (perFirst, perSecond) = (1 / Double(n), 1 / Double(m))
        return gaps.withUnsafeBufferPointer { gaps in
            var sum = 0.0
            var difference = 0.0
            var firstLeft = n
            var left = n + m
            for index in gaps.indices {
                if stream.index(below: left) < firstLeft {
                    firstLeft -= 1
                    difference += perFirst
                } else {
                    difference -= perSecond
                }
                left -= 1
                sum += abs(difference) * gaps[index]
            }
            return sum
        }
    }
}
