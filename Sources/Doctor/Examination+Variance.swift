import Domain
import Gating
import Metrics
import Statistics

/// More examples or more repeats: where the variance of each gated metric lies.
extension Examination {
    func varianceChecks() -> [VarianceCheck] {
        var found: [VarianceCheck] = []
        var seen = Set<String>()
        for name in rehearsal.metrics where seen.insert(name).inserted {
            guard let definition = input.definitions.first(where: { $0.name == name }),
                case .mean = definition.aggregate, let column = pool.column(name),
                let check = varianceCheck(definition, column)
            else { continue }
            found.append(check)
        }
        return found
    }

    private func varianceCheck(_ definition: MetricDefinition, _ column: ScoreColumn) -> VarianceCheck? {
        var groups: [[Double]] = []
        var repeats: [Double] = []
        for example in 0..<pool.rows.count {
            var values = seen(example, pool.app, column)
            // Two passes of one app are as good as twice the repeats.
            if dealer.noise == .passes { values += seen(example, .candidate, column) }
            if values.isEmpty { continue }
            groups.append(values)
            repeats.append(Double(dealer.judged(of: pool.rows.rows(of: example).count)))
        }
        guard let components = try? varianceComponents(groups), let typical = try? moments(repeats).mean,
            components.within + components.between > 0
        else { return nil }
        let examples = Double(groups.count)
        let heterogeneity = heterogeneity(column, components)
        let noise = 2 * components.within
        guard let mean = errors(components.between, components.within, examples, typical),
            let difference = errors(heterogeneity ?? 0, noise, examples, typical)
        else { return nil }
        return VarianceCheck(
            metric: definition.name, unit: definition.unit.rawValue, components: components,
            examples: groups.count, repeats: typical, mean: mean, difference: difference,
            heterogeneity: heterogeneity)
    }

    private func seen(_ example: Int, _ arm: Arm, _ column: ScoreColumn) -> [Double] {
        pool.rows(of: example, arm).compactMap {
            column.states[$0] == 0 ? column.values[$0 * column.width] : nil
        }
    }

    private func errors(
        _ between: Double, _ within: Double, _ examples: Double, _ repeats: Double
    ) -> VarianceCheck.Errors? {
        let now = (between + within / repeats) / examples
        guard now > 0 else { return nil }
        return VarianceCheck.Errors(
            now: now.squareRoot(),
            twiceTheRepeats: ((between + within / (2 * repeats)) / examples).squareRoot(),
            twiceTheExamples: (now / 2).squareRoot(), repeatable: within / repeats / examples / now)
    }

    /// What is left of the variance of paired differences when the noise of the repeats is taken out.
    private func heterogeneity(_ column: ScoreColumn, _ components: VarianceComponents) -> Double? {
        guard !input.isSameApp, pool.arms.count == 2 else { return nil }
        var differences: [Double] = []
        var noise: [Double] = []
        for example in 0..<pool.rows.count {
            let before = seen(example, .baseline, column)
            let after = seen(example, .candidate, column)
            guard let was = try? moments(before).mean, let now = try? moments(after).mean else { continue }
            differences.append(now - was)
            noise.append(components.within * (1 / Double(before.count) + 1 / Double(after.count)))
        }
        guard differences.count >= 2, let spread = try? moments(differences).variance(),
            let expected = try? moments(noise).mean
        else { return nil }
        return max(0, spread - expected)
    }
}
