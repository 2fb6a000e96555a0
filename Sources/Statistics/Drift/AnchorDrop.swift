import Glibc

/// Where the scores of anchor pairs have dropped: in all of them, or in a few.
///
/// The same drop of the mean has two causes that ask for two answers. An index, a model or its settings drag
/// every pair down; data that were changed or lost drag down their own pairs alone.
public struct AnchorDrop: Sendable, Hashable {
    /// The mean drop since the scores were pinned; a gain is below 0.
    public let mean: Double
    /// The drop of the pair in the middle, which few pairs cannot move.
    public let median: Double
    /// Pairs that fell far more than the others, by index, the deepest first.
    public let fallen: [Int]
    /// The mean drop of all other pairs, with a one-sided 95 % bound each way where it has one.
    public let others: Estimate
    /// The sign test: do more pairs fall than rise?
    public let signs: TestResult
    public let pattern: Pattern

    public enum Pattern: String, Sendable, Hashable, Codable, CaseIterable {
        /// The mean has not dropped by more than the threshold.
        case none
        /// Nearly all pairs fall alike: the index, the model or its settings.
        case systemic
        /// The named pairs alone carry the drop, the others stay within the threshold: their data.
        case few
        /// The named pairs fell most, and all others fell too.
        case both
        /// The mean has dropped, and the pairs do not tell how.
        case unclear
    }

    /// - Parameters:
    ///   - pinned: The score of each pair when it was blessed; at least 5.
    ///   - now: The same pairs, in the same order.
    ///   - threshold: The mean drop that matters, above 0.
    ///   - alpha: Of the sign test.
    /// - Throws: `EstimateError.unequalLengths`, `.tooFew`, `.notFinite`, `.invalidParameter`, `.overflow`.
    /// - Complexity: O(n log n).
    ///
    /// B. Iglewicz, D. C. Hoaglin, How to Detect and Handle Outliers (1993), for who fell: a drop whose
    /// distance from the median exceeds 3.5 scaled median deviations, and the threshold.
    public init(
        pinned: [Double], now: [Double], threshold: Double = 0.03, alpha: Double = 0.01
    ) throws(EstimateError) {
        guard pinned.count == now.count else { throw .unequalLengths(pinned.count, now.count) }
        try requireCount(pinned.count, atLeast: 5, "anchor pairs")
        try requireFinite(pinned, "pinned")
        try requireFinite(now, "now")
        try requireProbability(alpha, "alpha")
        guard threshold > 0, threshold.isFinite else {
            throw .invalidParameter("threshold", must: "be above 0")
        }
        var drops = pinned
        for index in drops.indices { drops[index] -= now[index] }
        try requireFinite(drops, "drop")
        let middle = try quantile(drops, at: 0.5)
        let rounding = 1e-12 * max(1, abs(middle))
        let reach = try max(3.5 * robustDeviation(drops, around: middle), threshold)
        let fallen = drops.indices.filter { drops[$0] - middle > reach + rounding }
        let rest = drops.indices.filter { drops[$0] - middle <= reach + rounding }.map { drops[$0] }
        let sample = try moments(rest)
        let interval = sample.isConstant ? nil : try studentInterval(sample, confidence: 0.9)
        let falling = drops.count { $0 > rounding }
        let rising = drops.count { $0 < -rounding }
        mean = try moments(drops).mean
        median = middle
        self.fallen = fallen.sorted { (-drops[$0], $0) < (-drops[$1], $1) }
        others = try Estimate(value: sample.mean, interval: interval, n: rest.count, method: "mean drop")
        signs =
            falling + rising == 0
            ? try TestResult(pValue: 1, method: "sign test, no pair moved")
            : try binomialTest(
                successes: falling, trials: falling + rising, probability: 0.5, alternative: .greater)
        let doFallAlike = signs.pValue <= alpha && middle > threshold / 2
        let upper = interval?.upper ?? sample.mean
        pattern =
            if mean <= threshold + rounding {
                .none
            } else if self.fallen.isEmpty {
                doFallAlike ? .systemic : .unclear
            } else if doFallAlike {
                .both
            } else {
                upper <= threshold ? .few : .unclear
            }
    }
}

/// 1.4826 times the median distance from the median; where half of all distances are 0, 1.2533 times the mean
/// one.
private func robustDeviation(_ values: [Double], around median: Double) throws(EstimateError) -> Double {
    let distances = values.map { abs($0 - median) }
    let middle = try quantile(distances, at: 0.5)
    if middle > 0 { return 1.482_602_218_505_602 * middle }
    return try 1.253_314_137_315_500_3 * moments(distances).mean
}
