import Glibc

/// The ratio of two means over the same examples, candidate over baseline, judged on the log scale.
public struct RatioComparison: Sendable {
    /// mean(candidate) / mean(baseline), of the sample.
    public let ratio: Double
    /// Examples.
    public let n: Int
    private let source: Source

    private enum Source: Sendable {
        case resampled(BootstrapDistribution)
        /// Every example has the same ratio: how far the ratio moves for each unit of share that differs.
        case constant(reach: Double)
    }

    /// Compares two arms by the paired bootstrap of log(mean candidate / mean baseline).
    ///
    /// - Parameters:
    ///   - baseline: One value an example (repeats averaged before), for instance tokens or cost.
    ///   - candidate: The values of the same examples in the same order.
    ///   - range: What a single value can be, nil where that is not known. It is used only where all examples
    ///     have the same ratio; the range that was observed may stand in, as an assumption that the report
    ///     states.
    ///   - resamples: nil for `defaultResamples`.
    /// - Throws: `EstimateError.tooFew` for `n < 2`, `.unequalLengths`, `.notFinite`, `.outsideRange`,
    ///   `.ratioUndefined` where a mean is not above zero, `.undefinedStatistic` where it is not on more than
    ///   1 % of the resamples, `.allEqual` where all ratios are equal and the range is not known.
    public init(
        baseline: [Double], candidate: [Double], range: ClosedRange<Double>? = nil, resamples: Int? = nil,
        seed: UInt64
    ) throws(EstimateError) {
        guard baseline.count == candidate.count else {
            throw .unequalLengths(baseline.count, candidate.count, of: "baseline and candidate")
        }
        try requireCount(baseline.count, atLeast: 2, "pairs")
        try requireWithin(range, baseline, "baseline value")
        try requireWithin(range, candidate, "candidate value")
        let below = try moments(baseline, of: "baseline value").mean
        let above = try moments(candidate, of: "candidate value").mean
        guard below > 0, above > 0, (above / below).isFinite, above / below > 0 else { throw .ratioUndefined }
        n = baseline.count
        ratio = above / below

        if RatioComparison.isConstant(baseline, candidate, ratio: ratio) {
            guard let range, (range.upperBound - range.lowerBound).isFinite else {
                throw .allEqual(value: ratio, of: "ratios of pairs")
            }
            source = .constant(reach: (range.upperBound - range.lowerBound) / below)
            return
        }
        // Relative to their means, so that sums neither overflow nor vanish.
        let first = baseline.map { $0 / below }
        let second = candidate.map { $0 / above }
        let shift = log(ratio)
        let distribution = try bootstrap(
            count: n, resamples: resamples, seed: seed, name: "paired BCa bootstrap of the log ratio"
        ) { weights in
            var down = 0.0
            var up = 0.0
            for index in weights.indices {
                let weight = Double(weights[index])
                down += weight * first[index]
                up += weight * second[index]
            }
            return down > 0 && up > 0 ? shift + log(up / down) : .nan
        }
        source = .resampled(distribution)
    }

    /// The interval of the ratio; its ends are above zero unless every example has the same ratio.
    public func interval(confidence: Double = 0.90) throws(EstimateError) -> Interval {
        switch source {
        case .resampled(let distribution):
            let logs = try distribution.interval(confidence: confidence)
            return try Interval(
                lower: exp(logs.lower), upper: exp(logs.upper), confidence: confidence, method: logs.method)
        case .constant(let reach):
            let share = try shareThatMayDiffer(n: n, confidence: (1 + confidence) / 2)
            return try Interval(
                lower: max(0, ratio - share * reach), upper: ratio + share * reach, confidence: confidence,
                method: "all \(grouped(n)) ratios equal")
        }
    }

    /// The one-sided p-value against a true ratio of `null`, which is above zero.
    ///
    /// - Parameter alternative: `.less` claims that the true ratio is below `null`.
    public func pValue(null: Double, alternative: Alternative) throws(EstimateError) -> TestResult {
        try requirePositive(null, "ratio")
        switch source {
        case .resampled(let distribution):
            return try distribution.pValue(null: log(null), alternative: alternative)
        case .constant(let reach):
            let less = RatioComparison.constantP(gap: null - ratio, reach: reach, n: n)
            let greater = RatioComparison.constantP(gap: ratio - null, reach: reach, n: n)
            let value =
                switch alternative {
                case .less: less
                case .greater: greater
                case .twoSided: min(1, 2 * min(less, greater))
                }
            return try TestResult(pValue: value, method: "all \(grouped(n)) ratios equal")
        }
    }

    /// `within p% of baseline`: the true ratio lies in `1 − tolerance ... 1 + tolerance`.
    ///
    /// - Parameter tolerance: `0.2` for 20 %, above zero. From 1 on there is no lower limit.
    ///
    /// D. J. Schuirmann, J. Pharmacokinet. Biopharm. 15 (1987) 657–680.
    public func equivalence(within tolerance: Double) throws(EstimateError) -> EquivalenceResult {
        try requirePositive(tolerance, "tolerance")
        let under = try pValue(null: 1 + tolerance, alternative: .less)
        let over = try pValue(null: 1 + tolerance, alternative: .greater)
        guard tolerance < 1 else { return EquivalenceResult(within: under, outside: over) }
        let aboveLow = try pValue(null: 1 - tolerance, alternative: .greater)
        let belowLow = try pValue(null: 1 - tolerance, alternative: .less)
        return EquivalenceResult(
            within: under.pValue >= aboveLow.pValue ? under : aboveLow,
            outside: over.pValue <= belowLow.pValue ? over : belowLow)
    }

    private static func isConstant(_ baseline: [Double], _ candidate: [Double], ratio: Double) -> Bool {
        for index in baseline.indices {
            let expected = ratio * baseline[index]
            if abs(candidate[index] - expected) > 1e-12 * max(abs(candidate[index]), abs(expected)) {
                return false
            }
        }
        return true
    }

    /// How often n draws miss every example of a share that would move the ratio by `gap`.
    private static func constantP(gap: Double, reach: Double, n: Int) -> Double {
        guard gap > 0 else { return 1 }
        guard gap < reach else { return 0 }
        return exp(Double(n) * log1p(-gap / reach))
    }
}

/// Two answers about a tolerance band around a ratio of 1.
public struct EquivalenceResult: Sendable, Hashable {
    /// Small where the ratio is shown to lie within the band: the larger p-value of the two one-sided tests.
    public let within: TestResult
    /// Small where the ratio is shown to lie outside: the smaller p-value against either edge.
    public let outside: TestResult
}
