import Curation
import Domain
import Text

/// Candidates on a terminal.
public enum CandidateText {
    /// Clusters, the gravest first: one line each and what it is like.
    public static func list(
        _ clusters: [[Candidate]], title: String, most: Int, width: Int, colour: Bool
    ) -> String {
        var text = TerminalText(width: width, colour: colour)
        text.paragraph([(VisibleText.line(title), .bold)], indent: 0)
        for group in clusters.prefix(most) {
            guard let head = group.first else { continue }
            text.blank()
            let mark = head.state == .open ? "" : "  \(head.state.rawValue)"
            text.paragraph(
                [
                    (head.id, .bold), ("  " + head.gravest.rawValue, .unsure), (mark, .dim),
                    ("  " + VisibleText.excerpt(head.query, to: 160), .plain),
                ], indent: 2, hanging: 4)
            text.paragraph([(facts(group), .dim)], indent: 4, hanging: 4)
        }
        let rest = clusters.count - most
        if rest > 0 {
            text.blank()
            text.line("  and \(Numbers.grouped(rest)) more; --all shows them")
        }
        return text.output
    }

    private static func facts(_ group: [Candidate]) -> String {
        guard let head = group.first else { return "" }
        var parts: [String] = []
        let seen = group.reduce(0) { $0 + $1.signals.count }
        if seen > 1 { parts.append("seen \(Numbers.grouped(seen)) times") }
        if group.count > 1 {
            let ids = group.dropFirst().prefix(3).map(\.id).joined(separator: " ")
            parts.append("like it: \(ids)" + (group.count > 4 ? " and \(group.count - 4) more" : ""))
        }
        if let note = head.signals.first(where: { !$0.note.isEmpty })?.note {
            parts.append(VisibleText.excerpt(note, to: 80))
        }
        if let same = head.inSet {
            parts.append("in the set as \(VisibleText.excerpt(same, to: 40))")
        } else if let near = head.near.first, near.similarity >= 0.5 {
            parts.append(
                "near \(VisibleText.excerpt(near.id, to: 40)) (\(Numbers.fixed(near.similarity, 2)))")
        }
        if !head.slices.isEmpty {
            let slices = head.slices.prefix(4).map { "\($0.name) = \($0.value)" }.joined(separator: ", ")
            parts.append(VisibleText.excerpt(slices, to: 120))
        }
        if !head.isAnonymised { parts.append("not anonymised") }
        return parts.joined(separator: " · ")
    }

    /// All of one candidate.
    public static func show(_ candidate: Candidate, width: Int, colour: Bool) -> String {
        var text = TerminalText(width: width, colour: colour)
        text.paragraph([(candidate.id, .bold), ("  " + candidate.state.rawValue, .plain)], indent: 0)
        func part(_ name: String, _ lines: [String]) {
            guard !lines.isEmpty else { return }
            text.blank()
            text.line("  " + text.styled(name, .bold))
            for line in lines { text.paragraph([(VisibleText.excerpt(line, to: 4000), .plain)], indent: 4) }
        }
        part("before", candidate.history.map { "\($0.role.rawValue): \($0.content)" })
        part("asked", [candidate.query])
        part("handed over", candidate.context)
        part("the app answered (no reference)", candidate.observed)
        part("somebody said it should be", candidate.correction.map { [$0] } ?? [])
        part(
            "why it is here",
            candidate.signals.map { signal in
                let at = signal.at.map { ", \($0)" } ?? ""
                let note = signal.note.isEmpty ? "" : ": \(signal.note)"
                return "\(signal.kind.rawValue) (\(signal.source)\(at))\(note)"
            })
        part("slices", candidate.slices.map { "\($0.name) = \($0.value) (\($0.basis))" })
        part("nearest examples", candidate.near.map { "\($0.id) \(Numbers.fixed($0.similarity, 2))" })
        if let same = candidate.inSet { part("the set asks the same", [same]) }
        if candidate.cluster != candidate.id { part("nearly the same as", [candidate.cluster]) }
        if let decision = candidate.decision {
            let what = [decision.why, decision.example.map { "example \($0)" }].compactMap { $0 }
            part("decided", ["by \(decision.by) on \(decision.on): " + what.joined(separator: "; ")])
        }
        part(
            "kept",
            [
                (candidate.isAnonymised ? "anonymised" : "as it came, not anonymised") + ", "
                    + candidate.collected
            ])
        return text.output
    }

    /// Rules of growth that fired.
    public static func due(
        _ demands: [GrowthDemand], rules: Int, title: String, width: Int, colour: Bool
    ) -> String {
        var text = TerminalText(width: width, colour: colour)
        text.paragraph([(VisibleText.line(title), .bold)], indent: 0)
        for demand in demands {
            text.blank()
            text.paragraph(
                [
                    ("due  ", .unsure), (VisibleText.line(demand.rule.when), .bold),
                    ("   asks for " + VisibleText.line(demand.wants), .plain),
                ], indent: 2, hanging: 4)
            let place = demand.rule.place
            text.paragraph(
                [(VisibleText.line(demand.why) + " · \(place.file):\(place.line)", .dim)], indent: 4,
                hanging: 4)
        }
        text.blank()
        let asked = rules == 1 ? "1 rule" : "\(Numbers.grouped(rules)) rules"
        let words =
            rules == 0
            ? "the policy has no rules of growth"
            : demands.isEmpty
                ? "nothing is due, by \(asked)"
                : "\(demands.count) due, by \(asked)"
        text.paragraph([(words, demands.isEmpty ? .good : .unsure)], indent: 0)
        return text.output
    }
}
