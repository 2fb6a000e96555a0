import Domain
import Metrics
import Statistics

/// Scores and rules in, verdict out. Pure: the same scores, rules and seed give the same judgement anywhere.
public struct GoldenJudge: Sendable {
    let rules: [GateRule]
    /// Definitions of everything the run measured, in the policy's order.
    let definitions: [MetricDefinition]
    let options: GateOptions

    public init(rules: [GateRule], definitions: [MetricDefinition], options: GateOptions) {
        self.rules = rules
        self.definitions = definitions
        self.options = options
    }

    /// - Parameter measurement: What was and was not measured, for the limit above which nothing can be told.
    public func judge(_ table: any ScoreTable, measurement: MeasurementCounts) throws -> Judgement {
        var byName: [String: MetricDefinition] = [:]
        for definition in definitions { byName[definition.name] = definition }
        let evaluator = GateEvaluator(table: table, definitions: byName, options: options)
        var drafts: [GateDraft] = []
        for rule in rules { drafts.append(try evaluator.draft(rule)) }

        let slicing = SliceAnalysis(table: table, definitions: byName, options: options)
        var sliceDrafts: [SliceAnalysis.Draft] = []
        for definition in definitions where definition.direction != .neither {
            let rule = rules.first { rule in
                guard rule.slice == nil, rule.metric.selector == nil, rule.metric.statistic == nil else { return false }
                guard MetricCatalogue.definitionName(for: rule.metric) == definition.name else { return false }
                switch rule.form {
                case .notWorse, .noWorse: return true
                default: return false
                }
            }
            sliceDrafts += try slicing.drafts(metric: definition.name, rule: rule)
        }

        let adjusted = try adjust(drafts, sliceDrafts)
        let gates = settle(drafts, adjusted)
        let slices = settleSlices(sliceDrafts, adjusted)
        var judgement = Judgement(
            verdict: .cannotTell, headline: "", gates: gates, metrics: [], slices: slices, confusions: [],
            distributions: [], movement: Movement(), stages: [], whereItBroke: nil, reservations: [], warnings: [])
        let gated = gatedMetrics(byName)
        judgement.metrics = try metricResults(table)
        judgement.movement = try MovementAnalysis(table: table, definitions: byName).movement(of: gated)
        judgement.confusions = try confusions(table)
        for definition in definitions where definition.direction != .neither || definition.unit != .text {
            let analysis = DistributionAnalysis(table: table, definitions: byName, options: options)
            if let found = try analysis.distribution(of: definition.name) { judgement.distributions.append(found) }
        }
        try Explanation(table: table, definitions: byName, options: options).explain(&judgement)
        VerdictRules(options: options).conclude(&judgement, measurement)
        return judgement
    }

    private func gatedMetrics(_ byName: [String: MetricDefinition]) -> [String] {
        var names: [String] = []
        for rule in rules {
            let name = MetricCatalogue.definitionName(for: rule.metric)
            if byName[name] != nil, !names.contains(name) { names.append(name) }
        }
        return names
    }

    // MARK: Holm over every claim of regression

    /// Adjusted p-values in the order: gates, members of gates, slices.
    private func adjust(_ drafts: [GateDraft], _ slices: [SliceAnalysis.Draft]) throws -> [Double] {
        var claims: [Double] = []
        for draft in drafts {
            if let claim = draft.claim { claims.append(claim.p) }
            for member in draft.members { if let claim = member.claim { claims.append(claim.p) } }
        }
        for slice in slices { if let claim = slice.claim { claims.append(claim.p) } }
        return try holmAdjusted(claims)
    }

    private func settle(_ drafts: [GateDraft], _ adjusted: [Double]) -> [GateResult] {
        var next = 0
        func take() -> Double {
            defer { next += 1 }
            return adjusted[next]
        }
        var results: [GateResult] = []
        for draft in drafts {
            var result = draft.result
            if let claim = draft.claim {
                let p = take()
                result.adjustedP = p
                if p < options.alpha, claim.beyondMargin {
                    result.outcome = .fails
                    result.note = ""
                }
            }
            var failing = 0
            for member in draft.members {
                var outcome = GateResult.Outcome.notJudged
                if let claim = member.claim {
                    let p = take()
                    outcome = p < options.alpha && claim.beyondMargin ? .fails : .passes
                    if outcome == .fails { failing += 1 }
                }
                result.members.append(
                    GateResult.Member(
                        name: member.name, outcome: outcome, baseline: member.baseline, candidate: member.candidate,
                        difference: member.difference, n: member.n))
            }
            if !draft.members.isEmpty {
                result.members.sort { first, second in
                    let one = drop(first, result.direction)
                    let two = drop(second, result.direction)
                    return one != two ? one > two : first.name < second.name
                }
                if failing > 0 {
                    result.outcome = .fails
                    let names = result.members.filter { $0.outcome == .fails }.prefix(5).map(\.name)
                    result.note = "worse in " + names.joined(separator: ", ")
                }
            }
            results.append(result)
        }
        return results
    }

    private func drop(_ member: GateResult.Member, _ direction: String) -> Double {
        guard let was = member.baseline, let now = member.candidate else { return 0 }
        return direction == Direction.lower.rawValue ? now - was : was - now
    }

    private func settleSlices(_ drafts: [SliceAnalysis.Draft], _ adjusted: [Double]) -> [SliceResult] {
        var next = adjusted.count - drafts.count { $0.claim != nil }
        var results: [SliceResult] = []
        for draft in drafts {
            var outcome = GateResult.Outcome.notJudged
            if let claim = draft.claim {
                outcome = adjusted[next] < options.alpha && claim.beyondMargin ? .fails : .passes
                next += 1
            }
            results.append(
                SliceResult(
                    metric: draft.metric, slice: draft.slice, value: draft.value, n: draft.n,
                    baseline: draft.baseline, candidate: draft.candidate, difference: draft.difference,
                    goodness: draft.goodness, outcome: outcome))
        }
        return results
    }

    // MARK: Every metric, gated or not

    private func metricResults(_ table: any ScoreTable) throws -> [MetricResult] {
        var results: [MetricResult] = []
        for definition in definitions {
            guard let column = try table.column(definition.name, .candidate) else { continue }
            let candidate = ArmSample(definition, column, table.rows)
            let baseline = try table.column(definition.name, .baseline).map {
                ArmSample(definition, $0, table.rows)
            }
            let all = Array(0..<table.rows.count)
            var difference: Estimate?
            if let baseline {
                let pair = PairedSample(baseline: baseline, candidate: candidate, examples: all)
                let evidence = RelativeEvidence(pair, options: options)
                difference = try? Estimate(
                    value: evidence.difference, interval: evidence.interval, n: evidence.n,
                    method: "paired difference")
            }
            results.append(
                MetricResult(
                    name: definition.name, summary: definition.summary, unit: definition.unit.rawValue,
                    direction: definition.direction.rawValue, tier: definition.tier.rawValue,
                    stage: definition.stage?.rawValue,
                    baseline: baseline.flatMap { SingleArm($0, examples: all, options: options).estimate() },
                    candidate: SingleArm(candidate, examples: all, options: options).estimate(),
                    difference: difference, notApplicable: candidate.notApplicableCount,
                    failed: candidate.failedCount))
        }
        return results
    }

    private func confusions(_ table: any ScoreTable) throws -> [ConfusionResult] {
        var results: [ConfusionResult] = []
        for definition in definitions {
            guard case .confusion = definition.aggregate, let column = try table.column(definition.name, .candidate)
            else { continue }
            let candidate = ArmSample(definition, column, table.rows)
            let baseline = try table.column(definition.name, .baseline).map {
                ArmSample(definition, $0, table.rows)
            }
            let measured = candidate.states.indices.filter { candidate.states[$0] == .value }
            let before = baseline.map { arm in arm.states.indices.filter { arm.states[$0] == .value } } ?? []
            var parts = [(candidate, measured)]
            if let baseline { parts.append((baseline, before)) }
            let labels = LabelTable.labels(of: parts)
            guard labels.count <= 200, !labels.isEmpty else { continue }
            results.append(
                ConfusionResult(
                    metric: definition.name, labels: labels,
                    baseline: baseline.map { rows(LabelTable($0, before, labels: labels).matrix()) },
                    candidate: rows(LabelTable(candidate, measured, labels: labels).matrix())))
            // One table serves every metric over the same labels.
            break
        }
        return results
    }

    private func rows(_ matrix: ConfusionMatrix) -> [[Double]] {
        matrix.labels.indices.map { row in matrix.labels.indices.map { matrix[row, $0] } }
    }
}
