import Domain
import Metrics
import Statistics

/// `within p% of baseline`: two one-sided tests on the ratio, candidate over baseline.
///
/// It passes where the ratio is shown to lie inside, fails where it is shown to lie outside. Its claim is held at
/// α by itself: an unchanged candidate is a whole band away from it, so that many such rules together do not
/// block harmless changes.
extension GateEvaluator {
    func within(_ subject: Subject, _ share: Double) -> GateDraft {
        guard let baseline = subject.baseline else {
            return open(subject.rule, subject.definition, n: 0, "there is no baseline to compare with")
        }
        let pair = PairedSample(baseline: baseline, candidate: subject.candidate, examples: subject.examples)
        let n = pair.complete.count
        if let why = tooMuchMissing(pair.imputed.count, of: n + pair.imputed.count) {
            return open(subject.rule, subject.definition, n: n, why)
        }
        guard n >= (options.isThisSet ? 1 : 2) else {
            let why =
                n == 0 ? "no example was measured in both arms" : "a single example shows nothing of others"
            return open(subject.rule, subject.definition, n: n, why)
        }
        let functional = PairedFunctional(
            pair.actual, subject.definition.aggregate, member: subject.member, statistic: subject.statistic)
        let scores = Functional.isMean(subject.statistic) ? pair.scores : nil
        return within(
            subject.rule, subject.definition, functional, scores, share, imputed: pair.imputed.count,
            holdsWithImputed: { unmeasuredHold(subject, pair, share) })
    }

    /// The form on a metric's values in both arms, or the kpi's.
    ///
    /// - Parameter scores: Where the metric is a mean: of both arms.
    func within(
        _ rule: GateRule, _ definition: MetricDefinition, _ functional: PairedFunctional,
        _ scores: (baseline: [Double], candidate: [Double])?, _ share: Double, imputed: Int,
        holdsWithImputed: () -> Bool
    ) -> GateDraft {
        let n = functional.count
        var result = GateResult(
            rule: rule, outcome: .unsure, unit: definition.unit.rawValue,
            direction: definition.direction.rawValue,
            n: n, note: "", method: "")
        guard let (before, after) = functional.whole() else {
            result.note = "it has no value on these examples"
            return GateDraft(result: result)
        }
        let name = SingleArm.method(definition, rule.metric.statistic)
        result.baseline = try? Estimate(value: before, n: n, method: name)
        result.candidate = try? Estimate(value: after, n: n, method: name)
        result.difference = try? Estimate(value: after - before, n: n, method: "paired difference")
        result.margin = share * abs(before)
        guard before > 0, after >= 0 else {
            result.note = "a ratio needs a baseline above zero"
            return GateDraft(result: result)
        }
        if options.isThisSet {
            result.ratio = try? Estimate(value: after / before, n: n, method: "ratio")
            result.method = "this set is all there is"
            result.outcome = abs(after / before - 1) <= share + tolerance ? .passes : .fails
            if result.outcome == .passes, imputed > 0 {
                result.outcome = .unsure
                result.note = "\(imputed) of this set could not be measured"
            }
            return GateDraft(result: result)
        }
        if after == 0, n >= options.leastSupport {
            // No resample of nothing but zeros has a logarithm, and none is needed.
            result.outcome = .fails
            result.note = "nothing is left of it"
            return GateDraft(result: result)
        }
        do throws(EstimateError) {
            let ratio = try ratio(scores, functional)
            let interval = try ratio.interval(proof.coverage)
            result.ratio = try Estimate(value: after / before, interval: interval, n: n, method: "ratio")
            result.method = interval.method
            let test = try ratio.equivalence(share)
            if test.outside < options.alpha {
                result.outcome = .fails
                result.note = "proven to lie outside"
            } else if test.inside < proof.alpha {
                let holds = imputed == 0 || holdsWithImputed()
                result.outcome = holds ? .passes : .unsure
                if !holds { result.note = "\(imputed) unmeasured: it would not hold if they were bad" }
            } else {
                result.note = "the limit lies within the interval of the ratio"
            }
        } catch {
            result.note = error.description
        }
        return GateDraft(result: result)
    }

    /// The p-values of both answers: that the ratio lies inside, that it lies outside.
    private struct Ratio {
        let interval: (Double) throws(EstimateError) -> Interval
        let equivalence: (Double) throws(EstimateError) -> (inside: Double, outside: Double)
    }

    private func ratio(
        _ scores: (baseline: [Double], candidate: [Double])?, _ functional: PairedFunctional
    ) throws(EstimateError) -> Ratio {
        if let (before, after) = scores {
            // Where all ratios are equal, the values that were seen stand in for the range.
            let low = min(0, before.min() ?? 0, after.min() ?? 0)
            let high = max(before.max() ?? 0, after.max() ?? 0)
            let means = try RatioComparison(
                baseline: before, candidate: after, range: low...high, resamples: options.resamples,
                seed: options.seed)
            return Ratio(
                interval: { confidence throws(EstimateError) in try means.interval(confidence: confidence) },
                equivalence: { share throws(EstimateError) in
                    let test = try means.equivalence(within: share)
                    return (test.within.pValue, test.outside.pValue)
                })
        }
        let drawn = try bootstrap(
            count: functional.count, resamples: options.resamples, jackknifeGroups: options.jackknifeGroups,
            seed: options.seed, name: "paired BCa bootstrap of the log ratio"
        ) { weights in
            let (before, after) = functional.values(weights)
            return before > 0 ? logarithm(after / before) : .nan
        }
        return Ratio(
            interval: { confidence throws(EstimateError) in
                if drawn.isConstant { throw .allEqual(value: exponential(drawn.estimate)) }
                let logs = try drawn.interval(confidence: confidence)
                return try Interval(
                    lower: exponential(logs.lower), upper: exponential(logs.upper), confidence: confidence,
                    method: logs.method)
            },
            equivalence: { share throws(EstimateError) in
                let low = logarithm(1 - share)
                let high = logarithm(1 + share)
                // Each question has its own p: one minus the other's would forget that resamples are few.
                let above = try drawn.pValue(null: low, alternative: .greater).pValue
                let below = try drawn.pValue(null: high, alternative: .less).pValue
                let under = try drawn.pValue(null: low, alternative: .less).pValue
                let over = try drawn.pValue(null: high, alternative: .greater).pValue
                return (max(above, below), min(under, over))
            })
    }

    /// Whether the band is proven with the unmeasured at either end of what was seen.
    private func unmeasuredHold(_ subject: Subject, _ pair: PairedSample, _ share: Double) -> Bool {
        guard !pair.imputed.isEmpty, let baseline = subject.baseline else { return true }
        for wantsLow in [true, false] {
            let imputation = Imputation(
                baseline: baseline, candidate: subject.candidate, candidateLow: wantsLow, seenOnly: true)
            let arms = imputation.arms(pair.complete + pair.imputed)
            let functional = PairedFunctional(
                arms, subject.definition.aggregate, member: subject.member, statistic: subject.statistic)
            let scores = Functional.isMean(subject.statistic) ? PairedSample.scores(arms) : nil
            guard let ratio = try? ratio(scores, functional),
                let test = try? ratio.equivalence(share), test.inside < proof.alpha
            else { return false }
        }
        return true
    }
}
