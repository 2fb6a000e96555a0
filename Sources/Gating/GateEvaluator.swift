import Domain
import Metrics
import Statistics

/// Evaluates one rule at a time against a table of scores.
struct GateEvaluator {
    let table: GateTable
    let options: GateOptions
    /// The level of proofs at this attempt.
    let proof: GateOptions
    let kpi: KPIDefinition?

    init(table: GateTable, kpi: KPIDefinition?, options: GateOptions) {
        self.table = table
        self.kpi = kpi
        self.options = options
        proof = options.proof
    }

    func draft(_ rule: GateRule) throws -> GateDraft {
        if let why = options.otherJudge, let judged = judgedDefinition(of: rule) {
            return open(rule, judged, n: 0, why)
        }
        var examples = table.all
        if let condition = rule.slice {
            guard let members = table.members(of: condition) else {
                return open(rule, nil, n: 0, "no example has a column, tag or category \(condition.name)")
            }
            guard !members.isEmpty else { return open(rule, nil, n: 0, "the slice is empty") }
            examples = members
        }
        if case .order(let above, let below, let gap) = rule.form {
            return try order(rule, above, below, gap)
        }
        if rule.metric.name == KPIMetric.name { return try judgeKPI(rule, examples) }
        let name = GoldenJudge.measuredName(of: rule)
        guard let definition = table.definitions[name], let candidate = try table.sample(name, .candidate)
        else {
            return open(rule, nil, n: 0, "this run did not measure \(name)")
        }
        let subject = Subject(
            rule: rule, definition: definition, examples: examples,
            candidate: candidate.read(rule.metric.statistic),
            baseline: try table.sample(name, .baseline)?.read(rule.metric.statistic))
        var draft = try evaluate(subject)
        if draft.result.outcome == .unsure, draft.result.n == 0, hasNothingToJudge(subject) {
            draft.result.outcome = .notJudged
            draft.result.note = "nothing in this data set to judge it by"
        }
        return draft
    }

    /// What of a rule's metric a judge says: its own definition, or the first such part of the indicator.
    private func judgedDefinition(of rule: GateRule) -> MetricDefinition? {
        let names =
            rule.metric.name == KPIMetric.name
            ? (kpi?.parts ?? []).map { MetricCatalogue.definitionName(for: $0.metric) }
            : [GoldenJudge.measuredName(of: rule)]
        return names.compactMap { table.definitions[$0] }.first {
            $0.models?.kinds.contains(.judge) ?? false
        }
    }

    /// A rule that a preset brought along, and of which the data set holds no example at all: nobody asked for
    /// it by name, so that it keeps nobody waiting. What the user wrote stays undecided, unless the policy lets such
    /// rules wait.
    private func hasNothingToJudge(_ subject: Subject) -> Bool {
        guard options.unfedWaits || subject.rule.place.file.hasPrefix("preset ") else { return false }
        return [subject.candidate, subject.baseline].compactMap(\.self).allSatisfy { sample in
            subject.examples.allSatisfy { sample.states[$0] == .notApplicable }
        }
    }

    /// One rule with the samples it speaks of.
    struct Subject {
        let rule: GateRule
        let definition: MetricDefinition
        let examples: [Int]
        let candidate: ArmSample
        let baseline: ArmSample?

        /// The class that the rule names.
        var member: String? {
            if case .named(let name) = rule.metric.selector, case .confusion = definition.aggregate {
                return name
            }
            return nil
        }

        var statistic: String? {
            if case .text = definition.aggregate { return nil }
            return rule.metric.statistic
        }

        var isEach: Bool { rule.metric.selector == .each }
    }

    private func evaluate(_ subject: Subject) throws -> GateDraft {
        if let why = judge(of: subject)?.refusal { return open(subject.rule, subject.definition, n: 0, why) }
        switch subject.rule.form {
        case .compare(let comparison, let quantity, let confidently):
            return subject.isEach
                ? eachCompare(subject, comparison, quantity, confidently)
                : compare(subject, comparison, quantity, confidently)
        case .notWorse: return relative(subject, margin: nil)
        case .noWorse(let margin): return relative(subject, margin: margin)
        case .within(let share): return within(subject, share)
        case .inBand(let share):
            return perExample(subject, share, words: "in the expected band") { $0 >= 1 - tolerance }
        case .tolerance(let limit, let share):
            return perExample(subject, share, words: "within \(shortNumber(limit)) of the expected") {
                $0 <= limit + tolerance
            }
        case .spread(let quantity, let share): return try spread(subject, quantity, share)
        case .repeated(let required, let tries, let threshold, let share):
            return try repeated(subject, required, tries, threshold, share)
        case .passPower(let k, let comparison, let quantity):
            return try passPower(subject, k, comparison, quantity)
        case .text(let expected): return try text(subject, expected)
        case .kpiBands: return open(subject.rule, subject.definition, n: 0, "only the kpi has bands")
        case .order: return open(subject.rule, subject.definition, n: 0, "no anchors")
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

    /// Whether too much is missing for anything to be said, and in which words.
    func tooMuchMissing(_ missing: Int, of all: Int) -> String? {
        guard missing > 0, Double(missing) > options.unmeasuredLimit * Double(all) else { return nil }
        return "\(missing) of \(all) could not be measured"
    }

    func nothingMeasured(_ subject: Subject) -> GateDraft {
        let why = subject.candidate.reason.map { ": " + $0 } ?? ""
        return open(
            subject.rule, subject.definition, n: 0,
            "applies to none of \(subject.examples.count) examples\(why)")
    }

    /// How often a class is expected, among the candidate's pairs.
    func support(_ numbers: ArmNumbers, _ member: String) -> Int? {
        guard case .labels(let rows) = numbers else { return nil }
        guard let code = rows.names.firstIndex(of: member) else { return 0 }
        var examples = 0
        for example in 0..<rows.count
        where rows.cells(of: example).contains(where: { rows.expected[$0] == Int32(code) }) {
            examples += 1
        }
        return examples
    }

    /// A class with too few examples is shown and not judged; the words for it.
    func tooFew(_ support: Int, _ member: String) -> String? {
        guard support < options.leastSupport, !options.isThisSet else { return nil }
        return "\(member) has \(counted(support, "example", "examples")); a class is judged from "
            + "\(options.leastSupport) on"
    }
}
