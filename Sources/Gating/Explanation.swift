import Domain
import Metrics
import Statistics

/// Turns failing rules into *where it broke*, with the evidence of each stage.
struct Explanation {
    let table: any ScoreTable
    let definitions: [String: MetricDefinition]
    let options: GateOptions

    func explain(_ judgement: inout Judgement) throws {
        let analysis = StageAnalysis(table: table, definitions: definitions, options: options)
        var suspects: [StageAnalysis.Suspect] = []
        for stage in Stage.allCases {
            let failing = failingMetrics(judgement, stage)
            if !failing.isEmpty { suspects.append(StageAnalysis.Suspect(stage: stage, metrics: failing)) }
        }
        let culprit = table.arms.contains(.baseline) ? try analysis.culprit(suspects) : nil
        for stage in Stage.allCases {
            if let found = try stageResult(stage, judgement, analysis, broke: culprit?.stage == stage) {
                judgement.stages.append(found)
            }
        }
        guard let culprit else {
            if let only = suspects.first { judgement.whereItBroke = only.stage.rawValue }
            return
        }
        judgement.whereItBroke = words(culprit.stage, culprit.follows, judgement)
    }

    private func failingMetrics(_ judgement: Judgement, _ stage: Stage) -> [String] {
        var names: [String] = []
        for gate in judgement.gates where gate.outcome == .fails {
            let name = MetricCatalogue.definitionName(for: gate.rule.metric)
            guard definitions[name]?.stage == stage, !names.contains(name) else { continue }
            names.append(name)
        }
        for slice in judgement.slices where slice.outcome == .fails {
            guard definitions[slice.metric]?.stage == stage, !names.contains(slice.metric) else { continue }
            names.append(slice.metric)
        }
        return names
    }

    private func stageResult(
        _ stage: Stage, _ judgement: Judgement, _ analysis: StageAnalysis, broke: Bool
    ) throws -> StageResult? {
        let failing = failingMetrics(judgement, stage)
        let own = judgement.metrics.filter { $0.stage == stage.rawValue && $0.direction != "neither" }
        let speaker = own.first { failing.contains($0.name) } ?? own.first
        guard let speaker else { return nil }
        var note = ""
        if let unchanged = try analysis.unchangedExamples(stage) {
            let changed = table.rows.count - unchanged.count
            note = changed == 0 ? "nothing changed" : "\(changed) of \(table.rows.count) did otherwise"
        }
        if stage == .operation, let slowest = slowestStage(judgement) { note = slowest }
        return StageResult(
            stage: stage.rawValue, metric: speaker.name, baseline: speaker.baseline?.value,
            candidate: speaker.candidate?.value, difference: speaker.difference?.interval, broke: broke, note: note)
    }

    /// The app's own stage whose time grew most.
    private func slowestStage(_ judgement: Judgement) -> String? {
        var found: (name: String, growth: Double)?
        for metric in judgement.metrics where metric.name.hasPrefix("stage_latency[") {
            guard let growth = metric.difference?.value, growth > 0 else { continue }
            if found == nil || growth > (found?.growth ?? 0) { found = (metric.name, growth) }
        }
        guard let found else { return nil }
        let stage = found.name.dropFirst("stage_latency[".count).dropLast()
        return "\(stage) +\(shortNumber(found.growth)) ms"
    }

    private func words(_ stage: Stage, _ follows: [Stage], _ judgement: Judgement) -> String {
        var clauses: [String] = []
        let unchanged = judgement.stages.filter { $0.note == "nothing changed" }.map(\.stage)
        if !unchanged.isEmpty { clauses.append(unchanged.joined(separator: ", ") + " unchanged") }
        for follower in follows { clauses.append("\(follower.rawValue) follows it") }
        if stage == .operation, let slowest = slowestStage(judgement) { clauses.insert(slowest, at: 0) }
        return clauses.isEmpty ? stage.rawValue : stage.rawValue + " (" + clauses.joined(separator: "; ") + ")"
    }
}
