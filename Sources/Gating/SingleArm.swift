import Domain
import Metrics
import Statistics

/// The estimate of a metric in one arm, with the interval that its kind of number asks for.
struct SingleArm {
    let sample: ArmSample
    let examples: [Int]
    let member: String?
    let statistic: String?
    let options: GateOptions

    init(
        _ sample: ArmSample, examples: [Int], member: String? = nil, statistic: String? = nil, options: GateOptions
    ) {
        self.sample = sample
        self.examples = examples.filter { sample.states[$0] == .value }
        self.member = member
        self.statistic = statistic
        self.options = options
    }

    var n: Int { examples.count }

    /// What the number is called: `mean`, `p95`, or the metric's own name.
    var method: String {
        if let statistic { return statistic }
        if case .mean = sample.definition.aggregate { return "mean" }
        return sample.definition.name
    }

    var value: Double? {
        guard n > 0 else { return nil }
        let found = Functional(sample, examples: examples, member: member, statistic: statistic).whole(n)
        return found.isFinite ? found : nil
    }

    /// The estimate; its interval is absent where there are too few examples for one.
    /// - Parameter exact: Clopper–Pearson in place of Wilson, where a rule says `confidently`.
    func estimate(exact: Bool = false) -> Estimate? {
        guard let value else { return nil }
        return try? Estimate(value: value, interval: interval(exact: exact), n: n, method: method)
    }

    func interval(exact: Bool) -> Interval? {
        if let level = Functional.percentile(statistic), case .mean = sample.definition.aggregate {
            let sorted = examples.map(sample.value).sorted()
            return try? quantileInterval(ofSorted: sorted, at: level, confidence: options.coverage)
        }
        if case .mean = sample.definition.aggregate, statistic == nil || statistic == "mean" {
            return meanInterval(exact: exact)
        }
        return resampled()
    }

    private func meanInterval(exact: Bool) -> Interval? {
        let definition = sample.definition
        let values = examples.map(sample.value)
        if definition.isPassFail, values.allSatisfy({ $0 == 0 || $0 == 1 }) {
            let passes = values.count { $0 == 1 }
            return exact
                ? try? clopperPearsonInterval(successes: passes, trials: n, confidence: options.coverage)
                : try? wilsonInterval(successes: passes, trials: n, confidence: options.coverage)
        }
        var range: ClosedRange<Double>?
        if let low = definition.lowest, let high = definition.highest { range = low...high }
        return try? Statistics.meanInterval(
            values, range: range, confidence: options.coverage, seed: options.seed)
    }

    private func resampled() -> Interval? {
        guard n >= 2, statistic != "max", statistic != "min" else { return nil }
        let functional = Functional(sample, examples: examples, member: member, statistic: statistic)
        let drawn = try? bootstrap(
            count: n, seed: options.seed, name: "BCa bootstrap", statistic: functional.value)
        guard let drawn else { return nil }
        if drawn.isConstant, let low = sample.definition.lowest, let high = sample.definition.highest {
            return try? allEqualInterval(
                value: drawn.estimate, range: low...high, n: n, confidence: options.coverage)
        }
        return try? drawn.interval(confidence: options.coverage)
    }
}
