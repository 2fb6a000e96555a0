import Domain
import Metrics
import Statistics

/// Rules over the kpi.
extension GateEvaluator {
    func judgeKPI(_ rule: GateRule, _ examples: [Int]) throws -> GateDraft {
        guard let kpi else { return open(rule, KPIMetric.definition, n: 0, "the policy defines no kpi") }
        let values: KPIValues
        do {
            values = try KPIValues(kpi, self, examples)
        } catch let gap as KPIValues.Gap {
            return open(rule, KPIMetric.definition, n: 0, gap.words)
        }
        switch rule.form {
        case .compare(let comparison, let quantity, let confidently):
            return compareKPI(rule, values, comparison, quantity, confidently && !options.isThisSet)
        case .kpiBands: return bands(rule, values, kpi)
        case .notWorse: return relativeKPI(rule, values, nil)
        case .noWorse(let margin): return relativeKPI(rule, values, margin)
        case .within(let share):
            guard let paired = values.paired else { return noBaseline(rule) }
            return within(
                rule, KPIMetric.definition, paired, nil, share, imputed: values.missing,
                holdsWithImputed: { false })
        case .inBand, .tolerance, .spread, .repeated, .passPower, .order, .text:
            return open(rule, KPIMetric.definition, n: 0, "the kpi has no value for a single example")
        }
    }

    private func noBaseline(_ rule: GateRule) -> GateDraft {
        open(rule, KPIMetric.definition, n: 0, "there is no baseline to compare with")
    }

    private func relativeKPI(_ rule: GateRule, _ values: KPIValues, _ margin: Margin?) -> GateDraft {
        guard let paired = values.paired else { return noBaseline(rule) }
        var evidence = RelativeEvidence(
            paired, cautious: values.cautiousPair, of: KPIMetric.definition, options: deciding(margin))
        evidence.imputed = values.missing
        var draft = relative(rule, KPIMetric.definition, evidence, margin)
        let own = draft.afterwards
        draft.afterwards = { outcome, family in
            let note = own?(outcome, family)
            guard outcome == .fails, let part = values.fellMost else { return note }
            return [note, "most of it in \(part)"].compactMap(\.self).joined(separator: "; ")
        }
        return draft
    }

    private func startedKPI(
        _ rule: GateRule, _ values: KPIValues, _ options: GateOptions, isDeciding: Bool = false
    ) -> GateResult {
        var result = GateResult(
            rule: rule, outcome: .unsure, unit: MetricUnit.ratio.rawValue,
            direction: Direction.higher.rawValue,
            n: values.candidate.count, note: "", method: "weighted parts")
        let interval = isDeciding || !options.isRehearsal ? values.interval(options) : nil
        result.method = interval?.method ?? result.method
        result.candidate = try? Estimate(
            value: values.value, interval: interval, n: values.candidate.count, method: KPIMetric.name)
        if let paired = values.paired, let before = paired.whole()?.baseline {
            result.baseline = try? Estimate(value: before, n: paired.count, method: KPIMetric.name)
        }
        return result
    }

    private func compareKPI(
        _ rule: GateRule, _ values: KPIValues, _ comparison: Comparison, _ quantity: Quantity,
        _ confidently: Bool
    ) -> GateDraft {
        var result = startedKPI(rule, values, confidently ? proof : options, isDeciding: confidently)
        result.bound = quantity.value
        if confidently {
            let interval = result.candidate?.interval
            let filled = values.cautious == nil ? interval : values.interval(proof, cautious: true)
            decide(
                &result, comparison, quantity.value, lower: interval?.lower, upper: interval?.upper,
                proof: (filled?.lower, filled?.upper))
            if result.outcome == .unsure {
                result.note = "its bound is on the other side of \(quantity.text)"
            }
        } else if !comparison.isMet(values.value, quantity.value) {
            result.outcome = .fails
        } else if let worst = values.cautious?.whole(), !comparison.isMet(worst, quantity.value) {
            result.note = "\(values.missing) unmeasured: it would not hold if they were bad"
        } else {
            result.outcome = .passes
        }
        if result.outcome == .fails, let part = values.lossMost { result.note = "most is lost on \(part)" }
        return GateDraft(result: result)
    }

    /// Go and hold, with floors: from `go` on and no floor broken it passes; below `hold`, or with a floor
    /// broken, it fails.
    private func bands(_ rule: GateRule, _ values: KPIValues, _ kpi: KPIDefinition) -> GateDraft {
        guard let bands = kpi.bands else {
            return open(rule, KPIMetric.definition, n: 0, "the kpi names no bands")
        }
        var result = startedKPI(rule, values, options)
        result.bound = bands.go
        if let broken = values.brokenFloor(kpi) {
            result.outcome = .fails
            result.note = broken
        } else if values.value < bands.hold - tolerance {
            result.outcome = .fails
            result.note = "below \(shortNumber(bands.hold)): roll back"
            if let part = values.lossMost { result.note += "; most is lost on \(part)" }
        } else if values.value < bands.go - tolerance {
            result.note = "between \(shortNumber(bands.hold)) and \(shortNumber(bands.go)): hold"
            if let part = values.lossMost { result.note += "; most is lost on \(part)" }
        } else if let worst = values.cautious?.whole(), worst < bands.go - tolerance {
            result.note =
                "\(values.missing) unmeasured: it would not reach \(shortNumber(bands.go)) if they were bad"
        } else if let broken = values.brokenFloor(kpi, cautiously: true) {
            result.note = "\(values.missing) unmeasured: were they bad, \(broken)"
        } else {
            result.outcome = .passes
            result.note = kpi.floors.isEmpty ? "go" : "go, and every floor holds"
        }
        return GateDraft(result: result)
    }
}

extension KPIValues {
    func interval(
        _ options: GateOptions, cautious useFilled: Bool = false, isCheap: Bool = false
    ) -> Interval? {
        guard candidate.count >= 2, let functional = useFilled ? cautious : candidate else { return nil }
        let drawn = try? bootstrap(
            count: functional.count, resamples: isCheap ? shownResamples : options.resamples,
            jackknifeGroups: options.jackknifeGroups, seed: options.seed, name: "BCa bootstrap",
            statistic: functional.value)
        return try? drawn?.interval(confidence: options.coverage, range: 0...1)
    }

    /// The part that keeps the kpi furthest from 1, with its value.
    var lossMost: String? {
        guard let part = parts.max(by: { $0.loss < $1.loss }), part.loss > 0 else { return nil }
        return "\(part.definition.metric.text) (\(words(part.candidate, part.unit)))"
    }

    /// The part whose contribution fell most against the baseline.
    var fellMost: String? {
        func fall(_ part: Part) -> Double {
            guard let before = part.baseline else { return 0 }
            let definition = part.definition
            return definition.weight * (definition.normalised(before) - definition.normalised(part.candidate))
        }
        guard let part = parts.max(by: { fall($0) < fall($1) }), fall(part) > 0 else { return nil }
        return part.definition.metric.text
    }

    /// The first floor that does not hold, in words.
    func brokenFloor(_ kpi: KPIDefinition, cautiously: Bool = false) -> String? {
        for floor in kpi.floors {
            guard let part = parts.first(where: { $0.definition.metric == floor.metric }) else { continue }
            let isHigher = part.definition.higherIsBetter
            let value = cautiously ? part.cautious : part.candidate
            if (isHigher ? Comparison.atLeast : .atMost).isMet(value, floor.bound) { continue }
            let side = isHigher ? "below its floor" : "above its ceiling"
            return "\(floor.metric.text) \(words(value, part.unit)) is \(side) "
                + words(floor.bound, part.unit)
        }
        return nil
    }
}
