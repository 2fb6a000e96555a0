import Domain
import Metrics
import Statistics

/// The estimate of a metric in one arm, with the interval that its kind of number asks for.
struct SingleArm {
    let definition: MetricDefinition
    let numbers: ArmNumbers
    let member: String?
    let statistic: String?
    let options: GateOptions

    /// - Parameter numbers: Of measured examples alone.
    init(
        _ definition: MetricDefinition, _ numbers: ArmNumbers, member: String? = nil,
        statistic: String? = nil,
        options: GateOptions
    ) {
        self.definition = definition
        self.numbers = numbers
        self.member = member
        self.statistic = statistic
        self.options = options
    }

    init(
        _ sample: ArmSample, examples: [Int], member: String? = nil, statistic: String? = nil,
        options: GateOptions
    ) {
        let measured = sample.measured(examples)
        let sample = sample.read(statistic)
        self.init(
            sample.definition, sample.numbers.picked(measured, sample.states) { _ in nil }, member: member,
            statistic: statistic, options: options)
    }

    var n: Int { numbers.count }

    /// What the number is called: `mean`, `p95`, or the metric's own name.
    static func method(_ definition: MetricDefinition, _ statistic: String?) -> String {
        if let statistic { return statistic }
        if case .mean = definition.aggregate { return "mean" }
        return definition.name
    }

    var functional: Functional {
        Functional(numbers, definition.aggregate, member: member, statistic: statistic)
    }

    var value: Double? { functional.whole() }

    /// The estimate; its interval is absent where there are too few examples for one.
    ///
    /// - Parameter isCheap: Whether an interval that would be resampled may come from moments, or from fewer
    ///   draws: for what is shown and decides nothing.
    func estimate(isCheap: Bool = false) -> Estimate? {
        guard let value else { return nil }
        return try? Estimate(
            value: value, interval: interval(isCheap: isCheap), n: n,
            method: SingleArm.method(definition, statistic))
    }

    /// As printed: Wilson for shares, order statistics for percentiles, Student or BCa for means, and for all
    /// else the bootstrap that recomputes the metric.
    func interval(isCheap: Bool = false) -> Interval? {
        if case .repeats(let rows) = numbers {
            guard let level = Functional.percentile(statistic), n >= leastForBound(level),
                n >= leastForBound(1 - level)
            else { return nil }
            return clustered(rows, isCheap: isCheap)
        }
        guard case .scores(let values) = numbers else { return resampled(isCheap: isCheap) }
        if let level = Functional.percentile(statistic) {
            return try? quantileInterval(ofSorted: values.sorted(), at: level, confidence: options.coverage)
        }
        guard Functional.isMean(statistic) else { return nil }
        if let passes = passes(values) {
            return try? wilsonInterval(successes: passes, trials: n, confidence: options.coverage)
        }
        return try? meanInterval(values, isCheap: isCheap)
    }

    /// One-sided bounds for a rule that says `confidently`: Clopper–Pearson for shares; a percentile has one side
    /// where it lacks observations for the other.
    func bounds() -> (lower: Double?, upper: Double?, interval: Interval?, method: String) {
        if case .repeats(let rows) = numbers, let level = Functional.percentile(statistic) {
            let found = clustered(rows, isCheap: false)
            return (
                n >= leastForBound(1 - level) ? found?.lower : nil,
                n >= leastForBound(level) ? found?.upper : nil, interval(), found?.method ?? ""
            )
        }
        if case .scores(let values) = numbers {
            if let level = Functional.percentile(statistic) {
                let sorted = values.sorted()
                let side = options.confidence
                return (
                    try? quantileLowerBound(ofSorted: sorted, at: level, confidence: side),
                    try? quantileUpperBound(ofSorted: sorted, at: level, confidence: side), interval(),
                    "order statistics"
                )
            }
            if Functional.isMean(statistic), let passes = passes(values) {
                let exact = try? clopperPearsonInterval(
                    successes: passes, trials: n, confidence: options.coverage)
                return (exact?.lower, exact?.upper, exact, "Clopper–Pearson")
            }
        }
        let found = interval()
        return (found?.lower, found?.upper, found, found?.method ?? "")
    }

    /// How many pass, where every score is 0 or 1.
    private func passes(_ values: [Double]) -> Int? {
        guard definition.isPassFail, values.allSatisfy({ $0 == 0 || $0 == 1 }) else { return nil }
        return values.count { $0 == 1 }
    }

    private func meanInterval(_ values: [Double], isCheap: Bool) throws(EstimateError) -> Interval {
        var range: ClosedRange<Double>?
        if let low = definition.lowest, let high = definition.highest { range = low...high }
        if isCheap || options.isRehearsal, values.count >= 200 {
            let sample = try moments(values)
            if !sample.isConstant {
                let found = try analyticBCaInterval(sample, confidence: options.coverage)
                return range.map { found.clamped(to: $0) } ?? found
            }
        }
        return try Statistics.meanInterval(
            values, range: range, confidence: options.coverage, seed: options.seed)
    }

    /// Examples below which no bound of a percentile's side is worth the name: what order statistics want, and what
    /// drawing examples again needs to have something to draw from.
    private func leastForBound(_ side: Double) -> Int {
        max(20, (try? observationsNeeded(forQuantile: side, confidence: options.confidence)) ?? .max)
    }

    /// Repeats of one example hang together: the example is drawn again, with all of them.
    private func clustered(_ rows: RepeatRows, isCheap: Bool) -> Interval? {
        guard n >= 2 else { return nil }
        let value = functional.value
        let drawn = try? bootstraps(
            count: n, outputs: 1,
            resamples: isCheap ? shownResamples : rows.values.count > 20_000 ? 2_000 : options.resamples,
            seed: options.seed, name: "examples drawn again with their repeats"
        ) { (weights, results: inout MutableSpan<Double>) in results[0] = value(weights) }
        return try? drawn?[0].get().percentileInterval(confidence: options.coverage)
    }

    private func resampled(isCheap: Bool) -> Interval? {
        guard n >= 2 else { return nil }
        var range: ClosedRange<Double>?
        if let low = definition.lowest, let high = definition.highest { range = low...high }
        let drawn = try? bootstrap(
            count: n, resamples: isCheap ? shownResamples : options.resamples,
            jackknifeGroups: options.jackknifeGroups, seed: options.seed, name: "BCa bootstrap",
            statistic: functional.value)
        return try? drawn?.interval(confidence: options.coverage, range: range)
    }
}
