import Domain
import Statistics

/// The table of gates: what is asked, what came out, drawn and in numbers.
struct HTMLGates {
    static let room = 44_000
    static let memberRoom = 18_000
    static let memberLimit = 32
    let result: RunResult
    let notes: MethodNotes
    private var currency: String? { result.manifest.currency }

    init(_ result: RunResult, _ notes: MethodNotes) {
        self.result = result
        self.notes = notes
    }

    func write(_ html: inout HTMLBuilder) {
        let gates = ReportWords.byUrgency(result.gates)
        let coverage = ReportWords.coverage(ReportWords.confidence(of: result))
        var parts: [String] = []
        for outcome in [GateResult.Outcome.fails, .unsure, .notJudged, .passes] {
            let count = gates.filter { $0.outcome == outcome }.count
            if count > 0 { parts.append("\(count) \(words(outcome, count))") }
        }
        // Members first, so that a row leads only to what stands on the page.
        var members = HTMLBuilder()
        var listed = 0
        for (index, gate) in gates.enumerated() {
            guard members.bytes.count < Self.memberRoom else { break }
            listed = index + 1
            if !gate.members.isEmpty { self.members(gate, index, &members) }
        }
        html.section(
            "gates", "Gates",
            ReportWords.list(parts) + ". Hatched: what the rule does not allow. Each row has its own scale."
        ) { html in
            var shown = 0
            html.table("gates", caption: "Every gate with its numbers") { html in
                html.headings([
                    "outcome", "rule", "#baseline", "#candidate", "#Δ or value",
                    "\(coverage) interval, dashed: limit",
                    "#n", "why",
                ])
                html.element("tbody") { html in
                    let start = html.bytes.count
                    for gate in gates where html.bytes.count - start < Self.room {
                        row(gate, shown, isListed: shown < listed, &html)
                        shown += 1
                    }
                }
            }
            html.left(gates.count - shown, "gate, no worse than these,", "gates, none worse than these,")
            html.element("p", .class("key")) { html in
                html.raw("<span class=\"m\">●</span> estimate <span class=\"m\">○</span> baseline")
                html.text(" ├─┤ \(coverage) interval, that is two one-sided bounds at ")
                html.text(ReportWords.oneSided(ReportWords.confidence(of: result)))
                html.text(". Small figures lead to the method.")
            }
            html.append(members)
        }
    }

    private func words(_ outcome: GateResult.Outcome, _ count: Int) -> String {
        switch outcome {
        case .fails: count == 1 ? "fails" : "fail"
        case .unsure: "undecided"
        case .notJudged: "not judged"
        case .passes: count == 1 ? "holds" : "hold"
        }
    }

    private func row(_ gate: GateResult, _ index: Int, isListed: Bool, _ html: inout HTMLBuilder) {
        let decision = Decision(gate, currency: currency)
        let own = Figure(
            unit: gate.unit, currency: currency,
            numbers: [
                gate.baseline?.value, gate.candidate?.value, decision.kind == .value ? gate.bound : nil,
            ])
        html.element("tr") { html in
            html.element("td") { html in html.outcome(of: gate) }
            html.element("th", .fixed("scope", "row")) { html in
                html.element("code") { html in html.cutText(VisibleText.line(gate.rule.text), to: 300) }
                origin(gate, &html)
            }
            html.number(gate.baseline.map { own.value($0.value) })
            html.number(gate.candidate.map { own.value($0.value) })
            html.element("td", .class("n")) { html in
                html.element("b", text: decision.value ?? "–")
            }
            html.element("td", .class("chart")) { html in
                if let chart = IntervalChart(gate, currency: currency) {
                    chart.write(&html)
                    html.element("span", .class("ends"), text: decision.interval ?? "no interval")
                } else if !gate.members.isEmpty, isListed {
                    html.element("a", .to("members-\(index)"), text: ReportWords.members(gate))
                } else {
                    let words = gate.unit == "text" ? "a text, not a number" : "no number"
                    html.element(
                        "span", .class("none"), text: gate.members.isEmpty ? words : ReportWords.members(gate)
                    )
                }
            }
            html.element("td", .class("n")) { html in
                html.text(Figure.count(gate.n))
                html.references(notes.references(MethodNotes.methods(gate)))
            }
            html.element("td", .class("why")) { html in
                html.cutText(ReportWords.why(gate, currency: currency), to: 400)
                if let p = gate.adjustedP ?? gate.p {
                    html.element(
                        "small",
                        text: (gate.adjustedP == nil ? "p " : "p after Holm ") + ReportWords.probability(p))
                }
            }
        }
    }

    private func origin(_ gate: GateResult, _ html: inout HTMLBuilder) {
        var parts: [String] = []
        if !gate.rule.askedBy.isEmpty {
            parts.append("asked by " + ReportWords.list(gate.rule.askedBy.map(\.rawValue)))
        }
        if let people = TrustWords.people(gate.rule) { parts.append(people) }
        if gate.rule.place.line > 0 { parts.append(ReportWords.place(gate.rule.place)) }
        if !parts.isEmpty {
            html.element("small", text: VisibleText.excerpt(parts.joined(separator: " · "), to: 160))
        }
        if let why = gate.rule.why {
            html.element("small", .fixed("dir", "auto"), text: VisibleText.excerpt(why, to: 200))
        }
    }

    private func members(_ gate: GateResult, _ index: Int, _ html: inout HTMLBuilder) {
        let coverage = ReportWords.coverage(ReportWords.confidence(of: result))
        let telling = gate.members.contains { $0.outcome == .fails || $0.outcome == .unsure }
        let figure = Figure(
            unit: gate.unit, currency: currency,
            numbers: gate.members.flatMap { [$0.baseline, $0.candidate] })
        var attributes: [HTMLBuilder.Attribute] = [.id("members-\(index)")]
        if gate.outcome == .fails { attributes.append(.fixed("open", "open")) }
        html.group("details", attributes) { html in
            html.element("summary") { html in
                html.element("code", text: VisibleText.excerpt(gate.rule.text, to: 200))
                html.text(" " + ReportWords.members(gate) + (telling ? ", worst first" : ""))
            }
            html.table("plain", caption: "Members of this gate") { html in
                html.headings([
                    "outcome", "member", "#baseline", "#candidate", "#Δ", "#\(coverage) interval of Δ",
                    "#p after Holm", "#n",
                ])
                html.element("tbody") { html in
                    for member in gate.members.prefix(Self.memberLimit) { self.member(member, figure, &html) }
                }
            }
            html.left(gate.members.count - Self.memberLimit, "member", "members")
        }
    }

    private func member(_ member: GateResult.Member, _ figure: Figure, _ html: inout HTMLBuilder) {
        var difference: String?
        if let baseline = member.baseline, let candidate = member.candidate {
            difference = figure.signed(candidate - baseline)
        }
        html.element("tr") { html in
            html.element("td") { html in html.outcome(member.outcome) }
            html.element("th", .fixed("scope", "row"), text: VisibleText.excerpt(member.name, to: 80))
            html.number(member.baseline.map(figure.value))
            html.number(member.candidate.map(figure.value))
            html.number(difference)
            html.number(member.difference.map { figure.interval($0, signed: true) }, else: "no interval")
            html.number(member.adjustedP.map(ReportWords.probability))
            html.element("td", .class("n")) { html in
                html.text(Figure.count(member.n))
                html.references(notes.references(MethodNotes.methods(member)))
            }
        }
    }
}
