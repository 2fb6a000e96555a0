import Domain
import Metrics

/// Which single examples passed before and fail now, over the quality metrics that the rules speak of.
struct MovementAnalysis {
    let table: any ScoreTable
    let definitions: [String: MetricDefinition]
    /// How many examples are listed each way; all are counted.
    let listed = 50

    /// - Parameter metrics: Definition names in the policy's order.
    func movement(of metrics: [String]) throws -> Movement {
        var worse: [Int: Movement.Item] = [:]
        var better: [Int: Movement.Item] = [:]
        var moved = Set<Int>()
        for name in metrics {
            guard let definition = definitions[name], definition.tier == .quality, definition.unit == .ratio,
                definition.direction != .neither,
                let column = try table.column(name, .candidate), let other = try table.column(name, .baseline)
            else { continue }
            let isConfusion = if case .confusion = definition.aggregate { true } else { false }
            let isMean = if case .mean = definition.aggregate { true } else { false }
            guard isMean || isConfusion else { continue }
            let after = ArmSample(definition, column, table.rows)
            let before = ArmSample(definition, other, table.rows)
            for example in 0..<table.rows.count {
                guard let was = grade(before, example, isConfusion),
                    let now = grade(after, example, isConfusion) ?? (after.states[example] == .notApplicable ? 0 : nil)
                else { continue }
                if was == now { continue }
                moved.insert(example)
                let item = Movement.Item(
                    example: table.rows.ids[example], metric: name, baseline: was, candidate: now)
                let threshold = definition.isPassFail || isConfusion ? 1.0 : 0.5
                let passed = definition.direction == .higher ? was >= threshold : was < threshold
                let passes = definition.direction == .higher ? now >= threshold : now < threshold
                if passed && !passes { keepLargest(&worse, example, item) }
                if !passed && passes { keepLargest(&better, example, item) }
            }
        }
        // An example that lost on one metric and won on another has lost.
        for example in worse.keys { better[example] = nil }
        var movement = Movement()
        movement.newlyFailingCount = worse.count
        movement.newlyPassingCount = better.count
        movement.movedCount = moved.count - worse.count - better.count
        movement.unchangedCount = table.rows.count - moved.count
        movement.newlyFailing = ordered(worse)
        movement.newlyPassing = ordered(better)
        return movement
    }

    private func grade(_ sample: ArmSample, _ example: Int, _ isConfusion: Bool) -> Double? {
        guard sample.states[example] == .value else { return nil }
        guard isConfusion else { return sample.value(example) }
        var right = 0.0
        for pair in sample.pairs[example] where pair.expected == pair.predicted { right += pair.weight }
        return right
    }

    private func keepLargest(_ items: inout [Int: Movement.Item], _ example: Int, _ item: Movement.Item) {
        let size = abs(item.candidate - item.baseline)
        if let kept = items[example], abs(kept.candidate - kept.baseline) >= size { return }
        items[example] = item
    }

    private func ordered(_ items: [Int: Movement.Item]) -> [Movement.Item] {
        let keys = items.keys.sorted { first, second in
            let one = items[first].map { abs($0.candidate - $0.baseline) } ?? 0
            let two = items[second].map { abs($0.candidate - $0.baseline) } ?? 0
            return one != two ? one > two : first < second
        }
        return keys.prefix(listed).compactMap { items[$0] }
    }
}
