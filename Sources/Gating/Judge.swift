import Domain
import Metrics
import Statistics

/// Scores and rules in, verdict out. Pure: the same scores, rules and seed give the same judgement anywhere, in
/// whatever order the data set's rows stand.
public struct GoldenJudge: Sendable {
    let rules: [GateRule]
    /// Definitions of everything the run measured, in the policy's order.
    let definitions: [MetricDefinition]
    let kpi: KPIDefinition?
    let options: GateOptions

    public init(
        rules: [GateRule], definitions: [MetricDefinition], kpi: KPIDefinition? = nil, options: GateOptions
    ) {
        self.rules = rules
        self.definitions = definitions
        self.kpi = kpi
        self.options = options
    }

    /// The name of the definition that a rule is judged by: bands and tolerances of the app's score are measured
    /// against what each example expects.
    public static func measuredName(of rule: GateRule) -> String {
        switch (rule.form, rule.metric.name) {
        case (.inBand, "score"): "score_band"
        case (.tolerance, "score"): "score_error"
        default: MetricCatalogue.definitionName(for: rule.metric)
        }
    }

    /// Why nothing can be told, or was measured at all, whatever the gates say; nil where enough was measured.
    public static func unmeasured(
        _ measurement: MeasurementCounts, _ scores: any ScoreTable, options: GateOptions
    ) -> String? {
        VerdictRules(options: options, arms: scores.arms, rowCount: scores.rows.rowCount)
            .unmeasured(measurement)?.1
    }

    /// - Parameter measurement: What was and was not measured, for the limit above which nothing can be told.
    /// - Throws: What the table's columns throw when they are read.
    public func judge(_ scores: any ScoreTable, measurement: MeasurementCounts) throws -> Judgement {
        let byName = Dictionary(definitions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let table = GateTable(scores, definitions: byName)
        let evaluator = GateEvaluator(table: table, kpi: kpi, options: options)
        var drafts: [GateDraft] = []
        for rule in rules { drafts.append(try evaluator.draft(rule)) }

        var judgement = Judgement(
            verdict: .cannotTell, headline: "", gates: [], metrics: [], slices: [], confusions: [],
            distributions: [], movement: Movement(), stages: [], whereItBroke: nil, reservations: [],
            warnings: [])
        let slicing = SliceAnalysis(table: table, options: options)
        let summary = MetricSummary(table: table, options: options)
        let spreading = DistributionAnalysis(table: table, options: options)
        var movement = MovementAnalysis(table: table)
        var sliceDrafts: [SliceAnalysis.Draft] = []
        let gated = Set(rules.map(GoldenJudge.measuredName))
        // Metric by metric, so that a column is read once for all that is said of it.
        for definition in definitions {
            if let found = try summary.result(definition) { judgement.metrics.append(found) }
            if definition.direction != .neither {
                sliceDrafts += try slicing.drafts(
                    metric: definition.name, rule: GoldenJudge.blockingRule(definition, rules))
            }
            if let found = try spreading.distribution(of: definition.name) {
                judgement.distributions.append(found)
            }
            if gated.contains(definition.name) { try movement.add(definition.name) }
            // One table serves every metric over the same labels.
            if judgement.confusions.isEmpty, let found = try summary.confusion(definition) {
                judgement.confusions.append(found)
            }
        }
        if let kpi, let found = try summary.kpi(kpi, evaluator) { judgement.metrics.append(found) }
        judgement.movement = movement.movement()

        let claims = drafts.flatMap(\.claims) + sliceDrafts.compactMap(\.claim)
        let family = try ClaimFamily(claims, alpha: options.alpha)
        let settlement = Settlement(family: family, drafts: drafts, slices: sliceDrafts)
        judgement.gates = settlement.gates.map(noting)
        judgement.slices = settlement.slices
        Waiving(rules: rules, waivers: options.waivers).apply(&judgement, byName)
        try Explanation(table: table, options: options).explain(&judgement)
        let verdict = VerdictRules(
            options: options, arms: scores.arms, rowCount: scores.rows.rowCount,
            stageOf: { byName[GoldenJudge.measuredName(of: $0.rule)]?.stage?.rawValue }, examples: table.count
        )
        verdict.conclude(&judgement, measurement)
        return judgement
    }

    /// Says at which level a row was decided where it is not the policy's.
    private func noting(_ gate: GateResult) -> GateResult {
        let shown = [gate.difference?.interval, gate.ratio?.interval, gate.candidate?.interval]
        guard options.attempt > 1, let decided = shown.compactMap(\.self).first,
            abs(decided.confidence - options.coverage) > 1e-9
        else { return gate }
        var gate = gate
        let level = shortNumber(options.proof.confidence * 100)
        let words = "at \(level) %, attempt \(options.attempt)"
        gate.note = gate.note.isEmpty ? words : gate.note + "; " + words
        return gate
    }

    /// The rule that lets a metric's slices block: the strictest one that holds it against the baseline.
    static func blockingRule(_ definition: MetricDefinition, _ rules: [GateRule]) -> GateRule? {
        var found: GateRule?
        for rule in rules where rule.slice == nil && rule.metric.selector == nil {
            guard Functional.isMean(rule.metric.statistic),
                MetricCatalogue.definitionName(for: rule.metric) == definition.name
            else { continue }
            switch rule.form {
            case .notWorse: return rule
            case .noWorse: found = found ?? rule
            default: continue
            }
        }
        return found
    }
}
