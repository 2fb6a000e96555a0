import Domain
import Metrics
import Statistics

/// What the pairs say of candidate against baseline: the difference in the metric's own sign, its interval, and
/// how surprising the data were if the candidate were no worse.
struct RelativeEvidence: Sendable {
    let baseline: Double
    let candidate: Double
    /// Candidate minus baseline.
    let difference: Double
    /// Of `difference`; nil where none can be had, for `problem`.
    let interval: Interval?
    /// Like `interval`, with the unmeasured imputed against the candidate: what a proof must clear.
    let cautious: Interval?
    /// One-sided: chance of data at least this bad if the candidate were no worse.
    let pWorse: Double?
    let testMethod: String
    let n: Int
    /// Standard deviation of the paired differences, where the metric is a mean.
    let deviation: Double?
    let problem: String?
    /// Examples whose value differs between the arms.
    let changed: Int?
}

extension RelativeEvidence {
    /// - Parameters:
    ///   - member: A class of a confusion metric.
    ///   - statistic: A percentile of a mean-type metric.
    init(
        _ pair: PairedSample, member: String? = nil, statistic: String? = nil, options: GateOptions
    ) {
        let definition = pair.candidate.definition
        let isMean: Bool
        if case .mean = definition.aggregate, statistic == nil || statistic == "mean" {
            isMean = true
        } else {
            isMean = false
        }
        if isMean {
            self = RelativeEvidence.ofMeans(pair, options)
        } else {
            self = RelativeEvidence.recomputed(pair, member, statistic, options)
        }
    }

    private static func ofMeans(_ pair: PairedSample, _ options: GateOptions) -> RelativeEvidence {
        let definition = pair.candidate.definition
        let (baseline, candidate) = pair.values()
        let n = baseline.count
        guard n >= 1 else { return .nothing("no example was measured in both arms") }
        let differences = zip(baseline, candidate).map { $1 - $0 }
        let means = (mean(baseline), mean(candidate))
        let cautiousValues = pair.imputed.isEmpty ? nil : pair.imputedValues()
        var interval: Interval?
        var cautious: Interval?
        var problem: String?
        do throws(EstimateError) {
            interval = try meanInterval(baseline, candidate, definition, options)
            cautious = interval
            if let values = cautiousValues {
                cautious = try meanInterval(values.baseline, values.candidate, definition, options)
            }
        } catch {
            problem = error.description
        }
        let test = regressionTest(baseline, candidate, definition, options)
        let deviation = try? moments(differences).standardDeviation
        return RelativeEvidence(
            baseline: means.0, candidate: means.1, difference: mean(differences), interval: interval,
            cautious: cautious, pWorse: test?.pValue, testMethod: test?.method ?? "", n: n, deviation: deviation,
            problem: problem, changed: differences.count { $0 != 0 })
    }

    /// Whether every score really is 0 or 1 (repeats make shares of them).
    private static func counts(
        _ baseline: [Double], _ candidate: [Double], _ definition: MetricDefinition
    ) -> PairedCounts? {
        guard definition.isPassFail else { return nil }
        for value in baseline where value != 0 && value != 1 { return nil }
        for value in candidate where value != 0 && value != 1 { return nil }
        return try? PairedCounts(baseline: baseline.map { $0 == 1 }, candidate: candidate.map { $0 == 1 })
    }

    private static func meanInterval(
        _ baseline: [Double], _ candidate: [Double], _ definition: MetricDefinition, _ options: GateOptions
    ) throws(EstimateError) -> Interval {
        if let counts = counts(baseline, candidate, definition), counts.discordant > 0 {
            return try tangoInterval(counts, confidence: options.coverage)
        }
        var range: ClosedRange<Double>?
        if let low = definition.lowest, let high = definition.highest { range = low...high }
        return try meanDifferenceInterval(
            baseline: baseline, candidate: candidate, range: range, confidence: options.coverage,
            seed: options.seed)
    }

    /// The test behind a claim of regression, in the metric's bad direction; nil where it has no direction.
    private static func regressionTest(
        _ baseline: [Double], _ candidate: [Double], _ definition: MetricDefinition, _ options: GateOptions
    ) -> TestResult? {
        guard definition.direction != .neither else { return nil }
        let lowerIsBetter = definition.direction == .lower
        if let counts = counts(baseline, candidate, definition) {
            return try? exactMcNemar(counts, alternative: lowerIsBetter ? .greater : .less)
        }
        let differences = zip(baseline, candidate).map { $1 - $0 }
        let side: Alternative = lowerIsBetter ? .greater : .less
        guard let drawn = try? pairedMeanTest(differences, alternative: side, seed: options.seed) else { return nil }
        // 10,000 draws cannot show less than 1e-4, which a large family of claims asks for: there Student's tail.
        if drawn.pValue < 2e-4, let tail = try? pairedTTest(differences, alternative: side),
            tail.pValue < drawn.pValue
        {
            return tail
        }
        return drawn
    }

    private static func recomputed(
        _ pair: PairedSample, _ member: String?, _ statistic: String?, _ options: GateOptions
    ) -> RelativeEvidence {
        let definition = pair.candidate.definition
        let n = pair.complete.count
        guard n >= 2 else { return .nothing("fewer than two examples were measured in both arms") }
        let base = Functional(pair.baseline, examples: pair.complete, member: member, statistic: statistic)
        let cand = Functional(pair.candidate, examples: pair.complete, member: member, statistic: statistic)
        let before = base.whole(n)
        let after = cand.whole(n)
        guard before.isFinite, after.isFinite else { return .nothing("it has no value on these examples") }
        var interval: Interval?
        var problem: String?
        var test: TestResult?
        do throws(EstimateError) {
            let drawn = try bootstrap(count: n, seed: options.seed) { weights in
                cand.value(weights) - base.value(weights)
            }
            if drawn.isConstant {
                interval = try constantInterval(drawn.estimate, definition, n, options)
            } else {
                interval = try drawn.interval(confidence: options.coverage)
            }
            if definition.direction != .neither {
                test = try drawn.pValue(alternative: definition.direction == .lower ? .greater : .less)
            }
        } catch {
            problem = error.description
        }
        return RelativeEvidence(
            baseline: before, candidate: after, difference: after - before, interval: interval,
            cautious: pair.imputed.isEmpty ? interval : nil, pWorse: test?.pValue,
            testMethod: test?.method ?? "", n: n, deviation: nil, problem: problem, changed: nil)
    }

    /// No resample changed the difference: the all-equal rule over the metric's range.
    private static func constantInterval(
        _ value: Double, _ definition: MetricDefinition, _ n: Int, _ options: GateOptions
    ) throws(EstimateError) -> Interval {
        guard let span = definition.span else { throw .allEqual(value: value) }
        return try allEqualInterval(
            value: min(max(value, -span), span), range: -span...span, n: n, confidence: options.coverage)
    }

    static func nothing(_ problem: String) -> RelativeEvidence {
        RelativeEvidence(
            baseline: .nan, candidate: .nan, difference: .nan, interval: nil, cautious: nil, pWorse: nil,
            testMethod: "", n: 0, deviation: nil, problem: problem, changed: nil)
    }
}

/// The mean; NaN of nothing.
func mean(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
}
