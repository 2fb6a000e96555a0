/// Kendall's τ-b: the share of pairs of pairs that agree in order less the share that does not, ties set off.
///
/// - Parameter confidence: Two-sided coverage of the interval, in `(0, 1)`.
/// - Returns: The estimate; no interval below 5 pairs and where the correlation is perfect.
/// - Throws: As ``pearsonCorrelation``; `.overflow` beyond 2³¹ pairs.
/// - Complexity: O(n log n).
///
/// M. G. Kendall, Biometrika 33 (1945) 239–251; W. R. Knight, JASA 61 (1966) 436–439.
public func kendallCorrelation(
    _ x: [Double], _ y: [Double], confidence: Double = 0.90
) throws(EstimateError) -> Estimate {
    try requirePairs(x, y, atLeast: 2)
    try requireProbability(confidence, "confidence")
    let value = try KendallCounts(x, y).tau
    let interval = intervalIfAny { () throws(EstimateError) in
        try bonettWrightInterval(kendall: value, count: x.count, confidence: confidence)
    }
    return try Estimate(value: value, interval: interval, n: x.count, method: "Kendall τ-b")
}

/// Kendall's test of no association: exact up to 50 pairs without ties, else normal with ties in its deviation.
///
/// The statistic is S, agreeing less disagreeing pairs. With ties and few pairs
/// ``correlationPermutationTest`` is exact.
///
/// - Parameter alternative: `.less` claims that τ is negative; two-sided doubles the smaller tail.
/// - Throws: As ``kendallCorrelation``; `.invalidParameter` where exact is asked for and not feasible.
/// - Complexity: O(n log n); exact O(n³).
///
/// M. G. Kendall, Rank Correlation Methods (1948), chapters 4 and 5.
public func kendallTest(
    _ x: [Double], _ y: [Double], alternative: Alternative, distribution: NullDistribution = .automatic
) throws(EstimateError) -> TestResult {
    try requirePairs(x, y, atLeast: 2)
    let counts = try KendallCounts(x, y)
    let isFeasible = x.count <= 50 && !counts.hasTies
    let pValue: Double
    let name: String
    switch distribution {
    case .exact where !isFeasible:
        throw .invalidParameter("method", must: "be asymptotic for ties or for more than 50 pairs")
    case .automatic where isFeasible, .exact:
        let tails = inversionTails(x.count, seen: counts.disagreeing)
        // Many inversions are what a negative τ claims.
        pValue = tailed(lower: tails.upper, upper: tails.lower, alternative)
        name = "Kendall, exact"
    case .automatic, .asymptotic:
        guard counts.variance > 0 else { throw .tooFew(count: x.count, needed: 3, of: "pairs") }
        pValue = try normalTail(Double(counts.score) / counts.variance.squareRoot(), alternative)
        name = "Kendall, normal"
    }
    return try TestResult(
        pValue: pValue, statistic: Double(counts.score), method: "\(name), \(alternative.words)")
}

/// Pairs of pairs by whether their orders agree.
struct KendallCounts {
    let disagreeing: Int
    /// Agreeing less disagreeing.
    let score: Int
    let tau: Double
    /// Of the score under no association, given the ties.
    let variance: Double
    let hasTies: Bool

    init(_ x: [Double], _ y: [Double]) throws(EstimateError) {
        guard x.count < 1 << 31 else { throw .overflow }
        let order = x.indices.sorted { (x[$0], y[$0]) < (x[$1], y[$1]) }
        var ys = order.map { y[$0] }
        let xTies = Ties(order.map { x[$0] })
        var both = 0
        var run = 1
        for index in 1..<order.count {
            let (one, other) = (order[index - 1], order[index])
            if x[one] == x[other], y[one] == y[other] {
                run += 1
                continue
            }
            both += run * (run - 1) / 2
            run = 1
        }
        both += run * (run - 1) / 2
        var scratch = ys
        disagreeing = inversions(&ys, &scratch, 0, ys.count)
        let yTies = Ties(ys)
        let all = x.count * (x.count - 1) / 2
        score = all - xTies.pairs - yTies.pairs + both - 2 * disagreeing
        hasTies = xTies.pairs + yTies.pairs > 0
        let (left, right) = (Double(all - xTies.pairs), Double(all - yTies.pairs))
        tau = min(1, max(-1, Double(score) / (left * right).squareRoot()))
        let n = Double(x.count)
        var total = (n * (n - 1) * (2 * n + 5) - xTies.fifth - yTies.fifth) / 18
        total += 2 * Double(xTies.pairs) * Double(yTies.pairs) / (n * (n - 1))
        if n > 2 { total += xTies.third * yTies.third / (9 * n * (n - 1) * (n - 2)) }
        variance = total
    }

    /// Sums over runs of t equal values.
    private struct Ties {
        /// Σ t(t − 1)/2.
        private(set) var pairs = 0
        /// Σ t(t − 1)(t − 2).
        private(set) var third = 0.0
        /// Σ t(t − 1)(2t + 5).
        private(set) var fifth = 0.0

        init(_ sorted: [Double]) {
            var start = 0
            while start < sorted.count {
                var end = start + 1
                while end < sorted.count, sorted[end] == sorted[start] { end += 1 }
                let t = Double(end - start)
                pairs += (end - start) * (end - start - 1) / 2
                third += t * (t - 1) * (t - 2)
                fifth += t * (t - 1) * (2 * t + 5)
                start = end
            }
        }
    }
}

/// Sorts a stretch by merging, and counts how many pairs were strictly out of order.
private func inversions(_ values: inout [Double], _ scratch: inout [Double], _ start: Int, _ end: Int) -> Int
{
    guard end - start > 1 else { return 0 }
    let middle = start + (end - start) / 2
    var found = inversions(&values, &scratch, start, middle)
    found += inversions(&values, &scratch, middle, end)
    var (left, right) = (start, middle)
    for place in start..<end {
        if right == end || (left < middle && values[left] <= values[right]) {
            scratch[place] = values[left]
            left += 1
        } else {
            scratch[place] = values[right]
            right += 1
            found += middle - left
        }
    }
    for place in start..<end { values[place] = scratch[place] }
    return found
}

/// P(I ≤ i) and P(I ≥ i) for the inversions of a random order. Sums of positive terms alone.
private func inversionTails(_ count: Int, seen: Int) -> (lower: Double, upper: Double) {
    let most = count * (count - 1) / 2
    // Symmetric: the shorter tail is counted, and the other follows.
    let isLow = seen <= most - seen
    let near = isLow ? seen : most - seen
    var shares = [Double](repeating: 0, count: near + 1)
    shares[0] = 1
    for size in 2..<max(3, count + 1) where size <= count {
        var next = [Double](repeating: 0, count: near + 1)
        for place in 0...near {
            for step in 0...min(place, size - 1) { next[place] += shares[place - step] / Double(size) }
        }
        shares = next
    }
    let tail = shares.reduce(0, +)
    let rest = 1 - tail + shares[near]
    return isLow ? (tail, rest) : (rest, tail)
}
