import Domain
import Metrics
import Statistics

/// Interval and test of a mean paired difference, by the kind of its scores.
struct MeanDifference {
    let definition: MetricDefinition
    let options: GateOptions
    /// Whether intervals come from moments alone: Student's below 200 pairs, and from there the analytic form of
    /// the BCa interval, which is where resampling settles.
    let isCheap: Bool

    init(_ definition: MetricDefinition, _ options: GateOptions, isCheap: Bool = false) {
        self.definition = definition
        self.options = options
        self.isCheap = isCheap
    }

    /// Candidate minus baseline: Tango's for pass and fail, else of the mean; the all-equal rule where no pair
    /// differs from another.
    func interval(_ before: [Double], _ after: [Double]) throws(EstimateError) -> Interval {
        if let counts = counts(before, after), counts.discordant > 0 {
            return try tangoInterval(counts, confidence: options.coverage)
        }
        let differences = try pairedDifferences(baseline: before, candidate: after)
        let sample = try moments(differences)
        if sample.isConstant { return try constant(sample, before, after) }
        if isCheap {
            let found =
                sample.n < 200
                ? try studentInterval(sample, confidence: options.coverage)
                : try analyticBCaInterval(sample, confidence: options.coverage)
            return definition.span.map { found.clamped(to: -$0...$0) } ?? found
        }
        var range: ClosedRange<Double>?
        if let low = definition.lowest, let high = definition.highest { range = low...high }
        return try meanDifferenceInterval(
            baseline: before, candidate: after, range: range, confidence: options.coverage, seed: options.seed
        )
    }

    /// Where the metric has no bounds, the values that were seen stand in for its range: resampling, which would
    /// speak for unequal pairs, knows no others either. The method says so.
    private func constant(
        _ sample: Moments, _ before: [Double], _ after: [Double]
    ) throws(EstimateError) -> Interval {
        if let span = definition.span {
            return try allEqualInterval(
                value: sample.mean, range: -span...span, n: sample.n, confidence: options.coverage)
        }
        var low = definition.lowest ?? .infinity
        var high = definition.highest ?? -.infinity
        for value in before + after {
            low = min(low, value)
            high = max(high, value)
        }
        let span = max(high - low, abs(sample.mean))
        let found = try allEqualInterval(
            value: sample.mean, range: -span...span, n: sample.n, confidence: options.coverage)
        return try Interval(
            lower: found.lower, upper: found.upper, confidence: found.confidence,
            method: found.method + ", range as observed")
    }

    /// Pass and fail, where every score really is 0 or 1 (repeats make shares of them).
    func counts(_ before: [Double], _ after: [Double]) -> PairedCounts? {
        guard definition.isPassFail, isBinary(before), isBinary(after) else { return nil }
        return try? PairedCounts(baseline: before.map { $0 == 1 }, candidate: after.map { $0 == 1 })
    }

    private func isBinary(_ values: [Double]) -> Bool { values.allSatisfy { $0 == 0 || $0 == 1 } }

    /// The test behind a claim of regression, in the metric's bad direction; nil where it has no direction or
    /// there is a single pair.
    func test(_ before: [Double], _ after: [Double]) -> TestResult? {
        guard definition.direction != .neither else { return nil }
        let side: Alternative = definition.direction == .lower ? .greater : .less
        if let counts = counts(before, after) { return try? exactMcNemar(counts, alternative: side) }
        let differences = zip(before, after).map { $1 - $0 }
        if options.isRehearsal { return rehearsedTest(differences, side) }
        guard let drawn = try? pairedMeanTest(differences, alternative: side, seed: options.seed) else {
            return nil
        }
        // 10,000 draws show nothing below 1e-4, which a large family of claims asks for: there Student's tail.
        guard drawn.pValue < 3e-4, let tail = try? pairedTTest(differences, alternative: side),
            tail.pValue < drawn.pValue
        else { return drawn }
        // No test of n pairs can show less than all signs being equal.
        let least = Carriers.allAlike(differences.count { $0 != 0 })
        return try? TestResult(pValue: min(drawn.pValue, max(least, tail.pValue)), method: tail.method)
    }

    /// The same test with fewer draws: few carriers exactly, some by random signs, many by Student's tail, which
    /// sign flips then agree with.
    private func rehearsedTest(_ differences: [Double], _ side: Alternative) -> TestResult? {
        let carriers = differences.filter { $0 != 0 }
        var drawn: TestResult?
        if carriers.count <= MeanDifference.drawnCarriers || differences.count < 2 {
            drawn = try? signFlipTest(
                differences, alternative: side, exactUpTo: MeanDifference.exactCarriers,
                resamples: GateOptions.rehearsedFlips, seed: options.seed)
            let shown = 3 / Double(GateOptions.rehearsedFlips + 1)
            guard let found = drawn, carriers.count > MeanDifference.exactCarriers, found.pValue < shown
            else {
                return drawn
            }
        }
        guard let tail = try? pairedTTest(differences, alternative: side) else { return drawn }
        let p = min(drawn?.pValue ?? 1, max(Carriers.allAlike(carriers.count), tail.pValue))
        return try? TestResult(pValue: p, method: tail.method)
    }

    private static let exactCarriers = 10
    private static let drawnCarriers = 60

    func power(_ before: [Double], _ after: [Double]) -> PowerBasis {
        if let counts = counts(before, after), counts.n > 0 {
            return .rates(n: counts.n, discordantShare: Double(counts.discordant) / Double(counts.n))
        }
        guard let differences = try? moments(zip(before, after).map { $1 - $0 }), differences.n >= 2 else {
            return .nothing
        }
        guard differences.isConstant else {
            return .deviation(n: differences.n, differences.standardDeviation)
        }
        let seen = (before + after).reduce(definition.lowest ?? 0) { max($0, $1) } - (definition.lowest ?? 0)
        let range = definition.span ?? seen
        return .allEqual(n: differences.n, span: range)
    }
}
