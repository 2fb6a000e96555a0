import Statistics

/// How often something is so in either arm, over the same requests.
public struct RateChange: Sendable {
    public let name: String
    /// What it means, for people.
    public let summary: String
    public let pairs: Int
    /// Keys: what was drawn.
    public let keys: Int
    public let production: Reading
    public let candidate: Reading
    /// Candidate minus production.
    public let difference: Reading
    /// Candidate over production, less 1; nil where production's rate is 0.
    public let relative: Reading?
    /// Keys in which it is so more often, and less often, in the candidate.
    public let gained: Int
    public let lost: Int
    /// Exact, two-sided, over keys.
    public let test: TestResult?
    /// The test, where any key differs between the arms: elsewhere there is no question, and no share of the error is
    /// spent on one. Which keys differ says nothing of which arm has more, so leaving the others out favours neither.
    var question: TestResult? { gained + lost > 0 ? test : nil }
    /// After the correction for all that the report tests; set when the comparison ends.
    public internal(set) var adjusted: Double?

    /// - Parameter wantsRatio: Whether the relative change is worked out, which takes resamples.
    init?(
        _ name: String, _ summary: String, _ values: KeyedValues, confidence: Double, seed: UInt64,
        wantsRatio: Bool = true
    ) {
        guard values.count > 0 else { return nil }
        let means = values.means
        self.name = name
        self.summary = summary
        pairs = values.count
        keys = means.count
        production = Self.share(means.production, isSingle: means.isSingle, confidence)
        candidate = Self.share(means.candidate, isSingle: means.isSingle, confidence)
        let moves = means.moves
        gained = moves.up
        lost = moves.down
        test = try? signTest(up: moves.up, down: moves.down, of: means.count, .twoSided)
        let step = candidate.value - production.value
        difference = Reading(step, n: means.count, method: "mean paired difference over keys") {
            () throws(EstimateError) in
            guard means.isSingle else {
                return try keyedInterval(means.differences, range: -1...1, confidence: confidence)
            }
            return try tangoInterval(
                PairedCounts(
                    baseline: means.production.map { $0 == 1 }, candidate: means.candidate.map { $0 == 1 }),
                confidence: confidence)
        }
        relative =
            wantsRatio
            ? relativeChange(
                means.production, means.candidate, range: 0...1, confidence: confidence, seed: seed) : nil
    }

    private static func share(_ values: [Double], isSingle: Bool, _ confidence: Double) -> Reading {
        var sum = 0.0
        for value in values { sum += value }
        let method = isSingle ? "share of keys" : "mean over keys of each key's share"
        return Reading(sum / Double(values.count), n: values.count, method: method) {
            () throws(EstimateError) in
            if isSingle {
                return try wilsonInterval(
                    successes: Int(sum.rounded()), trials: values.count, confidence: confidence)
            }
            return try keyedInterval(values, range: 0...1, confidence: confidence)
        }
    }
}

/// Candidate over production less 1, with the interval of the paired log ratio; nil where there is no ratio.
func relativeChange(
    _ production: [Double], _ candidate: [Double], range: ClosedRange<Double>?, confidence: Double,
    seed: UInt64
) -> Reading? {
    guard
        let ratio = try? RatioComparison(
            baseline: production, candidate: candidate, range: range, resamples: 2_000, seed: seed)
    else { return nil }
    return Reading(ratio.ratio - 1, n: ratio.n, method: "ratio of means over keys, less 1") {
        () throws(EstimateError) in
        let interval = try ratio.interval(confidence: confidence)
        return try Interval(
            lower: interval.lower - 1, upper: interval.upper - 1, confidence: interval.confidence,
            method: interval.method)
    }
}
