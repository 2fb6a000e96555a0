import Domain
import Metrics

/// Marks the gates that a waiver lets pass though they do not hold.
///
/// A waiver covers what was measured and found wanting or undecided. It never covers that nothing could be measured:
/// that is told, and counts as without it. With a gate go the slices that would have blocked in its name.
struct Waiving {
    let rules: [GateRule]
    let waivers: [Waiver]

    func apply(_ judgement: inout Judgement, _ definitions: [String: MetricDefinition]) {
        guard !waivers.isEmpty else { return }
        for index in judgement.gates.indices {
            let gate = judgement.gates[index]
            guard let waiver = waivers.first(where: { $0.gate == gate.rule.text }) else { continue }
            switch gate.outcome {
            case .passes:
                judgement.warnings.append(
                    "\(gate.rule.text) holds: its waiver (\(waiver.owner), until \(waiver.until)) can go")
            case .notJudged: break
            case .fails, .unsure:
                guard Waiving.isMeasured(gate) else {
                    judgement.warnings.append(
                        "\(gate.rule.text) could not be measured, which its waiver (\(waiver.owner)) does not cover"
                    )
                    continue
                }
                judgement.gates[index].waiver = waiver
                judgement.warnings.append(
                    "waived until \(waiver.until) by \(waiver.owner): \(gate.rule.text): \(waiver.why)")
                waiveSlices(of: gate.rule, &judgement, definitions)
            }
        }
    }

    private static func isMeasured(_ gate: GateResult) -> Bool {
        if !gate.members.isEmpty { return gate.members.contains { $0.candidate != nil } }
        // A text that differs has no number; that it failed shows that it was seen.
        return gate.candidate != nil || gate.difference != nil || gate.outcome == .fails
    }

    private func waiveSlices(
        of rule: GateRule, _ judgement: inout Judgement, _ definitions: [String: MetricDefinition]
    ) {
        let name = MetricCatalogue.definitionName(for: rule.metric)
        guard let definition = definitions[name],
            GoldenJudge.blockingRule(definition, rules)?.text == rule.text
        else { return }
        for index in judgement.slices.indices where judgement.slices[index].metric == definition.name {
            judgement.slices[index].isWaived = true
        }
    }
}
