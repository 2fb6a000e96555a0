import Domain
import Metrics

/// What a result says of scores that were made elsewhere.
extension GoldenGate {
    /// Names their source in every method that rests on them, and counts what could not be measured, by reason.
    func noteExternal(
        _ table: any ScoreTable, _ selection: MetricSelection, _ result: inout RunResult
    ) throws {
        guard let scores = request.resources.external else { return }
        result.external = scores.provenance
        for (index, gate) in result.gates.enumerated() {
            let name = MetricCatalogue.definitionName(for: gate.rule)
            guard let definition = selection.definitions.first(where: { $0.name == name }),
                name.hasPrefix("external[")
            else { continue }
            let words = "scores from \(definition.source)"
            result.gates[index].method = gate.method.isEmpty ? words : "\(gate.method); \(words)"
        }
        for definition in selection.definitions where definition.name.hasPrefix("external[") {
            for arm in arms {
                guard let column = try table.column(definition.name, arm) else { continue }
                if let warning = unmeasured(definition.name, arm, column) { result.warnings.append(warning) }
            }
        }
        for source in scores.provenance where !source.problems.isEmpty {
            result.warnings.append("\(source.file): " + source.problems.prefix(5).joined(separator: "; "))
        }
    }

    private func unmeasured(_ name: String, _ arm: Arm, _ column: ScoreColumn) -> String? {
        var counts: [String: Int] = [:]
        var missing = 0
        for state in column.states where state < 0 {
            missing += 1
            counts[column.reasons[Int(-state) - 1], default: 0] += 1
        }
        guard missing > 0 else { return nil }
        let reasons = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(4)
        let words = reasons.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
        let all = column.rowCount
        return "\(name): \(missing) of \(all) answers of the \(arm.rawValue) could not be measured (\(words))"
    }
}
