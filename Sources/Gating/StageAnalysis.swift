import Domain
import Metrics
import Statistics

/// Where it broke: which of the app's stages the failing rules speak of, and which of those merely follow another.
///
/// A stage's *signal* is a digest of what it put out (the intent, the documents' ids, the decision); it is the same
/// in both arms where the stage did the same. A failing stage follows another where its loss vanishes among the
/// examples on which the other's signal did not change.
struct StageAnalysis {
    let table: any ScoreTable
    let definitions: [String: MetricDefinition]
    let options: GateOptions

    static func signalName(_ stage: Stage) -> String { "signal." + stage.rawValue }

    struct Suspect {
        let stage: Stage
        /// Definition names of failing metrics of that stage, the most telling first.
        let metrics: [String]
    }

    /// The stage to name, with the reason, or nil where no failing rule belongs to a stage.
    func culprit(_ suspects: [Suspect]) throws -> (stage: Stage, follows: [Stage])? {
        let ordered = suspects.sorted { place($0.stage) < place($1.stage) }
        guard let first = ordered.first else { return nil }
        if ordered.count == 1 { return (first.stage, []) }
        var followers: [Stage: [Stage]] = [:]
        var explained = Set<Stage>()
        for cause in ordered {
            guard let unchanged = try unchangedExamples(cause.stage) else { continue }
            for effect in ordered where effect.stage != cause.stage {
                if try vanishes(effect, among: unchanged) {
                    followers[cause.stage, default: []].append(effect.stage)
                    explained.insert(effect.stage)
                }
            }
        }
        let free = ordered.filter { !explained.contains($0.stage) }
        // Each explaining the other, the earlier one is the cause.
        let chosen = free.first ?? ordered.max { one, two in
            let a = followers[one.stage]?.count ?? 0
            let b = followers[two.stage]?.count ?? 0
            return a != b ? a < b : place(one.stage) > place(two.stage)
        }
        guard let chosen else { return nil }
        return (chosen.stage, followers[chosen.stage] ?? [])
    }

    private func place(_ stage: Stage) -> Int { Stage.allCases.firstIndex(of: stage) ?? 0 }

    /// Examples on which the stage put out the same in both arms; nil where the app does not show it.
    func unchangedExamples(_ stage: Stage) throws -> [Int]? {
        let name = StageAnalysis.signalName(stage)
        guard let before = try table.column(name, .baseline), let after = try table.column(name, .candidate) else {
            return nil
        }
        var unchanged: [Int] = []
        var seen = false
        for example in 0..<table.rows.count {
            var same = true
            for row in table.rows.rows(of: example) {
                guard before.states[row] == 0, after.states[row] == 0 else {
                    same = same && before.states[row] == after.states[row]
                    continue
                }
                seen = true
                if before.values[row] != after.values[row] { same = false }
            }
            if same { unchanged.append(example) }
        }
        return seen ? unchanged : nil
    }

    private func vanishes(_ effect: Suspect, among examples: [Int]) throws -> Bool {
        for name in effect.metrics {
            guard let definition = definitions[name], let after = try table.column(name, .candidate),
                let before = try table.column(name, .baseline)
            else { return false }
            let pair = PairedSample(
                baseline: ArmSample(definition, before, table.rows),
                candidate: ArmSample(definition, after, table.rows), examples: examples)
            if pair.complete.isEmpty { continue }
            let evidence = RelativeEvidence(pair, options: options)
            let whole = RelativeEvidence(
                PairedSample(
                    baseline: pair.baseline, candidate: ArmSample(definition, after, table.rows),
                    examples: Array(0..<table.rows.count)), options: options)
            let sign = definition.direction == .lower ? 1.0 : -1.0
            // Total harm, not its rate: the part that falls on examples the cause left alone.
            let left = sign * evidence.difference * Double(evidence.n)
            let all = sign * whole.difference * Double(whole.n)
            if all > 0, left > 0.25 * all { return false }
        }
        return true
    }
}
