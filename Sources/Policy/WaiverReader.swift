import Domain
import Notation
import Text

/// Reads `waivers`, each of which names a gate of the policy.
struct WaiverReader {
    let log: ProblemLog

    func read(_ node: YAMLNode?, _ policy: ReleasePolicy) -> [Waiver] {
        let gates = policy.gates + ChangeKind.allCases.flatMap { policy.gatesByChange[$0] ?? [] }
        let known = gates.map(\.text)
        var waivers: [Waiver] = []
        for element in node?.elements ?? [] {
            guard let rule = element["gate"], let written = rule.text, !written.isEmpty else { continue }
            let until = DayReader.read(element["until"], "waivers.until", log)
            let gate = Self.folded(written)
            guard known.contains(gate) else {
                // Where gates are broken themselves, what they would be called is not known.
                if !log.found.haveErrors {
                    log.report(
                        .badValue, "no gate is written \(Printable.quoted(gate))", at: .init(rule),
                        mend: nearest(gate, in: known).map { "did you mean '\($0)'?" }
                            ?? "write the rule as it stands among the gates")
                }
                continue
            }
            guard let until else { continue }
            if let first = waivers.first(where: { $0.gate == gate }) {
                log.report(
                    .redundant, "the gate is waived twice; the first waiver is on line \(first.place.line)",
                    at: .init(rule), mend: "keep one of them")
            }
            waivers.append(
                Waiver(
                    gate: gate, owner: element["owner"]?.text ?? "", why: element["why"]?.text ?? "",
                    until: until, place: log.lines.place(element.start)))
        }
        return waivers
    }

    /// As rules are kept: blanks folded into one.
    private static func folded(_ text: String) -> String {
        text.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\n" }).joined(separator: " ")
    }
}
