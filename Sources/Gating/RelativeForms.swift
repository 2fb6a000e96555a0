import Domain
import Metrics
import Statistics

/// `not worse than baseline` and `no worse than baseline by m`.
extension GateEvaluator {
    func relative(_ subject: Subject, margin: Margin?) -> GateDraft {
        guard let baseline = subject.baseline else {
            return open(subject.rule, subject.definition, n: 0, "there is no baseline to compare with")
        }
        let pair = PairedSample(baseline: baseline, candidate: subject.candidate, examples: subject.examples)
        if let why = tooMuchMissing(pair.imputed.count, of: pair.complete.count + pair.imputed.count) {
            return open(subject.rule, subject.definition, n: pair.complete.count, why)
        }
        if pair.complete.isEmpty { return nothingToCompare(subject) }
        if subject.isEach { return eachRelative(subject, pair, margin) }
        if let member = subject.member, let support = support(pair.actual.baseline, member),
            let why = tooFew(support, member)
        {
            return open(subject.rule, subject.definition, n: support, why)
        }
        if let why = unbounded(subject.statistic, pair.complete.count) {
            return open(subject.rule, subject.definition, n: pair.complete.count, why)
        }
        let evidence = RelativeEvidence(
            pair, member: subject.member, statistic: subject.statistic, options: deciding(margin))
        if let standing = judge(of: subject) { return judged(subject, pair, evidence, standing, margin) }
        let draft = relative(subject.rule, subject.definition, evidence, margin)
        return pair.lost == 0 ? draft : noting(pair, draft)
    }

    /// The judge behind a metric, at the level of claims; nil where none scores it.
    func judge(of subject: Subject) -> JudgeStanding? {
        options.judges[subject.definition.name].map { JudgeStanding($0, subject.definition, options) }
    }

    /// The gate in the truth's terms, where a judge scored it.
    private func judged(
        _ subject: Subject, _ pair: PairedSample, _ evidence: RelativeEvidence, _ standing: JudgeStanding,
        _ margin: Margin?
    ) -> GateDraft {
        let n = pair.complete.count
        if let why = standing.refusal { return open(subject.rule, subject.definition, n: n, why) }
        do throws(EstimateError) {
            let truth = try evidence.judged(standing, pair, deciding(margin))
            var draft = relative(subject.rule, subject.definition, truth, margin)
            let own = draft.afterwards
            draft.afterwards = { outcome, family in
                [own?(outcome, family), standing.words].compactMap(\.self).joined(separator: "; ")
            }
            return pair.lost == 0 ? draft : noting(pair, draft)
        } catch {
            return open(subject.rule, subject.definition, n: n, "judged scores: \(error.description)")
        }
    }

    /// The level that decides: a margin is proven at this attempt's, a claim of regression is held at α always.
    func deciding(_ margin: Margin?) -> GateOptions { margin == nil ? options : proof }

    private func nothingToCompare(_ subject: Subject) -> GateDraft {
        let applies = subject.candidate.measured(subject.examples).count
        let why = applies > 0 ? "the baseline shows none of it" : "no example was measured in both arms"
        return open(subject.rule, subject.definition, n: 0, why)
    }

    /// Statistics of which so few pairs say nothing.
    private func unbounded(_ statistic: String?, _ n: Int) -> String? {
        guard !options.isThisSet else { return nil }
        if statistic == "max" || statistic == "min" { return "a \(statistic ?? "")imum has no interval" }
        guard let level = Functional.percentile(statistic),
            let needed = try? observationsNeeded(
                forQuantile: max(level, 1 - level), confidence: options.confidence),
            n < needed
        else { return nil }
        return "\(statistic ?? "") needs \(needed) observations for a bound; there are \(n)"
    }

    /// Says that examples count as worst because the candidate gave nothing on them.
    private func noting(_ pair: PairedSample, _ draft: GateDraft) -> GateDraft {
        var draft = draft
        let own = draft.afterwards
        draft.afterwards = { outcome, family in
            let lost = "\(pair.lost) lost by the candidate count as worst"
            return [own?(outcome, family), lost].compactMap(\.self).joined(separator: "; ")
        }
        return draft
    }

    /// The two forms on evidence at hand, of a metric or of the kpi.
    func relative(
        _ rule: GateRule, _ definition: MetricDefinition, _ evidence: RelativeEvidence, _ margin: Margin?
    ) -> GateDraft {
        guard evidence.n > 0 else {
            return open(rule, definition, n: 0, evidence.problem ?? "nothing to compare")
        }
        var result = GateResult(
            rule: rule, outcome: .unsure, unit: definition.unit.rawValue,
            direction: definition.direction.rawValue,
            n: evidence.n, note: "", method: evidence.interval?.method ?? evidence.testMethod)
        let name = SingleArm.method(definition, rule.metric.statistic)
        result.baseline = try? Estimate(value: evidence.baseline, n: evidence.n, method: name)
        result.candidate = try? Estimate(value: evidence.candidate, n: evidence.n, method: name)
        result.difference = try? Estimate(
            value: evidence.difference, interval: evidence.cautious ?? evidence.interval, n: evidence.n,
            method: "paired difference")
        guard definition.direction != .neither else {
            result.note = "\(definition.name) has no better or worse"
            return GateDraft(result: result)
        }
        let drop = definition.direction == .lower ? evidence.difference : -evidence.difference
        guard let margin else {
            if options.isThisSet { return onThisSet(result, evidence, drop: drop, margin: 0) }
            return notWorse(result, definition, evidence)
        }
        guard let m = size(margin, rule, baseline: evidence.baseline) else {
            result.note =
                "auto: no margin was fixed when the baseline was blessed; bless it, or write a number"
            return GateDraft(result: result)
        }
        result.margin = m
        if options.isThisSet { return onThisSet(result, evidence, drop: drop, margin: m) }
        return noWorse(result, definition, evidence, drop: drop, margin: m)
    }

    /// The set itself is what is asked about: its difference is so, with no error to reckon with.
    private func onThisSet(
        _ started: GateResult, _ evidence: RelativeEvidence, drop: Double, margin: Double
    ) -> GateDraft {
        var result = started
        result.method = "this set is all there is"
        result.outcome = drop <= margin + tolerance ? .passes : .fails
        if result.outcome == .passes, evidence.imputed > 0 {
            result.outcome = .unsure
            result.note = "\(evidence.imputed) of this set could not be measured"
        }
        return GateDraft(result: result)
    }

    private func notWorse(
        _ started: GateResult, _ definition: MetricDefinition, _ evidence: RelativeEvidence
    ) -> GateDraft {
        var result = started
        guard evidence.n >= 2, let p = evidence.p else {
            result.note =
                evidence.n < 2 ? "a single example shows nothing of others" : evidence.problem ?? "no test"
            return GateDraft(result: result)
        }
        result.p = p
        result.method = evidence.testMethod
        // Passing is the absence of a proven loss; the claim may yet turn it.
        result.outcome = .passes
        let claim = GateDraft.Claim(p: p, cautiousP: evidence.cautiousP, isBeyondMargin: true)
        return GateDraft(result: result, claim: claim) { outcome, family in
            switch outcome {
            case .fails: "a proven drop, among \(counted(family.size, "claim", "claims"))"
            case .passes: GateEvaluator.wouldHaveCaught(evidence, definition, family)
            case .unsure: "\(evidence.imputed) unmeasured: a drop would be proven if they were bad"
            case .notJudged: nil
            }
        }
    }

    private func noWorse(
        _ started: GateResult, _ definition: MetricDefinition, _ evidence: RelativeEvidence, drop: Double,
        margin: Double
    ) -> GateDraft {
        var result = started
        result.p = evidence.p
        if evidence.n < 2 {
            result.note = "a single example shows nothing of others"
            return GateDraft(result: result)
        }
        var isProven = false
        if let interval = evidence.cautious {
            isProven = (definition.direction == .lower ? interval.upper : -interval.lower) < margin
        }
        result.outcome = isProven ? .passes : .unsure
        let claim = evidence.p.map {
            GateDraft.Claim(p: $0, isBeyondMargin: drop >= margin - tolerance * max(1, margin))
        }
        let proof = proof
        return GateDraft(result: result, claim: claim) { outcome, family in
            switch outcome {
            case .fails: "a proven drop, beyond the margin"
            case .passes: evidence.changed == 0 ? GateEvaluator.unchanged(evidence.n, proof) : nil
            case .unsure:
                GateEvaluator.whatWouldDecide(evidence, drop: drop, margin: margin, proof, family)
            case .notJudged: nil
            }
        }
    }

    /// The margin in the metric's unit.
    func size(_ margin: Margin, _ rule: GateRule, baseline: Double) -> Double? {
        switch margin {
        case .absolute(let quantity): quantity.value
        case .relative(let share): share * abs(baseline)
        case .automatic: options.automaticMargins[rule.metric.text]
        }
    }

    // MARK: Words

    /// What n equal results say of other traffic.
    static func unchanged(_ n: Int, _ options: GateOptions) -> String {
        let share = (try? shareThatMayDiffer(n: n, confidence: options.confidence)) ?? 1
        return "0 of \(n) changed; at most \(shortNumber(share * 100)) % of such traffic would"
    }

    /// The drop that the set would have shown in 80 %, at the level that Holm left to claims not proven.
    static func wouldHaveCaught(
        _ evidence: RelativeEvidence, _ definition: MetricDefinition, _ family: ClaimFamily
    ) -> String {
        let none = evidence.changed == 0 ? "0 of \(evidence.n) changed; " : ""
        let movement = definition.direction == .lower ? "rise" : "drop"
        guard let drop = evidence.power.detectable(level: family.level) else {
            return none + "too few examples to prove any \(movement)"
        }
        return none
            + "would have caught a \(movement) of \(shortNumber(drop)) (80 % power at \(family.levelWords))"
    }

    /// How many examples would decide `no worse by m`, were the present estimate the truth.
    static func whatWouldDecide(
        _ evidence: RelativeEvidence, drop: Double, margin: Double, _ proof: GateOptions,
        _ family: ClaimFamily
    ) -> String {
        guard evidence.interval != nil else { return evidence.problem ?? "it has no interval" }
        // To pass, the bound has to clear the margin; to fail, the claim has to hold within its family.
        let confidence = drop < margin ? proof.confidence : 1 - family.level
        if let span = evidence.power.equalSpan {
            return whatWouldDecideEqual(evidence, drop: drop, margin: margin, span, confidence)
        }
        guard let deviation = evidence.power.deviation(n: evidence.n, difference: evidence.difference),
            let forecast = try? examplesToDecide(
                difference: -drop, standardDeviation: deviation, margin: margin, confidence: confidence)
        else { return "no number of examples would decide at this estimate" }
        return decided(evidence, forecast.examples, passes: forecast.outcome == .pass, inAll: false)
    }

    /// The same where all pairs differ alike: proven once few enough of them could be otherwise, or once so many
    /// signs in a row are no chance.
    private static func whatWouldDecideEqual(
        _ evidence: RelativeEvidence, drop: Double, margin: Double, _ span: Double, _ confidence: Double
    ) -> String {
        let passes = drop < margin
        let share = passes ? (margin - drop) / max(margin, span - drop) : 0.5
        guard share > 0 else { return "no number of examples would decide at this estimate" }
        guard share < 1 else { return decided(evidence, 2, passes: passes, inAll: true) }
        guard let needed = try? examplesBounding(share: share, confidence: confidence), needed < Int(1e12)
        else { return "no number of examples would decide at this estimate" }
        return decided(evidence, needed, passes: passes, inAll: true)
    }

    private static func decided(
        _ evidence: RelativeEvidence, _ needed: Int, passes: Bool, inAll: Bool
    ) -> String {
        let more = needed - evidence.n
        guard more > 0 else {
            if evidence.imputed > 0, evidence.cautious != evidence.interval {
                return "\(evidence.imputed) unmeasured keep it open"
            }
            return "at the edge: a few more would decide it; fresh ones"
        }
        let end = passes ? "pass" : "fail"
        if inAll {
            let condition = evidence.changed == 0 ? "if none of them changes" : "at this estimate"
            return "about \(rounded(needed)) examples in all would \(end) it, \(condition); fresh ones"
        }
        return "about \(rounded(more)) more would \(end) it at this estimate; fresh ones"
    }
}
