import Domain
import Metrics
import Statistics

/// The forms that hold the candidate against the baseline.
extension GateEvaluator {
    func relative(_ subject: Subject, margin: Margin?) -> GateDraft {
        guard let baseline = subject.baseline else {
            return open(subject.rule, subject.definition, n: 0, "there is no baseline to compare with")
        }
        let pair = PairedSample(baseline: baseline, candidate: subject.candidate, examples: subject.examples)
        if subject.rule.metric.selector == .each { return eachRelative(subject, pair, margin) }
        let statistic = subject.rule.metric.statistic
        let evidence = RelativeEvidence(pair, member: subject.member, statistic: statistic, options: proof)
        guard evidence.n > 0 else {
            return open(subject.rule, subject.definition, n: 0, evidence.problem ?? "nothing to compare")
        }
        var result = started(subject, n: evidence.n, method: evidence.interval?.method ?? evidence.testMethod)
        fill(&result, subject, evidence, statistic)
        guard let p = evidence.pWorse else {
            result.note = evidence.problem ?? "\(subject.definition.name) has no better or worse"
            return GateDraft(result: result)
        }
        result.p = p
        let drop = subject.definition.direction == .lower ? evidence.difference : -evidence.difference
        guard let margin else { return notWorse(result, subject, evidence, p) }
        guard let m = size(margin, subject, evidence) else {
            result.note = "auto: no margin was fixed when the baseline was blessed; bless it, or write a number"
            return GateDraft(result: result)
        }
        result.margin = m
        return noWorse(result, subject, evidence, p, drop: drop, margin: m)
    }

    private func fill(
        _ result: inout GateResult, _ subject: Subject, _ evidence: RelativeEvidence, _ statistic: String?
    ) {
        let name = SingleArm(
            subject.candidate, examples: [], member: subject.member, statistic: statistic, options: options
        ).method
        let n = evidence.n
        result.baseline = try? Estimate(value: evidence.baseline, n: n, method: name)
        result.candidate = try? Estimate(value: evidence.candidate, n: n, method: name)
        result.difference = try? Estimate(
            value: evidence.difference, interval: evidence.cautious ?? evidence.interval, n: n,
            method: "paired difference")
    }

    private func notWorse(
        _ started: GateResult, _ subject: Subject, _ evidence: RelativeEvidence, _ p: Double
    ) -> GateDraft {
        var result = started
        result.method = evidence.testMethod
        result.note = wouldHaveCaught(subject, evidence)
        // Passing is the absence of a proven loss; the claim may yet turn it.
        result.outcome = .passes
        return GateDraft(result: result, claim: GateDraft.Claim(p: p, beyondMargin: true))
    }

    private func noWorse(
        _ started: GateResult, _ subject: Subject, _ evidence: RelativeEvidence, _ p: Double, drop: Double,
        margin: Double
    ) -> GateDraft {
        var result = started
        let lowerIsBetter = subject.definition.direction == .lower
        if options.estimand == .thisSet {
            result.outcome = drop <= margin ? .passes : .fails
            result.method = "this set is all there is"
            return GateDraft(result: result)
        }
        guard let interval = evidence.cautious else {
            result.note = evidence.problem ?? "no interval"
            return GateDraft(result: result, claim: GateDraft.Claim(p: p, beyondMargin: drop >= margin))
        }
        let worstDrop = lowerIsBetter ? interval.upper : -interval.lower
        if worstDrop < margin {
            result.outcome = .passes
            if evidence.changed == 0 { result.note = unchanged(evidence.n) }
        } else {
            result.outcome = .unsure
            result.note = whatWouldDecide(subject, evidence, drop: drop, margin: margin)
        }
        return GateDraft(result: result, claim: GateDraft.Claim(p: p, beyondMargin: drop >= margin))
    }

    private func unchanged(_ n: Int) -> String {
        let share = (try? shareThatMayDiffer(n: n, confidence: options.confidence)) ?? 0
        let percent = (share * 1000).rounded() / 10
        return "0 of \(n) changed; at most \(percent) % of such traffic would"
    }

    /// The margin in the metric's unit.
    private func size(_ margin: Margin, _ subject: Subject, _ evidence: RelativeEvidence) -> Double? {
        switch margin {
        case .absolute(let quantity): quantity.value
        case .relative(let share): share * abs(evidence.baseline)
        case .automatic: options.automaticMargins[subject.rule.metric.text]
        }
    }

    /// The drop that the set would have shown with 80 % power.
    private func wouldHaveCaught(_ subject: Subject, _ evidence: RelativeEvidence) -> String {
        var drop: Double?
        if subject.definition.isPassFail, let changed = evidence.changed {
            drop = try? detectableDrop(
                n: evidence.n, discordantShare: Double(changed) / Double(evidence.n), alpha: options.alpha)
        } else if let deviation = evidence.deviation, deviation > 0 {
            drop = try? detectableDrop(n: evidence.n, standardDeviation: deviation, alpha: options.alpha)
        } else if let interval = evidence.interval, interval.width > 0 {
            // No deviation of single pairs here: the interval's width speaks for it.
            drop = interval.width / 2 * (1 + 0.8416 / 1.6449)
        }
        if let drop { return "would have caught a drop of \(shortNumber(drop))" }
        return evidence.changed == 0 ? unchanged(evidence.n) : "too few examples to catch any drop"
    }

    private func whatWouldDecide(
        _ subject: Subject, _ evidence: RelativeEvidence, drop: Double, margin: Double
    ) -> String {
        guard let deviation = evidence.deviation ?? widthDeviation(evidence),
            let forecast = try? examplesToDecide(
                difference: -drop, standardDeviation: deviation, margin: margin, confidence: proof.confidence)
        else { return "no number of examples would decide at this estimate" }
        let more = forecast.examples - evidence.n
        guard more > 0 else { return "unmeasured examples keep it open" }
        let end = forecast.outcome == .pass ? "pass" : "fail"
        return "about \(rounded(more)) more would \(end) it at this estimate; fresh ones"
    }

    /// The deviation of one pair, read back from an interval of a recomputed metric.
    private func widthDeviation(_ evidence: RelativeEvidence) -> Double? {
        guard let interval = evidence.interval, interval.width > 0 else { return nil }
        return interval.width / 2 / 1.6449 * Double(evidence.n).squareRoot()
    }

    private func eachRelative(_ subject: Subject, _ pair: PairedSample, _ margin: Margin?) -> GateDraft {
        guard case .confusion(_, let perClass?) = subject.definition.aggregate else {
            return open(subject.rule, subject.definition, n: 0, "\(subject.rule.metric.name) has no classes")
        }
        let labels = LabelTable.labels(of: [(pair.baseline, pair.complete), (pair.candidate, pair.complete)])
        let before = LabelTable(pair.baseline, pair.complete, labels: labels)
        let after = LabelTable(pair.candidate, pair.complete, labels: labels)
        let old = before.matrix()
        let new = after.matrix()
        var result = started(subject, n: pair.complete.count, method: "each class, Holm over all claims")
        var draft = GateDraft(result: result)
        let drawn = resampledClasses(before, after, perClass, count: pair.complete.count)
        for (index, label) in labels.enumerated() {
            guard let was = perClass(old, index) ?? perClass(new, index).map({ _ in 0 }),
                let now = perClass(new, index) ?? perClass(old, index).map({ _ in 0 })
            else { continue }
            let support = Int(old.expectedTotal(index).rounded())
            let sign = subject.definition.direction == .lower ? -1.0 : 1.0
            let drop = sign * (was - now)
            var m = 0.0
            switch margin {
            case .absolute(let quantity): m = quantity.value
            case .relative(let share): m = share * abs(was)
            case .automatic: m = options.automaticMargins[subject.rule.metric.text] ?? 0
            case nil: break
            }
            var claim: GateDraft.Claim?
            if support >= options.leastSupport, let p = drawn[index]?.p {
                claim = GateDraft.Claim(p: p, beyondMargin: margin == nil || drop >= m)
            }
            draft.members.append(
                GateDraft.MemberDraft(
                    name: label, baseline: was, candidate: now, difference: drawn[index]?.interval, n: support,
                    claim: claim))
        }
        let judged = draft.members.filter { $0.claim != nil }
        result.outcome = judged.isEmpty ? .unsure : .passes
        result.note = eachNote(draft.members.count, judged, margin: margin)
        draft.result = result
        return draft
    }

    private func eachNote(_ all: Int, _ judged: [GateDraft.MemberDraft], margin: Margin?) -> String {
        guard let smallest = judged.min(by: { ($0.n, $0.name) < ($1.n, $1.name) }) else {
            return "none of \(all) classes has \(options.leastSupport) examples"
        }
        var note = "\(judged.count) of \(all) classes judged"
        if let width = smallest.difference?.width, width > 0 {
            let caught = width / 2 * (1 + 0.8416 / 1.6449)
            note += "; would have caught a drop of \(shortNumber(caught)) in the smallest"
        }
        return note
    }

    /// Interval and one-sided p of every class from one set of resamples; nil where a class has none.
    private func resampledClasses(
        _ before: LabelTable, _ after: LabelTable,
        _ perClass: @Sendable (ConfusionMatrix, Int) -> Double?, count: Int
    ) -> [(interval: Interval, p: Double)?] {
        let classes = before.labels.count
        guard count >= 2 else { return Array(repeating: nil, count: classes) }
        let resamples = defaultResamples(count: count)
        var draws = [[Double]](repeating: [], count: classes)
        for index in draws.indices { draws[index].reserveCapacity(resamples) }
        for resample in 0..<resamples {
            let weights = resampleWeights(count: count, seed: options.seed, resample: resample)
            let old = before.matrix(weights.span)
            let new = after.matrix(weights.span)
            for index in 0..<classes {
                guard let was = perClass(old, index), let now = perClass(new, index) else { continue }
                draws[index].append(now - was)
            }
        }
        return draws.map { values in
            // A class that many resamples miss has too little support for an interval.
            guard values.count * 10 >= resamples * 9 else { return nil }
            let sorted = values.sorted()
            guard let lower = try? quantile(ofSorted: sorted, at: (1 - options.coverage) / 2),
                let upper = try? quantile(ofSorted: sorted, at: (1 + options.coverage) / 2),
                let interval = try? Interval(
                    lower: lower, upper: upper, confidence: options.coverage,
                    method: "paired percentile bootstrap, \(resamples) resamples, seed \(options.seed)")
            else { return nil }
            return (interval, worseP(sorted))
        }
    }

    /// One-sided p of *lower than before* from resampled differences; the tail beyond the draws is normal.
    private func worseP(_ sorted: [Double]) -> Double {
        let atLeastZero = sorted.count { $0 >= 0 }
        let drawn = Double(atLeastZero + 1) / Double(sorted.count + 1)
        guard atLeastZero == 0, let sample = try? moments(sorted), sample.standardDeviation > 0, let tail = try? Normal.cumulative(sample.mean / sample.standardDeviation)
        else { return drawn }
        return min(drawn, tail)
    }

    func within(_ subject: Subject, _ share: Double) -> GateDraft {
        guard let baseline = subject.baseline else {
            return open(subject.rule, subject.definition, n: 0, "there is no baseline to compare with")
        }
        let pair = PairedSample(baseline: baseline, candidate: subject.candidate, examples: subject.examples)
        let (before, after) = pair.values()
        guard before.count >= 2 else {
            return open(subject.rule, subject.definition, n: before.count, "fewer than two examples in both arms")
        }
        if subject.rule.metric.statistic != nil || !isMean(subject.definition) {
            return withinRecomputed(subject, pair, share)
        }
        var result = started(subject, n: before.count, method: "")
        let evidence = RelativeEvidence(pair, options: proof)
        fill(&result, subject, evidence, nil)
        result.margin = share * abs(evidence.baseline)
        var range: ClosedRange<Double>?
        if let low = (before + after).min(), let high = (before + after).max() { range = min(0, low)...high }
        do throws(EstimateError) {
            let ratio = try RatioComparison(baseline: before, candidate: after, range: range, seed: options.seed)
            let interval = try ratio.interval(confidence: proof.coverage)
            result.ratio = try Estimate(value: ratio.ratio, interval: interval, n: ratio.n, method: "ratio of means")
            let test = try ratio.equivalence(within: share)
            result.method = interval.method
            if test.within.pValue < proof.alpha {
                result.outcome = .passes
            } else if test.outside.pValue < options.alpha {
                result.outcome = .fails
            } else {
                result.note = "ratio \(shortNumber(ratio.ratio)); the limit lies within its interval"
            }
        } catch {
            result.note = error.description
        }
        return GateDraft(result: result)
    }

    private func isMean(_ definition: MetricDefinition) -> Bool {
        if case .mean = definition.aggregate { return true }
        return false
    }

    /// A percentile or another recomputed metric: the log ratio by paired bootstrap.
    private func withinRecomputed(_ subject: Subject, _ pair: PairedSample, _ share: Double) -> GateDraft {
        let statistic = subject.rule.metric.statistic
        let base = Functional(
            pair.baseline, examples: pair.complete, member: subject.member, statistic: statistic)
        let cand = Functional(
            pair.candidate, examples: pair.complete, member: subject.member, statistic: statistic)
        let n = pair.complete.count
        var result = started(subject, n: n, method: "")
        let before = base.whole(n)
        let after = cand.whole(n)
        guard before > 0, after > 0 else {
            result.note = "a ratio needs values above zero in both arms"
            return GateDraft(result: result)
        }
        result.baseline = try? Estimate(value: before, n: n, method: statistic ?? subject.definition.name)
        result.candidate = try? Estimate(value: after, n: n, method: statistic ?? subject.definition.name)
        result.difference = try? Estimate(value: after - before, n: n, method: "paired difference")
        result.margin = share * before
        do throws(EstimateError) {
            let drawn = try bootstrap(count: n, seed: options.seed, name: "paired BCa bootstrap of the log ratio") {
                logarithm(cand.value($0) / base.value($0))
            }
            let low = try drawn.pValue(null: logarithm(1 - min(share, 0.999_999)), alternative: .greater)
            let high = try drawn.pValue(null: logarithm(1 + share), alternative: .less)
            result.method = drawn.method
            if !drawn.isConstant {
                let interval = try drawn.interval(confidence: proof.coverage)
                result.ratio = try Estimate(
                    value: after / before,
                    interval: Interval(
                        lower: exponential(interval.lower), upper: exponential(interval.upper),
                        confidence: interval.confidence, method: interval.method),
                    n: n, method: "ratio")
            }
            if max(low.pValue, high.pValue) < proof.alpha {
                result.outcome = .passes
            } else if min(1 - low.pValue, 1 - high.pValue) < options.alpha {
                result.outcome = .fails
            } else {
                result.note = "the limit lies within the interval"
            }
        } catch {
            result.note = error.description
        }
        return GateDraft(result: result)
    }
}
