import Domain

/// Checks across the rules that hold at the same time: duplicates, contradictions, rules that another
/// implies.
struct RulesTogether {
    let log: ProblemLog

    func check(_ entries: [RuleReader.Entry]) {
        var groups: [GroupKey: [RuleReader.Entry]] = [:]
        for entry in entries {
            let key = GroupKey(entry.rule)
            for earlier in groups[key, default: []] where report(entry, against: earlier) { break }
            groups[key, default: []].append(entry)
        }
    }

    /// Only rules of one group can say anything of each other.
    private struct GroupKey: Hashable {
        let slice: SliceCondition?
        let metric: MetricReference
        let kind: String

        init(_ rule: GateRule) {
            slice = rule.slice
            metric = rule.metric
            kind = Strictness.kind(of: rule.form)
        }
    }

    /// Whether something was said.
    private func report(_ entry: RuleReader.Entry, against earlier: RuleReader.Entry) -> Bool {
        if entry.rule.text == earlier.rule.text {
            log.report(
                .redundant, "this rule stands twice", at: entry.span, severity: .warning,
                mend: "remove one of them",
                related: ("the first one", earlier.span))
            return true
        }
        if Strictness.contradict(entry.rule.form, earlier.rule.form) {
            log.report(
                .contradiction, "this rule and another can never both hold", at: entry.span,
                related: ("the other rule", earlier.span))
            return true
        }
        let implied = Strictness.implies(earlier.rule.form, entry.rule.form)
        if implied || Strictness.implies(entry.rule.form, earlier.rule.form) {
            let message =
                implied ? "another rule already asks for more" : "this rule makes another superfluous"
            log.report(
                .redundant, message, at: entry.span, severity: .warning, mend: "keep the stricter one",
                related: ("the other rule", earlier.span))
            return true
        }
        return false
    }
}
