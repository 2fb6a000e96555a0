import Domain
import Metrics
import Statistics
import Text

/// What decided, in one sentence that a person would say.
struct Headline {
    /// What fits on two lines of a terminal.
    static let length = 160

    /// The first failing gate, at the stage that broke where one is known, and how many more there are.
    static func blocked(
        _ failing: [GateResult], _ refused: [GateResult], _ slices: [SliceResult], brokenStages: [String],
        stageOf: (GateResult) -> String?
    ) -> String {
        let atStage = failing.first { gate in stageOf(gate).map(brokenStages.contains) ?? false }
        if let lead = atStage ?? failing.first {
            return joined(sentence(lead), more(failing.count + refused.count - 1, slices.count))
        }
        if let lead = refused.first {
            let why = "\(lead.rule.text) is undecided, and the policy counts that as failed"
            return joined(why, more(refused.count - 1, slices.count))
        }
        guard let slice = slices.min(by: { ($0.goodness ?? 0) < ($1.goodness ?? 0) }) else {
            return "a rule fails"
        }
        return joined(sentence(slice), more(0, slices.count - 1))
    }

    private static func more(_ gates: Int, _ slices: Int) -> String {
        var parts: [String] = []
        if gates > 0 { parts.append("\(gates) more \(gates == 1 ? "gate" : "gates")") }
        if slices > 0 { parts.append(counted(slices, "slice", "slices")) }
        guard !parts.isEmpty else { return "" }
        return "; \(listed(parts)) \(gates + slices == 1 ? "fails" : "fail")"
    }

    /// Cuts the sentence, never what stands behind it.
    static func joined(_ sentence: String, _ rest: String = "") -> String {
        let room = length - rest.count
        guard sentence.count > room else { return sentence + rest }
        return sentence.prefix(max(0, room - 1)) + "…" + rest
    }

    static func undecided(_ gates: [GateResult]) -> String {
        guard let lead = gates.first else { return "nothing is decided" }
        let why = lead.note.isEmpty ? "" : ": " + lead.note
        let rest = gates.count > 1 ? "; \(gates.count - 1) more undecided" : ""
        return joined("\(lead.rule.text) is undecided\(why)", rest)
    }

    static func ships(_ gates: [GateResult], reservations: Int, settlers: [String], examples: Int) -> String {
        let over = "over \(counted(examples, "example", "examples"))"
        let waiting = gates.count { $0.outcome == .notJudged }
        if waiting > 0, reservations == 0 {
            let judged = gates.count - waiting
            let pass = judged == 1 ? "1 gate passes" : "\(judged) gates pass"
            let wait = waiting == 1 ? "1 is not judged" : "\(waiting) are not judged"
            return joined("\(pass) \(over); \(wait): the data set expects nothing that they need")
        }
        guard reservations > 0 else {
            let all =
                gates.count == 1
                ? "the gate passes" : gates.count == 2 ? "both gates pass" : "all \(gates.count) gates pass"
            return "\(all) \(over)"
        }
        let open = counted(reservations, "gate stays", "gates stay")
        return joined("no gate fails \(over); \(open) open for \(listed(settlers)) to settle")
    }

    private static func sentence(_ slice: SliceResult) -> String {
        let name = "\(slice.metric) in \(slice.slice) = \(slice.value)"
        guard let was = slice.baseline, let now = slice.candidate else { return "\(name) is worse" }
        return "\(name) \(moved(was, now, "")) where any proven drop blocks"
    }

    private static func moved(_ was: Double, _ now: Double, _ unit: String) -> String {
        let verb = now < was ? "fell" : "rose"
        var (before, after) = (words(was, unit), words(now, unit))
        if before == after { (before, after) = (shortNumber(was), shortNumber(now)) }
        return before == after ? "\(verb) from \(before)" : "\(verb) from \(before) to \(after)"
    }

    /// One failing gate.
    static func sentence(_ gate: GateResult) -> String {
        let rule = gate.rule
        let slice = rule.slice.map { " in " + $0.name + ($0.value.map { " = " + $0 } ?? "") } ?? ""
        let name = rule.metric.text + slice
        let value = (gate.deciding ?? gate.candidate).map { words($0.value, gate.unit) }
        switch rule.form {
        case .compare(let comparison, let quantity, let confidently):
            let wanted = confidently ? "must surely be" : "must be"
            if rule.metric.selector == .each {
                return each(gate, slice) { member in
                    "is \(words(member.candidate ?? 0, gate.unit)) where it \(wanted) \(bound(comparison, quantity))"
                }
            }
            // A move says more than where it ended.
            var place = "is \(value ?? "absent")"
            if gate.deciding == nil, let was = gate.baseline?.value, let now = gate.candidate?.value,
                comparison.isMet(was, quantity.value)
            {
                place = moved(was, now, gate.unit)
            }
            return "\(name) \(place) where it \(wanted) \(bound(comparison, quantity))"
        case .notWorse, .noWorse:
            let allowed = allowance(gate)
            if rule.metric.selector == .each {
                return each(gate, slice) { moved($0.baseline ?? 0, $0.candidate ?? 0, gate.unit) + allowed }
            }
            guard let was = gate.baseline?.value, let now = gate.candidate?.value else {
                return name + " is worse"
            }
            return "\(name) \(moved(was, now, gate.unit))\(allowed)"
        case .within(let share):
            guard let was = gate.baseline?.value, let now = gate.candidate?.value else {
                return rule.text + " fails"
            }
            let percent = Numbers.percent(share, 0)
            return "\(name) \(moved(was, now, gate.unit)) where \(percent) of the baseline is allowed"
        case .inBand, .tolerance, .spread, .repeated:
            let share = gate.bound.map { Numbers.percent($0, 0) } ?? "all"
            return "\(rule.text): \(gate.note) where \(share == "100 %" ? "all" : share) must be"
        case .passPower(let k, let comparison, let quantity):
            return "\(name) pass^\(k) is \(value ?? "absent") where it must be \(bound(comparison, quantity))"
        case .order(let above, let below, let gap):
            return "\(above) lies \(shortNumber(gate.candidate?.value ?? 0)) above \(below) where "
                + "\(shortNumber(gap)) is asked"
        case .text(let expected): return "\(name) must be \"\(expected)\", and \(gate.note)"
        case .kpiBands: return "\(name) is \(value ?? "absent"): \(gate.note)"
        }
    }

    private static func bound(_ comparison: Comparison, _ quantity: Quantity) -> String {
        switch comparison {
        case .atLeast: "at least \(quantity.text)"
        case .atMost: "at most \(quantity.text)"
        case .equal: "exactly \(quantity.text)"
        case .above: "above \(quantity.text)"
        case .below: "below \(quantity.text)"
        }
    }

    private static func allowance(_ gate: GateResult) -> String {
        if let margin = gate.margin { return ", beyond the margin of \(words(margin, gate.unit))" }
        let movement = gate.direction == Direction.lower.rawValue ? "rise" : "drop"
        return " where any proven \(movement) blocks"
    }

    private static func each(
        _ gate: GateResult, _ slice: String, _ say: (GateResult.Member) -> String
    ) -> String {
        let failing = gate.members.filter { $0.outcome == .fails }
        guard let worst = failing.first else { return gate.rule.text + " fails" }
        let others = failing.count > 1 ? ", and \(failing.count - 1) more" : ""
        return "\(gate.rule.metric.name) of \(worst.name)\(slice) \(say(worst))\(others)"
    }
}
