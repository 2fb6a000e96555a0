/// Resamples drawn by default: 10,000 below 5,000 examples, 2,000 from there on.
@inlinable
public func defaultResamples(count n: Int) -> Int { n >= 5_000 ? 2_000 : 10_000 }

/// Draws examples with replacement and recomputes a statistic on each draw.
///
/// Weights say how often each example was drawn; a statistic of two arms uses the same weights in both, which
/// makes it paired. Repeats of an example stay together, since the example is what is drawn. The acceleration
/// of the BCa interval comes from the jackknife: one example left out at a time up to 1,000 examples, one of
/// 500 seeded random groups beyond.
///
/// - Parameters:
///   - n: Number of examples, at least 2.
///   - resamples: At least 100; nil for `defaultResamples`.
///   - jackknifeGroups: The most groups of the jackknife, at least 20; nil for the numbers above.
///   - seed: The draws are a function of (seed, resample, position) alone.
///   - name: First words of the method as printed.
///   - statistic: Its value under weights (one an example; they add up to n, or to fewer in the jackknife),
///     or NaN where it has none, for instance a class that was not drawn. It is called once with all weights
///     1.
/// - Throws: `EstimateError.tooFew`; `.undefinedStatistic` where the statistic has no value on the sample
///   itself or on more than 1 % of the draws.
/// - Complexity: O(resamples · n) draws, beside the statistic.
///
/// B. Efron, JASA 82 (1987) 171–185; delete-a-group jackknife: P. S. Kott, J. Official Statistics 17 (2001)
/// 521.
@inlinable
public func bootstrap(
    count n: Int, resamples: Int? = nil, jackknifeGroups: Int? = nil, seed: UInt64,
    name: String = "paired BCa bootstrap",
    statistic: (Span<Int32>) -> Double
) throws(EstimateError) -> BootstrapDistribution {
    let found = try bootstraps(
        count: n, outputs: 1, resamples: resamples, jackknifeGroups: jackknifeGroups, seed: seed, name: name
    ) {
        (weights, values: inout MutableSpan<Double>) in values[0] = statistic(weights)
    }
    return try found[0].get()
}

/// Several statistics over the same draws, as `bootstrap` does one: the F1 of every class in one pass.
///
/// - Parameters:
///   - outputs: How many statistics, at least 1.
///   - statistics: Fills in all values under the weights; each is NaN beforehand.
/// - Returns: One distribution a statistic, or why that one has none.
/// - Throws: `EstimateError.tooFew`, `.invalidParameter`.
/// - Complexity: O(resamples · n) draws, beside the statistics; 8 · resamples · outputs bytes.
@inlinable
public func bootstraps(
    count n: Int, outputs: Int, resamples: Int? = nil, jackknifeGroups: Int? = nil, seed: UInt64,
    name: String = "paired BCa bootstrap",
    statistics: (Span<Int32>, inout MutableSpan<Double>) -> Void
) throws(EstimateError) -> [Result<BootstrapDistribution, EstimateError>] {
    guard outputs >= 1 else { throw .invalidParameter("number of statistics", must: "be at least 1") }
    let total = try resampleCount(resamples, examples: n)
    let most = jackknifeGroups ?? n
    guard most >= min(20, n) else {
        throw .invalidParameter("number of jackknife groups", must: "be at least 20")
    }
    var weights = [Int32](repeating: 1, count: n)
    var values = [Double](repeating: .nan, count: outputs)
    func compute() {
        for output in 0..<outputs { values[output] = .nan }
        var span = values.mutableSpan
        statistics(weights.span, &span)
    }
    compute()
    let estimates = values

    var replicates = [Double](repeating: .nan, count: total * outputs)
    for resample in 0..<total {
        drawWeights(into: &weights, seed: seed, resample: resample)
        compute()
        for output in 0..<outputs { replicates[output * total + resample] = values[output] }
    }

    let groups = JackknifeGroups(count: n, most: most, seed: seed)
    var partials = [Double](repeating: .nan, count: groups.number * outputs)
    for index in 0..<n { weights[index] = 1 }
    for group in 0..<groups.number {
        groups.set(group, to: 0, in: &weights)
        compute()
        for output in 0..<outputs { partials[output * groups.number + group] = values[output] }
        groups.set(group, to: 1, in: &weights)
    }
    return (0..<outputs).map { output in
        BootstrapDistribution.make(
            name: name, count: n, seed: seed, estimate: estimates[output],
            replicates: replicates[(output * total)..<((output + 1) * total)],
            partials: partials[(output * groups.number)..<((output + 1) * groups.number)])
    }
}

/// The number of resamples to draw.
///
/// - Throws: `EstimateError.tooFew` for fewer than 2 examples, `.invalidParameter` for more than 2³¹ of them, or for
///   resamples outside `100...10⁷`.
@usableFromInline
func resampleCount(_ resamples: Int?, examples n: Int) throws(EstimateError) -> Int {
    try requireCount(n, atLeast: 2, "examples")
    guard n <= 1 << 31 else { throw .invalidParameter("number of examples", must: "be at most 2³¹") }
    let total = resamples ?? defaultResamples(count: n)
    guard total >= 100, total <= 10_000_000 else {
        throw .invalidParameter("resamples", must: "lie in 100...10,000,000")
    }
    return total
}

/// How often each example is drawn in one resample.
@inlinable
func drawWeights(into weights: inout [Int32], seed: UInt64, resample: Int) {
    let n = weights.count
    var stream = RandomStream(seed: seed, stream: UInt64(resample))
    weights.withUnsafeMutableBufferPointer { buffer in
        buffer.update(repeating: 0)
        let bound = UInt64(n)
        var left = n
        // As many draws a word as keep the bias below 2⁻¹⁴: `drawnSum` makes the same.
        if n <= 1 << 10 {
            while left >= 5 {
                let (first, second, third, fourth, fifth) = stream.five(below: bound)
                buffer[first] &+= 1
                buffer[second] &+= 1
                buffer[third] &+= 1
                buffer[fourth] &+= 1
                buffer[fifth] &+= 1
                left -= 5
            }
        } else if n <= 1 << 16 {
            while left >= 3 {
                let (first, second, third) = stream.three(below: bound)
                buffer[first] &+= 1
                buffer[second] &+= 1
                buffer[third] &+= 1
                left -= 3
            }
        } else {
            while left >= 2 {
                let (first, second) = stream.two(below: bound)
                buffer[first] &+= 1
                buffer[second] &+= 1
                left -= 2
            }
        }
        for _ in 0..<left { buffer[stream.index(below: n)] &+= 1 }
    }
}

/// Which examples the jackknife leaves out together.
@usableFromInline
struct JackknifeGroups {
    @usableFromInline let number: Int
    private let order: [Int32]

    @usableFromInline
    init(count n: Int, most: Int, seed: UInt64) {
        number = min(n <= 1_000 ? n : 500, most)
        var order = [Int32](unsafeUninitializedCapacity: n) { buffer, count in
            for index in 0..<n { buffer[index] = Int32(truncatingIfNeeded: index) }
            count = n
        }
        if number < n {
            // Random groups: a data set sorted by slice would otherwise align with them.
            var stream = RandomStream(seed: seed, stream: .max)
            stream.permute(&order)
        }
        self.order = order
    }

    @usableFromInline
    func set(_ group: Int, to weight: Int32, in weights: inout [Int32]) {
        for place in stride(from: group, to: order.count, by: number) { weights[Int(order[place])] = weight }
    }
}
