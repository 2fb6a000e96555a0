import Domain
import Metrics
import Statistics

/// Evaluates one rule at a time against a table of scores.
struct GateEvaluator {
    let table: any ScoreTable
    let definitions: [String: MetricDefinition]
    let options: GateOptions
    /// Level of proofs at this attempt: half of the level before, from the second look at the same pair on.
    let proof: GateOptions

    init(table: any ScoreTable, definitions: [String: MetricDefinition], options: GateOptions) {
        self.table = table
        self.definitions = definitions
        self.options = options
        var proof = options
        let spent = min(max(options.attempt, 1) - 1, 40)
        proof.confidence = 1 - options.alpha / Double(1 << spent)
        self.proof = proof
    }

    func draft(_ rule: GateRule) throws -> GateDraft {
        if case .order(let above, let below, let gap) = rule.form {
            return try order(rule, above, below, gap)
        }
        let name = MetricCatalogue.definitionName(for: rule.metric)
        guard let definition = definitions[name],
            let column = try table.column(name, .candidate)
        else {
            return open(rule, nil, n: 0, "this run did not measure \(rule.metric.name)")
        }
        var examples = Array(0..<table.rows.count)
        if let condition = rule.slice {
            guard let members = table.rows.members(of: condition) else {
                return open(rule, definition, n: 0, "no example has a column, tag or category \(condition.name)")
            }
            examples = members
            guard !examples.isEmpty else { return open(rule, definition, n: 0, "the slice is empty") }
        }
        let candidate = ArmSample(definition, column, table.rows)
        let baseline = try table.column(name, .baseline).map { ArmSample(definition, $0, table.rows) }
        let subject = Subject(
            rule: rule, definition: definition, examples: examples, candidate: candidate, baseline: baseline)
        return evaluate(subject)
    }

    /// One rule with the samples it speaks of.
    struct Subject {
        let rule: GateRule
        let definition: MetricDefinition
        let examples: [Int]
        let candidate: ArmSample
        let baseline: ArmSample?

        var measured: [Int] { examples.filter { candidate.states[$0] == .value } }
        var failed: [Int] { examples.filter { candidate.states[$0] == .failed } }
        var member: String? {
            if case .named(let name) = rule.metric.selector, case .confusion = definition.aggregate { return name }
            return nil
        }
    }

    private func evaluate(_ subject: Subject) -> GateDraft {
        let failed = subject.failed.count
        let applicable = subject.measured.count + failed
        if applicable > 0, Double(failed) > options.unmeasuredLimit * Double(applicable) {
            return open(
                subject.rule, subject.definition, n: subject.measured.count,
                "\(failed) of \(applicable) could not be measured")
        }
        switch subject.rule.form {
        case .compare(let comparison, let quantity, let confidently):
            if subject.rule.metric.selector == .each { return eachCompare(subject, comparison, quantity) }
            return compare(subject, comparison, quantity, confidently)
        case .notWorse:
            return relative(subject, margin: nil)
        case .noWorse(let margin):
            return relative(subject, margin: margin)
        case .within(let share):
            return within(subject, share)
        case .inBand(let share):
            return perExample(subject, share, words: "in the expected band") { $0 == 1 }
        case .tolerance(let limit, let share):
            return perExample(subject, share, words: "within \(limit) of the expected") { $0 <= limit }
        case .spread(let quantity, let share):
            return spread(subject, quantity, share)
        case .repeated(let required, let repeats, let threshold, let share):
            return repeated(subject, required, repeats, threshold, share)
        case .passPower(let k, let comparison, let quantity):
            return passPower(subject, k, comparison, quantity)
        case .text(let expected):
            return text(subject, expected)
        case .kpiBands:
            return open(subject.rule, subject.definition, n: 0, "only a KPI has bands")
        case .order:
            return open(subject.rule, subject.definition, n: 0, "no anchors")
        }
    }

    /// A gate that cannot be decided, with the reason.
    func open(_ rule: GateRule, _ definition: MetricDefinition?, n: Int, _ why: String) -> GateDraft {
        GateDraft(
            result: GateResult(
                rule: rule, outcome: .unsure, unit: definition?.unit.rawValue ?? "",
                direction: definition?.direction.rawValue ?? "", n: n, note: why, method: ""))
    }

    /// A result with what every form shows.
    func started(_ subject: Subject, n: Int, method: String) -> GateResult {
        GateResult(
            rule: subject.rule, outcome: .unsure, unit: subject.definition.unit.rawValue,
            direction: subject.definition.direction.rawValue, n: n, note: "", method: method)
    }
}
