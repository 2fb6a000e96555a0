import Domain
import Metrics
import Statistics

/// Before and after, as histograms over shared edges and as percentiles.
struct DistributionAnalysis {
    let table: GateTable
    let options: GateOptions

    func distribution(of name: String) throws -> DistributionResult? {
        guard let definition = table.definitions[name], case .mean = definition.aggregate,
            !definition.isPassFail,
            let after = try values(name, .candidate), after.count >= 2
        else { return nil }
        let before = try values(name, .baseline)
        let edges = try histogramEdges(spanning: ends(after) + ends(before ?? []), bins: 20)
        let isTime = definition.unit == .milliseconds
        return DistributionResult(
            metric: name, unit: definition.unit.rawValue, edges: edges,
            baseline: try before.flatMap { $0.isEmpty ? nil : try histogram($0, edges: edges).counts },
            candidate: try histogram(after, edges: edges).counts,
            percentiles: percentiles(
                isTime ? [50, 90, 95, 99] : [5, 25, 50, 75, 95], before, after,
                try table.sample(name, .candidate)))
    }

    private func values(_ name: String, _ arm: Arm) throws -> [Double]? {
        guard let sample = try table.sample(name, arm) else { return nil }
        // Single repeats: their means have no tail.
        if let repeats = sample.repeats { return repeats.values.sorted() }
        guard case .scores(let scores) = sample.numbers else { return nil }
        return scores.filter { !$0.isNaN }.sorted()
    }

    private func ends(_ sorted: [Double]) -> [Double] { [sorted.first, sorted.last].compactMap(\.self) }

    private func percentiles(
        _ wanted: [Int], _ before: [Double]?, _ after: [Double], _ sample: ArmSample?
    ) -> [DistributionResult.Percentile] {
        wanted.map { percent in
            let level = Double(percent) / 100
            return DistributionResult.Percentile(
                name: "p\(percent)", baseline: before.flatMap { try? quantile(ofSorted: $0, at: level) },
                candidate: try? quantile(ofSorted: after, at: level),
                interval: sample?.repeats == nil
                    ? try? quantileInterval(ofSorted: after, at: level, confidence: options.coverage)
                    : sample.flatMap {
                        SingleArm($0, examples: table.all, statistic: "p\(percent)", options: options)
                            .interval(isCheap: true)
                    })
        }
    }
}
