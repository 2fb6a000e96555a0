import Domain
import Metrics
import Statistics

/// Every metric over the whole set, gated or not: what it was and is, and how sure the difference is.
///
/// These numbers decide nothing, so that intervals which would be resampled come from moments, or from fewer
/// draws where the metric has to be recomputed.
struct MetricSummary {
    let table: GateTable
    let options: GateOptions

    func result(_ definition: MetricDefinition) throws -> MetricResult? {
        guard let candidate = try table.sample(definition.name, .candidate) else { return nil }
        let baseline = try table.sample(definition.name, .baseline)
        var before: Estimate?
        var after: Estimate?
        var difference: Estimate?
        if let baseline {
            let pair = PairedSample(baseline: baseline, candidate: candidate, examples: table.all)
            if let drawn = resampled(pair), pair.lost == 0, pair.complete == candidate.measured(table.all) {
                (before, after, difference) = drawn
            } else {
                before = estimate(baseline)
                after = estimate(candidate)
                let evidence = RelativeEvidence(pair, options: options, effort: .shown)
                difference = try? Estimate(
                    value: evidence.difference, interval: evidence.interval, n: evidence.n,
                    method: "paired difference")
            }
        } else {
            after = estimate(candidate)
        }
        return MetricResult(
            name: definition.name, summary: definition.summary, unit: definition.unit.rawValue,
            direction: definition.direction.rawValue, tier: definition.tier.rawValue,
            stage: definition.stage?.rawValue, baseline: before, candidate: after, difference: difference,
            notApplicable: candidate.count(.notApplicable) + candidate.count(.noAnswer),
            failed: candidate.count(.failed) + candidate.count(.notShown))
    }

    private func estimate(_ sample: ArmSample) -> Estimate? {
        SingleArm(sample, examples: table.all, options: options).estimate(isCheap: true)
    }

    /// A metric that is recomputed: both arms and their difference from one set of draws.
    private func resampled(_ pair: PairedSample) -> (Estimate?, Estimate?, Estimate?)? {
        if case .scores = pair.actual.baseline { return nil }
        let functional = PairedFunctional(pair.actual, pair.definition.aggregate)
        return estimates(functional, pair.definition)
    }

    private func estimates(
        _ functional: PairedFunctional, _ definition: MetricDefinition
    ) -> (Estimate?, Estimate?, Estimate?)? {
        let n = functional.count
        guard n >= 2, let (before, after) = functional.whole() else { return nil }
        let drawn = try? Resampled(functional, seed: options.seed, resamples: shownResamples)
        var range: ClosedRange<Double>?
        if let low = definition.lowest, let high = definition.highest { range = low...high }
        func estimate(
            _ value: Double, _ distribution: BootstrapDistribution?, _ range: ClosedRange<Double>?,
            _ name: String
        ) -> Estimate? {
            let interval = try? distribution?.interval(confidence: options.coverage, range: range)
            return try? Estimate(value: value, interval: interval, n: n, method: name)
        }
        let name = definition.name
        return (
            estimate(before, drawn?.baseline, range, name), estimate(after, drawn?.candidate, range, name),
            estimate(
                after - before, drawn?.difference, definition.span.map { -$0...$0 }, "paired difference")
        )
    }

    /// The kpi as a metric like any other; nil where a part of it has no value.
    func kpi(_ kpi: KPIDefinition, _ evaluator: GateEvaluator) throws -> MetricResult? {
        let definition = KPIMetric.definition
        var before: Estimate?
        var after: Estimate?
        var difference: Estimate?
        var missing = 0
        do {
            let values = try KPIValues(kpi, evaluator, table.all)
            missing = values.missing
            after = try? Estimate(
                value: values.value, interval: values.interval(options, isCheap: true),
                n: values.candidate.count,
                method: KPIMetric.name)
            if let paired = values.paired, let drawn = estimates(paired, definition) {
                before = drawn.0
                difference = drawn.2
            }
        } catch is KPIValues.Gap {
            missing = table.count
        }
        return MetricResult(
            name: definition.name, summary: definition.summary, unit: definition.unit.rawValue,
            direction: definition.direction.rawValue, tier: definition.tier.rawValue, stage: nil,
            baseline: before,
            candidate: after, difference: difference, notApplicable: 0, failed: missing)
    }

    // MARK: Confusions

    /// Labels beyond which a matrix is no picture any more.
    private static let mostLabels = 200

    func confusion(_ definition: MetricDefinition) throws -> ConfusionResult? {
        guard case .confusion = definition.aggregate,
            let candidate = try labels(definition.name, .candidate)
        else { return nil }
        let baseline = try labels(definition.name, .baseline)
        let names = LabelTable.labels(of: [candidate] + [baseline].compactMap(\.self))
        guard names.count <= MetricSummary.mostLabels, !names.isEmpty else { return nil }
        return ConfusionResult(
            metric: definition.name, labels: names, baseline: baseline.map { rows($0, names) },
            candidate: rows(candidate, names))
    }

    private func labels(_ name: String, _ arm: Arm) throws -> LabelRows? {
        guard case .labels(let rows)? = try table.sample(name, arm)?.numbers else { return nil }
        return rows
    }

    private func rows(_ rows: LabelRows, _ names: [String]) -> [[Double]] {
        let matrix = LabelTable(rows, labels: names).matrix()
        return names.indices.map { row in names.indices.map { matrix[row, $0] } }
    }
}
