import Domain
import Metrics
import Statistics

/// The forms that hold what was observed as it is: a text that must not vary, the order of two anchors.
extension GateEvaluator {
    /// Equal on every observation; any other value fails, an answer that does not say is unmeasured. An
    /// observation without an answer is none.
    func text(_ subject: Subject, _ expected: String) throws -> GateDraft {
        guard let column = try table.column(subject.definition.name, .candidate) else {
            return open(
                subject.rule, subject.definition, n: 0, "this run did not measure \(subject.definition.name)")
        }
        var others: [String: Int] = [:]
        var equal = 0
        var absent = 0
        for example in subject.examples {
            for row in table.rows(of: example) {
                let state = column.states[row]
                if state == 0 {
                    let label = column.labels[Int(column.values[row * column.width])]
                    if label == expected { equal += 1 } else { others[label, default: 0] += 1 }
                } else if state < 0 {
                    absent += 1
                }
            }
        }
        var result = started(
            subject, n: equal + others.values.reduce(0, +), method: "equal on every observation")
        let seen = others.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        if let first = seen.first {
            result.outcome = .fails
            result.note = "\(first.value) of \(result.n) observations say \"\(first.key)\""
        } else if absent > 0 {
            result.note = "\(counted(absent, "observation does", "observations do")) not say"
        } else if equal == 0 {
            result.note = "no observation says it"
        } else {
            result.outcome = .passes
            result.note = "\(equal) of \(equal) observations"
        }
        return GateDraft(result: result)
    }

    func order(_ rule: GateRule, _ above: String, _ below: String, _ gap: Double) throws -> GateDraft {
        let name = GoldenJudge.measuredName(of: rule)
        guard let definition = table.definitions[name], let sample = try table.sample(name, .candidate) else {
            return open(rule, nil, n: 0, "this run did not measure \(rule.metric.name)")
        }
        func score(_ id: String) -> Double? { table.position(of: id).flatMap(sample.grade) }
        guard let high = score(above), let low = score(below) else {
            let missing = score(above) == nil ? above : below
            let why =
                table.position(of: missing) == nil ? "is no example of this run" : "has no score in this run"
            return open(rule, definition, n: 0, "anchor \(missing) \(why)")
        }
        var result = GateResult(
            rule: rule, outcome: high - low >= gap - tolerance ? .passes : .fails,
            unit: definition.unit.rawValue,
            direction: definition.direction.rawValue, n: 2,
            note: "\(above) \(shortNumber(high)), \(below) \(shortNumber(low))",
            method: "difference of two anchors")
        result.candidate = try? Estimate(value: high - low, n: 2, method: "gap")
        result.bound = gap
        return GateDraft(result: result)
    }
}
