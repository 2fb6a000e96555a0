import Domain
import Metrics
import Statistics

/// How metrics fare in each slice. Slices only block: they never have to prove anything, below the least support
/// they are shown and not judged, and where the set itself is what is asked about they are shown alone.
///
/// Their intervals come from moments (Student's or the analytic BCa; Tango's for pass and fail), so that thirty
/// slices of two dozen metrics cost no resampling; claims are tested as any other.
struct SliceAnalysis {
    let table: GateTable
    let options: GateOptions

    struct Draft {
        let metric: String
        let slice: String
        let value: String
        let n: Int
        let baseline: Double?
        let candidate: Double?
        let difference: Interval?
        let goodness: Double?
        let claim: GateDraft.Claim?
    }

    /// Beyond so many values a column is rather an id than a slice: only those with support are shown.
    private static let manyValues = 200

    /// Slices of one metric. `rule` is the relative rule that lets them block, nil where the metric is only shown.
    ///
    /// - Parameter onlyClaims: Leaves out slices that cannot block.
    func drafts(metric name: String, rule: GateRule?, onlyClaims: Bool = false) throws -> [Draft] {
        if onlyClaims, rule == nil { return [] }
        guard let definition = table.definitions[name], case .mean = definition.aggregate,
            let candidate = try table.sample(name, .candidate)
        else { return [] }
        let baseline = try table.sample(name, .baseline)
        var found: [Draft] = []
        for slice in table.slices {
            var members = [[Int]](repeating: [], count: slice.labels.count)
            for (example, code) in slice.codes.enumerated() where code >= 0 {
                members[Int(code)].append(example)
            }
            let isLong = slice.labels.count > SliceAnalysis.manyValues
            let least = isLong || onlyClaims ? options.leastSupport : 1
            for (code, label) in slice.labels.enumerated() where members[code].count >= least {
                guard let baseline else {
                    if onlyClaims { continue }
                    found.append(alone(definition, candidate, members[code], slice.name, label))
                    continue
                }
                let pair = PairedSample(baseline: baseline, candidate: candidate, examples: members[code])
                if pair.complete.isEmpty { continue }
                found.append(paired(pair, rule, slice.name, label))
            }
        }
        return found
    }

    private func alone(
        _ definition: MetricDefinition, _ sample: ArmSample, _ examples: [Int], _ slice: String,
        _ label: String
    ) -> Draft {
        let values = examples.compactMap(sample.grade)
        return Draft(
            metric: definition.name, slice: slice, value: label, n: values.count, baseline: nil,
            candidate: values.isEmpty ? nil : mean(values), difference: nil, goodness: nil, claim: nil)
    }

    private func paired(_ pair: PairedSample, _ rule: GateRule?, _ slice: String, _ label: String) -> Draft {
        let n = pair.complete.count
        let mayBlock = rule != nil && n >= options.leastSupport && !options.isThisSet
        let evidence = RelativeEvidence(pair, options: options, effort: mayBlock ? .slice : .shown)
        let sign = pair.definition.direction == .lower ? -1.0 : 1.0
        let better = sign * evidence.difference
        var claim: GateDraft.Claim?
        if mayBlock, let rule, let p = evidence.p, let margin = margin(of: rule, baseline: evidence.baseline)
        {
            claim = GateDraft.Claim(p: p, isBeyondMargin: -better >= margin - tolerance)
        }
        var goodness: Double?
        if pair.definition.direction != .neither {
            if let span = pair.definition.span {
                goodness = better / span
            } else if let interval = evidence.interval, !interval.contains(0) {
                // Without a range there is no scale on which a wobble would look small.
                let scale = max(abs(evidence.baseline), abs(evidence.candidate))
                goodness = scale > 0 ? better / scale : 0
            }
        }
        return Draft(
            metric: pair.definition.name, slice: slice, value: label, n: n, baseline: evidence.baseline,
            candidate: evidence.candidate, difference: evidence.interval, goodness: goodness, claim: claim)
    }

    /// How large a drop the rule allows; 0 for `not worse than baseline`, nil where no margin was fixed.
    private func margin(of rule: GateRule, baseline: Double) -> Double? {
        guard case .noWorse(let margin) = rule.form else { return 0 }
        switch margin {
        case .absolute(let quantity): return quantity.value
        case .relative(let share): return share * abs(baseline)
        case .automatic: return options.automaticMargins[rule.metric.text]
        }
    }
}
