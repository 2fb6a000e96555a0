import Digest
import Domain
import Gating
import Metrics
import Scoring

/// In which order models are asked for a run's metrics.
///
/// A judge's budget may end before everything is asked. What decides comes first then: one judged metric after the other,
/// those of the rules in the rules' order, parts of the indicator among them, then the others in the policy's order. So a
/// budget that is enough for what gates leaves it whole, and one that is not leaves the first gates whole. Without a
/// budget all is asked together.
struct AskingPhases {
    /// Places among the definitions, phase by phase.
    let phases: [[Int]]
    let isLimited: Bool

    init(_ definitions: [MetricDefinition], selection: MetricSelection, rules: [GateRule], isLimited: Bool) {
        let judged = definitions.indices.filter {
            definitions[$0].models?.kinds.contains(.judge) ?? false
        }
        self.isLimited = isLimited && !judged.isEmpty
        guard self.isLimited else {
            phases = [Array(definitions.indices)]
            return
        }
        let gating = Self.gating(rules, selection)
        var ordered: [Int] = []
        for name in gating {
            ordered += judged.filter { definitions[$0].name == name && !ordered.contains($0) }
        }
        ordered += judged.filter { !ordered.contains($0) }
        let free = definitions.indices.filter { !judged.contains($0) }
        phases = (free.isEmpty ? [] : [free]) + ordered.map { [$0] }
    }

    /// What the rules rest on, in their order, each once.
    static func gating(_ rules: [GateRule], _ selection: MetricSelection) -> [String] {
        var names: [String] = []
        for rule in rules {
            let own =
                rule.metric.name == KPIMetric.name
                ? (selection.kpi?.parts ?? []).map { MetricCatalogue.definitionName(for: $0.metric) }
                : [GoldenJudge.measuredName(of: rule)]
            for name in own where !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// Items in an order drawn by a seed: by example, with its repeats and arms together.
    static func drawn(_ items: [ModelPass.Item], seed: UInt64) -> [ModelPass.Item] {
        let keyed = items.map { (key: XXHash.xxh3("\(seed) \($0.example.id)"), item: $0) }
        return keyed.sorted { first, second in
            if first.key != second.key { return first.key < second.key }
            let (left, right) = (first.item, second.item)
            if left.row != right.row { return left.row < right.row }
            return left.observation.arm.rawValue < right.observation.arm.rawValue
        }.map(\.item)
    }
}
