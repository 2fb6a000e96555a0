import Domain
import Metrics
import Statistics

/// Turns failing rules into *where it broke*, with the evidence of each stage.
///
/// A rule points at a stage only where its metric got worse: one whose bound the baseline misses as well says
/// nothing of this change.
struct Explanation {
    let table: GateTable
    let options: GateOptions

    func explain(_ judgement: inout Judgement) throws {
        let analysis = StageAnalysis(table: table, options: options)
        var suspects: [StageAnalysis.Suspect] = []
        for stage in Stage.allCases {
            if let suspect = try suspect(stage, judgement, analysis) { suspects.append(suspect) }
        }
        var findings: [StageAnalysis.Finding] = []
        if table.hasBaseline { findings = try analysis.findings(suspects) }
        if !table.hasBaseline { findings = try alone(suspects.filter(\.isFailing), analysis) }
        let broken = findings.map(\.stage)
        for stage in Stage.allCases {
            if let found = try stageResult(stage, judgement, analysis, broke: broken.contains(stage)) {
                judgement.stages.append(found)
            }
        }
        let isSilent = findings.contains { $0.stage == .operation && !$0.followers.isEmpty }
        if !table.hasBaseline, !isSilent {
            if !broken.isEmpty { judgement.whereItBroke = listed(broken.map(\.rawValue)) }
        } else if !findings.isEmpty {
            judgement.whereItBroke = try sentence(findings, judgement, analysis)
        }
    }

    /// With nothing to compare with: the failing stages; those that fall short only where the app gave no answer follow
    /// its operation.
    private func alone(
        _ failing: [StageAnalysis.Suspect], _ analysis: StageAnalysis
    ) throws -> [StageAnalysis.Finding] {
        let silent = try analysis.silentExamples()
        var findings: [StageAnalysis.Finding] = []
        var followers: [Stage] = []
        for suspect in failing {
            if suspect.stage != .operation, let silent, try analysis.isOfSilence(suspect, silent) {
                followers.append(suspect.stage)
            } else {
                findings.append(StageAnalysis.Finding(stage: suspect.stage, followers: []))
            }
        }
        guard !followers.isEmpty else { return findings }
        findings.removeAll { $0.stage == .operation }
        findings.append(StageAnalysis.Finding(stage: .operation, followers: followers))
        return Stage.allCases.compactMap { stage in findings.first { $0.stage == stage } }
    }

    private func failingMetrics(_ judgement: Judgement, _ stage: Stage) -> [String] {
        var names: [String] = []
        let failing =
            judgement.gates.filter { $0.outcome == .fails }.map { GoldenJudge.measuredName(of: $0.rule) }
            + judgement.slices.filter { $0.outcome == .fails }.map(\.metric)
        for name in failing where table.definitions[name]?.stage == stage && !names.contains(name) {
            names.append(name)
        }
        return names
    }

    private func suspect(
        _ stage: Stage, _ judgement: Judgement, _ analysis: StageAnalysis
    ) throws -> StageAnalysis.Suspect? {
        let failing = failingMetrics(judgement, stage)
        guard table.hasBaseline else {
            return failing.isEmpty
                ? nil : StageAnalysis.Suspect(stage: stage, metrics: failing, isFailing: true)
        }
        var lost: [String] = []
        for name in failing {
            if let loss = try analysis.losses(name, where: nil), loss.all > 0 { lost.append(name) }
        }
        if !lost.isEmpty { return StageAnalysis.Suspect(stage: stage, metrics: lost, isFailing: true) }
        // An app that gave no answer lost everything, whatever rule it broke.
        if stage == .operation { return StageAnalysis.Suspect(stage: stage, metrics: [], isFailing: false) }
        let worse = judgement.metrics.filter { $0.stage == stage.rawValue && isSurelyWorse($0) }.map(\.name)
        return worse.isEmpty ? nil : StageAnalysis.Suspect(stage: stage, metrics: worse, isFailing: false)
    }

    /// Whether the whole interval of a metric's difference lies on its bad side.
    private func isSurelyWorse(_ metric: MetricResult) -> Bool {
        guard let interval = metric.difference?.interval, metric.tier == Tier.quality.rawValue else {
            return false
        }
        switch Direction(rawValue: metric.direction) {
        case .higher: return interval.upper < 0
        case .lower: return interval.lower > 0
        case .neither, nil: return false
        }
    }

    private func stageResult(
        _ stage: Stage, _ judgement: Judgement, _ analysis: StageAnalysis, broke: Bool
    ) throws -> StageResult? {
        let failing = failingMetrics(judgement, stage)
        let own = judgement.metrics.filter {
            $0.stage == stage.rawValue && $0.unit != MetricUnit.text.rawValue
        }
        let speaker =
            own.first { failing.contains($0.name) }
            ?? own.first { $0.direction != Direction.neither.rawValue }
        guard let speaker else { return nil }
        var note = ""
        if stage == .operation {
            note = slowestStage(judgement) ?? ""
        } else if table.hasBaseline, let changed = try analysis.changedExamples(stage)?.count(where: { $0 }) {
            note = changed == 0 ? "nothing changed" : "\(changed) of \(table.count) did otherwise"
        }
        return StageResult(
            stage: stage.rawValue, metric: speaker.name, baseline: speaker.baseline?.value,
            candidate: speaker.candidate?.value, difference: speaker.difference?.interval, broke: broke,
            note: note)
    }

    /// The app's own stage whose time surely grew most, where one did by a fifth at least.
    private func slowestStage(_ judgement: Judgement) -> String? {
        var found: (name: String, growth: Double)?
        for metric in judgement.metrics where metric.name.hasPrefix("stage_latency[") {
            guard let growth = metric.difference?.value, let interval = metric.difference?.interval,
                interval.lower > 0, growth > 0.2 * (metric.baseline?.value ?? 0)
            else { continue }
            if found.map({ growth > $0.growth }) ?? true { found = (metric.name, growth) }
        }
        guard let found else { return nil }
        let stage = found.name.dropFirst("stage_latency[".count).dropLast()
        return "\(stage) +\(words(found.growth, MetricUnit.milliseconds.rawValue))"
    }

    /// `retrieval (routing unchanged; generation follows it)`; of several stages, each with its own.
    private func sentence(
        _ findings: [StageAnalysis.Finding], _ judgement: Judgement, _ analysis: StageAnalysis
    ) throws -> String {
        var parts: [String] = []
        for finding in findings {
            var clauses: [String] = []
            if finding.stage == .operation {
                if !finding.followers.isEmpty, let silent = try analysis.silentExamples() {
                    let count = silent.count { $0 }
                    clauses.append(
                        "the app failed on \(count) of \(counted(silent.count, "example", "examples"))")
                }
                if let slowest = slowestStage(judgement) { clauses.append(slowest) }
            } else if findings.count == 1 {
                let unchanged = try unchangedBefore(finding.stage, analysis)
                if !unchanged.isEmpty { clauses.append(listed(unchanged.map(\.rawValue)) + " unchanged") }
            }
            if !finding.followers.isEmpty {
                let verb = finding.followers.count == 1 ? " follows it" : " follow it"
                clauses.append(listed(finding.followers.map(\.rawValue)) + verb)
            }
            parts.append(
                finding.stage.rawValue + (clauses.isEmpty ? "" : " (\(clauses.joined(separator: "; ")))"))
        }
        return parts.count == 1 ? parts[0] : listed(parts) + ", each by itself"
    }

    /// Stages before this one that did the same on all examples.
    private func unchangedBefore(_ stage: Stage, _ analysis: StageAnalysis) throws -> [Stage] {
        var unchanged: [Stage] = []
        for earlier in Stage.allCases.prefix(while: { $0 != stage }) {
            if let changed = try analysis.changedExamples(earlier), !changed.contains(true) {
                unchanged.append(earlier)
            }
        }
        return unchanged
    }
}
