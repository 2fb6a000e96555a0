/// What Wilcoxon's signed-rank test does with differences of zero.
public enum ZeroDifferences: Sendable, Hashable {
    /// They leave the sample before ranks are given (Wilcoxon).
    case dropped
    /// They take the lowest ranks, and their ranks leave the sum (Pratt).
    case ranked
}

/// Wilcoxon's signed-rank test: are paired differences spread evenly about zero?
///
/// Exact over all signs with up to 50 differences other than zero, ties included; beyond, the normal
/// approximation with ties in its deviation. The statistic is the sum of the ranks of the positive differences.
///
/// - Parameters:
///   - differences: Candidate minus baseline, one an example.
///   - alternative: `.less` claims that they lie below zero; two-sided doubles the smaller tail.
///   - continuity: Whether the normal approximation moves the sum by ½ towards its mean.
/// - Throws: `EstimateError.tooFew` for no differences, `.allEqual` where all are zero, `.notFinite`,
///   `.invalidParameter` where exact is asked for beyond 200 differences.
/// - Complexity: O(n log n); exact O(n³).
///
/// F. Wilcoxon, Biometrics Bulletin 1 (1945) 80–83; J. W. Pratt, JASA 54 (1959) 655–667.
public func wilcoxonSignedRankTest(
    _ differences: [Double], alternative: Alternative, zeros: ZeroDifferences = .dropped,
    distribution: NullDistribution = .automatic, continuity: Bool = true
) throws(EstimateError) -> TestResult {
    try requireCount(differences.count, atLeast: 1)
    try requireFinite(differences)
    let kept = zeros == .dropped ? differences.filter { $0 != 0 } : differences
    let count = differences.count { $0 != 0 }
    guard count > 0 else { throw .allEqual(value: 0) }
    let ranks = doubledRanks(kept.map { abs($0) }).ranks
    var positive = 0
    var moving: [Int] = []
    for index in kept.indices where kept[index] != 0 {
        moving.append(ranks[index])
        if kept[index] > 0 { positive += ranks[index] }
    }
    let statistic = Double(positive) / 2
    let pValue: Double
    let name: String
    switch distribution {
    case .exact where count > 200:
        throw .invalidParameter("method", must: "be asymptotic beyond 200 differences")
    case .automatic where count <= 50, .exact:
        let tails = signedRankTails(moving, seen: positive)
        pValue = tailed(lower: tails.lower, upper: tails.upper, alternative)
        name = "Wilcoxon signed-rank, exact"
    case .automatic, .asymptotic:
        // Half a rank's square each: the tie correction is in the shared ranks themselves.
        var (mean, variance) = (0.0, 0.0)
        for rank in moving {
            mean += Double(rank) / 4
            variance += Double(rank) * Double(rank) / 16
        }
        let distance = corrected(statistic - mean, by: continuity ? 0.5 : 0, alternative)
        pValue = try normalTail(distance / variance.squareRoot(), alternative)
        name = continuity ? "Wilcoxon signed-rank, normal with continuity" : "Wilcoxon signed-rank, normal"
    }
    return try TestResult(
        pValue: pValue, statistic: statistic, method: "\(name), \(alternative.words)")
}

/// P(W ≤ w) and P(W ≥ w) over all signs, from doubled ranks.
private func signedRankTails(_ ranks: [Int], seen: Int) -> (lower: Double, upper: Double) {
    let most = ranks.reduce(0, +)
    var ways = [Double](repeating: 0, count: most + 1)
    ways[0] = 1
    var reached = 0
    for rank in ranks {
        reached += rank
        for sum in stride(from: reached, through: rank, by: -1) { ways[sum] += ways[sum - rank] }
    }
    var (lower, upper, total) = (0.0, 0.0, 0.0)
    for sum in 0...most {
        total += ways[sum]
        if sum <= seen { lower += ways[sum] }
        if sum >= seen { upper += ways[sum] }
    }
    return (lower / total, upper / total)
}
