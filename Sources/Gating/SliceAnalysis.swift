import Domain
import Metrics
import Statistics

/// How the metrics that rules hold against the baseline fare in each slice. Slices only block: they never have to
/// prove anything, and below the least support they are shown and not judged.
struct SliceAnalysis {
    let table: any ScoreTable
    let definitions: [String: MetricDefinition]
    let options: GateOptions

    struct Draft {
        let rule: GateRule?
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

    /// Slices of one metric. `rule` is the relative rule that lets them block, nil where the metric is only shown.
    func drafts(metric name: String, rule: GateRule?) throws -> [Draft] {
        guard let definition = definitions[name], case .mean = definition.aggregate,
            let column = try table.column(name, .candidate)
        else { return [] }
        let candidate = ArmSample(definition, column, table.rows)
        let baseline = try table.column(name, .baseline).map { ArmSample(definition, $0, table.rows) }
        var found: [Draft] = []
        for slice in table.rows.slices {
            var members = [[Int]](repeating: [], count: slice.labels.count)
            for (example, code) in slice.codes.enumerated() where code >= 0 { members[Int(code)].append(example) }
            for (code, label) in slice.labels.enumerated() {
                let examples = members[code]
                guard let baseline else {
                    found.append(alone(definition, candidate, examples, slice.name, label))
                    continue
                }
                let pair = PairedSample(baseline: baseline, candidate: candidate, examples: examples)
                if pair.complete.isEmpty { continue }
                found.append(paired(definition, pair, rule, slice.name, label))
            }
        }
        return found
    }

    private func alone(
        _ definition: MetricDefinition, _ sample: ArmSample, _ examples: [Int], _ slice: String, _ label: String
    ) -> Draft {
        let values = examples.filter { sample.states[$0] == .value }.map(sample.value)
        return Draft(
            rule: nil, metric: definition.name, slice: slice, value: label, n: values.count, baseline: nil,
            candidate: values.isEmpty ? nil : mean(values), difference: nil, goodness: nil, claim: nil)
    }

    private func paired(
        _ definition: MetricDefinition, _ pair: PairedSample, _ rule: GateRule?, _ slice: String, _ label: String
    ) -> Draft {
        let n = pair.complete.count
        let (before, after) = pair.values()
        let was = mean(before)
        let now = mean(after)
        let sign = definition.direction == .lower ? -1.0 : 1.0
        var interval: Interval?
        var claim: GateDraft.Claim?
        if n >= options.leastSupport || before != after {
            let evidence = RelativeEvidence(pair, options: options)
            interval = evidence.interval
            if n >= options.leastSupport, let rule, let p = evidence.pWorse {
                let drop = sign * (was - now)
                claim = GateDraft.Claim(p: p, beyondMargin: drop >= margin(of: rule, baseline: was))
            }
        }
        var goodness: Double?
        if definition.direction != .neither {
            let scale = definition.span ?? max(abs(was), abs(now))
            goodness = scale > 0 ? sign * (now - was) / scale : 0
        }
        return Draft(
            rule: rule, metric: definition.name, slice: slice, value: label, n: n, baseline: was, candidate: now,
            difference: interval, goodness: goodness, claim: claim)
    }

    /// How large a drop the rule allows; 0 for `not worse than baseline`.
    private func margin(of rule: GateRule, baseline: Double) -> Double {
        guard case .noWorse(let margin) = rule.form else { return 0 }
        switch margin {
        case .absolute(let quantity): return quantity.value
        case .relative(let share): return share * abs(baseline)
        case .automatic: return options.automaticMargins[rule.metric.text] ?? 0
        }
    }
}
