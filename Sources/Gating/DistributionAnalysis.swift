import Domain
import Metrics
import Statistics

/// Before and after, as histograms over shared edges and as percentiles.
struct DistributionAnalysis {
    let table: any ScoreTable
    let definitions: [String: MetricDefinition]
    let options: GateOptions

    func distribution(of name: String) throws -> DistributionResult? {
        guard let definition = definitions[name], case .mean = definition.aggregate, !definition.isPassFail,
            let column = try table.column(name, .candidate)
        else { return nil }
        let after = values(ArmSample(definition, column, table.rows))
        let before = try table.column(name, .baseline).map { values(ArmSample(definition, $0, table.rows)) }
        guard after.count >= 2 else { return nil }
        let edges = try histogramEdges(spanning: after + (before ?? []), bins: 20)
        let isTime = definition.unit == .milliseconds
        return DistributionResult(
            metric: name, unit: definition.unit.rawValue, edges: edges,
            baseline: try before.flatMap { $0.isEmpty ? nil : try histogram($0, edges: edges).counts },
            candidate: try histogram(after, edges: edges).counts,
            percentiles: percentiles(isTime ? [50, 90, 95, 99] : [5, 25, 50, 75, 95], before, after))
    }

    private func values(_ sample: ArmSample) -> [Double] {
        var found: [Double] = []
        for example in sample.states.indices where sample.states[example] == .value {
            found.append(sample.value(example))
        }
        return found.sorted()
    }

    private func percentiles(
        _ wanted: [Int], _ before: [Double]?, _ after: [Double]
    ) -> [DistributionResult.Percentile] {
        wanted.map { percent in
            let level = Double(percent) / 100
            return DistributionResult.Percentile(
                name: "p\(percent)", baseline: before.flatMap { try? quantile(ofSorted: $0, at: level) },
                candidate: try? quantile(ofSorted: after, at: level),
                interval: try? quantileInterval(ofSorted: after, at: level, confidence: options.coverage))
        }
    }
}
