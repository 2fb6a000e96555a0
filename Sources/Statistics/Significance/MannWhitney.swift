/// The Mann–Whitney test and the effect that it speaks of.
public struct MannWhitneyTest: Sendable, Hashable {
    /// Its statistic is U of the candidate: pairs in which the candidate's value is the larger, equal values
    /// counting half.
    public let test: TestResult
    /// U over the number of pairs: how often a value of the candidate exceeds one of the baseline, in `0...1`.
    public let superiority: Double
}

/// The Mann–Whitney U test (Wilcoxon's rank-sum test): are values of one independent sample larger?
///
/// Automatic is exact where each sample holds at most 50 values and all differ, or where both together hold at
/// most 50 (ties are part of the distribution then); otherwise the normal approximation with ties in its
/// deviation. Two-sided doubles the smaller tail.
///
/// - Parameters:
///   - alternative: `.less` claims that the candidate's values are lower.
///   - continuity: Whether the normal approximation moves U by ½ towards its mean.
/// - Throws: `EstimateError.tooFew` for an empty sample, `.notFinite`, `.allEqual` where all values are one
///   number, `.invalidParameter` where exact is asked for and not feasible.
/// - Complexity: O(n) for values that are spread at all evenly, else O(n log n); exact O((n m)²).
///
/// H. B. Mann, D. R. Whitney, Annals of Mathematical Statistics 18 (1947) 50–60.
public func mannWhitneyTest(
    baseline: [Double], candidate: [Double], alternative: Alternative,
    distribution: NullDistribution = .automatic, continuity: Bool = true
) throws(EstimateError) -> MannWhitneyTest {
    try requireCount(baseline.count, atLeast: 1, "observations in baseline")
    try requireCount(candidate.count, atLeast: 1, "observations in candidate")
    try requireFinite(baseline, "baseline")
    try requireFinite(candidate, "candidate")
    let sorted = (ascending(baseline), ascending(candidate))
    let pooled = PooledRanks(baseline: sorted.0, candidate: sorted.1)
    guard pooled.deviation > 0 else { throw .allEqual(value: baseline[0]) }
    let isFeasible =
        pooled.hasTies
        ? baseline.count + candidate.count <= 50 : max(baseline.count, candidate.count) <= 50
    let statistic = Double(pooled.doubledU) / 2
    let pValue: Double
    let name: String
    switch distribution {
    case .exact where !isFeasible:
        throw .invalidParameter(
            "method",
            must:
                "be asymptotic beyond \(pooled.hasTies ? "50 values in all, some equal" : "50 values a sample")"
        )
    case .automatic where isFeasible, .exact:
        let tails =
            pooled.hasTies
            ? tiedTails(sorted.0, sorted.1, doubledU: pooled.doubledU) : untiedTails(pooled)
        pValue = tailed(lower: tails.lower, upper: tails.upper, alternative)
        name = "Mann–Whitney, exact"
    case .automatic, .asymptotic:
        let distance = statistic - pooled.pairs / 2
        pValue = try normalTail(
            corrected(distance, by: continuity ? 0.5 : 0, alternative) / pooled.deviation, alternative)
        name = continuity ? "Mann–Whitney, normal with continuity" : "Mann–Whitney, normal"
    }
    return try MannWhitneyTest(
        test: TestResult(pValue: pValue, statistic: statistic, method: "\(name), \(alternative.words)"),
        superiority: statistic / pooled.pairs)
}

/// A distance from the mean under the continuity correction, which makes every claim a little harder.
func corrected(_ distance: Double, by half: Double, _ alternative: Alternative) -> Double {
    switch alternative {
    case .less: distance + half
    case .greater: distance - half
    case .twoSided: max(0, abs(distance) - half)
    }
}

/// P(U ≤ u) and P(U ≥ u) where all values differ.
private func untiedTails(_ pooled: PooledRanks) -> (lower: Double, upper: Double) {
    let (n, m) = (pooled.baselineCount, pooled.candidateCount)
    let seen = pooled.doubledU / 2
    // The distribution is symmetric, so the shorter tail is counted, and the other follows.
    let isLow = seen <= n * m - seen
    let near = isLow ? seen : n * m - seen
    let counts = rankSumCounts(n, m, upTo: near)
    var total = 1.0
    for index in 0..<min(n, m) { total = total * Double(n + m - index) / Double(index + 1) }
    var tail = 0.0
    for count in counts { tail += count }
    tail /= total
    let rest = 1 - tail + counts[near] / total
    return isLow ? (tail, rest) : (rest, tail)
}

/// The number of orders of n and m different values that give each U up to `limit`. Only additions of positive
/// numbers, so that tails keep their relative precision.
func rankSumCounts(_ n: Int, _ m: Int, upTo limit: Int) -> [Double] {
    // counts[a][u] for a of the one sample and b of the other; b grows in the outer loop.
    let width = limit + 1
    var counts = [Double](repeating: 0, count: (n + 1) * width)
    for a in 0...n { counts[a * width] = 1 }
    for b in 1...m {
        for a in 1...n where b <= limit {
            // The largest value is of the first sample, above all b of the other; or it is of the other.
            for u in b..<width { counts[a * width + u] += counts[(a - 1) * width + u - b] }
        }
    }
    return Array(counts[(n * width)...])
}

/// P(U ≤ u) and P(U ≥ u) over all ways to deal the values, ties and all.
private func tiedTails(
    _ baseline: [Double], _ candidate: [Double], doubledU: Int
) -> (lower: Double, upper: Double) {
    let ranks = doubledRanks(baseline + candidate).ranks
    let chosen = candidate.count
    let most = ranks.reduce(0, +)
    let width = most + 1
    var ways = [Double](repeating: 0, count: (chosen + 1) * width)
    ways[0] = 1
    for (index, rank) in ranks.enumerated() {
        for taken in stride(from: min(index, chosen - 1), through: 0, by: -1) {
            for sum in 0..<(width - rank) where ways[taken * width + sum] > 0 {
                ways[(taken + 1) * width + sum + rank] += ways[taken * width + sum]
            }
        }
    }
    // The candidate's doubled rank sum is 2 U + m (m + 1).
    let seen = doubledU + chosen * (chosen + 1)
    var (lower, upper, total) = (0.0, 0.0, 0.0)
    for sum in 0..<width {
        let count = ways[chosen * width + sum]
        total += count
        if sum <= seen { lower += count }
        if sum >= seen { upper += count }
    }
    return (lower / total, upper / total)
}
