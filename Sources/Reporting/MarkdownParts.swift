import Domain
import Statistics

/// The parts of the comment, each written whole or left off.
struct MarkdownParts {
    let result: RunResult
    private var currency: String? { result.manifest.currency }

    private let notes: MethodNotes
    /// The slices that are shown, the worst first.
    private let slices: [SliceResult]

    init(_ result: RunResult) {
        self.result = result
        slices = Array(SliceChoice.ranked(result).prefix(Self.shownSlices))
        notes = MethodNotes(
            gates: ReportWords.byUrgency(result.gates), members: result.gates.flatMap(Self.shownMembers),
            metrics: Array(result.metrics.prefix(Self.shownMetrics)), slices: slices)
    }

    private static let shownSlices = 20
    private static let shownMetrics = 60

    private static func shownMembers(_ gate: GateResult) -> [GateResult.Member] {
        Array(gate.members.filter { $0.outcome == .fails || $0.outcome == .unsure }.prefix(20))
    }

    private static func sign(_ verdict: Verdict) -> StaticString {
        switch verdict {
        case .ship: "✅"
        case .block: "❌"
        case .cannotTell: "❔"
        case .couldNotMeasure: "⚠️"
        }
    }

    private static func sign(_ outcome: GateResult.Outcome) -> StaticString {
        switch outcome {
        case .passes: "✅"
        case .fails: "❌"
        case .unsure: "❔"
        case .notJudged: "➖"
        }
    }

    func head(_ out: inout HTMLBuilder) {
        let manifest = result.manifest
        out.element("h3") { out in
            out.raw(Self.sign(result.verdict))
            out.text(" " + result.verdict.rawValue + " ")
            out.element("code", text: VisibleText.excerpt(manifest.project, to: 80))
            if !manifest.title.isEmpty {
                out.text(" ")
                out.prose(manifest.title, to: 200)
            }
        }
        out.raw("\n")
        out.element("p") { out in
            out.prose(result.headline, to: 600)
            if let place = result.whereItBroke {
                out.raw("<br/><b>Where it broke:</b> ")
                out.prose(place, to: 300)
            }
        }
        out.raw("\n")
    }

    func gates(_ out: inout HTMLBuilder, room: Int) {
        let gates = ReportWords.byUrgency(result.gates)
        guard !gates.isEmpty else { return }
        out.raw("<table>\n<thead><tr><th></th><th>gate</th><th align=\"right\">baseline</th>")
        out.raw("<th align=\"right\">candidate</th>")
        out.element("th", .fixed("align", "right"), text: "Δ or value [\(coverage)]")
        out.raw("<th align=\"right\">n</th><th>method</th><th>why</th></tr></thead>\n<tbody>\n")
        var shown = 0
        for gate in gates where out.bytes.count < room {
            row(gate, &out)
            shown += 1
        }
        out.raw("</tbody></table>\n")
        if shown < gates.count {
            out.element(
                "p",
                text:
                    "\(ReportWords.count(gates.count - shown, "more gate", "more gates")), none worse than these: see the HTML report."
            )
            out.raw("\n")
        }
    }

    private func row(_ gate: GateResult, _ out: inout HTMLBuilder) {
        let decision = Decision(gate, currency: currency)
        let own = Figure(
            unit: gate.unit, currency: currency,
            numbers: [
                gate.baseline?.value, gate.candidate?.value, decision.kind == .value ? gate.bound : nil,
            ])
        out.element("tr") { out in
            out.element("td") { $0.raw(gate.waiver == nil ? Self.sign(gate.outcome) : "⚠️") }
            out.element("td") { $0.element("code", text: VisibleText.excerpt(gate.rule.text, to: 200)) }
            out.number(gate.baseline.map { own.value($0.value) })
            out.number(gate.candidate.map { own.value($0.value) })
            var decided = decision.value
            if let interval = decision.interval { decided = (decided ?? "") + " " + interval }
            if !gate.members.isEmpty { decided = ReportWords.members(gate) }
            out.number(decided)
            out.number(Figure.count(gate.n))
            out.element("td", text: references(MethodNotes.methods(gate)))
            out.element("td") { $0.prose(ReportWords.why(gate, currency: currency), to: 240) }
        }
        out.raw("\n")
    }

    func findings(_ out: inout HTMLBuilder) {
        out.raw("<ul>\n")
        for slice in SliceChoice.worst(result, limit: 3) { worst(slice, &out) }
        if result.manifest.baseline != nil {
            let movement = result.movement
            item(&out) { out in
                out.text("\(Figure.count(movement.newlyFailingCount)) newly failing, ")
                out.text(ReportWords.movement(movement))
            }
        }
        let counts = result.measurement
        item(&out) { out in
            out.text("\(Figure.count(counts.answered)) of \(Figure.count(counts.planned)) answered, ")
            out.text("\(ReportWords.count(counts.appFailures, "app failure", "app failures")), ")
            out.text("\(Figure.count(counts.unmeasured)) unmeasured, ")
            out.text(ReportWords.count(counts.metricFailures, "metric failure", "metric failures"))
        }
        for use in result.models {
            item(&out) { out in
                out.raw("<b>Models:</b> ")
                out.prose(ModelWords.line(use), to: 300)
            }
        }
        if let words = ReportWords.cache(result) {
            item(&out) { out in
                out.raw("<b>Cache:</b> ")
                out.text(words)
            }
        }
        if !result.changes.isEmpty {
            item(&out) { out in
                out.raw("<b>What changed:</b> ")
                for (index, change) in result.changes.prefix(8).enumerated() {
                    if index > 0 { out.text(", ") }
                    out.prose(change, to: 120)
                }
                if result.changes.count > 8 { out.text(", and \(result.changes.count - 8) more") }
            }
        }
        for reservation in result.reservations.prefix(10) {
            item(&out) { out in
                out.raw("<b>Still open:</b> ")
                out.element("code", text: VisibleText.excerpt(reservation.gate, to: 160))
                out.text(" ")
                out.prose(reservation.why + "; to be settled by " + reservation.settledBy, to: 240)
            }
        }
        for gate in result.gates.filter({ $0.outcome == .fails || $0.outcome == .unsure }).prefix(10) {
            guard let people = TrustWords.people(gate.rule) else { continue }
            item(&out) { out in
                out.raw("<b>Who to ask:</b> ")
                out.element("code", text: VisibleText.excerpt(gate.rule.text, to: 160))
                out.text(" ")
                out.prose(people, to: 200)
            }
        }
        for warning in result.warnings.prefix(10) {
            item(&out) { out in
                out.raw("<b>Note:</b> ")
                out.prose(warning, to: 300)
            }
        }
        out.raw("</ul>\n")
    }

    private func item(_ out: inout HTMLBuilder, content: (inout HTMLBuilder) -> Void) {
        out.element("li", content: content)
        out.raw("\n")
    }

    private func worst(_ slice: SliceResult, _ out: inout HTMLBuilder) {
        let unit = result.metrics.first { $0.name == slice.metric }?.unit ?? "ratio"
        let figure = Figure(unit: unit, currency: currency, numbers: [slice.baseline, slice.candidate])
        item(&out) { out in
            out.raw("<b>Worst slice:</b> ")
            out.element("code", text: VisibleText.excerpt("\(slice.slice) = \(slice.value)", to: 100))
            out.text(" ")
            out.element("code", text: VisibleText.excerpt(slice.metric, to: 60))
            var words = " " + (slice.baseline.map(figure.bare) ?? "–")
            words += " → " + (slice.candidate.map(figure.value) ?? "–")
            guard let interval = slice.difference else {
                return out.text(words + " (n \(Figure.count(slice.n)))")
            }
            words += ", Δ " + figure.interval(interval, signed: true)
            out.text(words + " (\(ReportWords.facts(interval, n: slice.n)))")
        }
    }

    /// What is folded away, most telling first.
    func sections() -> [HTMLBuilder] {
        var out: [HTMLBuilder] = []
        for gate in result.gates
        where gate.members.contains(where: { $0.outcome == .fails || $0.outcome == .unsure }) {
            out.append(members(gate))
        }
        if !slices.isEmpty { out.append(sliceTable()) }
        for example in result.shown.prefix(12) { out.append(self.example(example)) }
        if !result.metrics.isEmpty { out.append(metrics()) }
        if !notes.methods.isEmpty { out.append(methods()) }
        if !result.measurement.causes.isEmpty { out.append(causes()) }
        return out
    }

    private func details(_ summary: String, code: String, content: (inout HTMLBuilder) -> Void) -> HTMLBuilder
    {
        var out = HTMLBuilder(for: .markdown)
        out.element("details") { out in
            out.element("summary") { out in
                out.text(code.isEmpty ? summary : summary + " ")
                if !code.isEmpty { out.element("code", text: code) }
            }
            out.raw("\n")
            content(&out)
        }
        out.raw("\n")
        return out
    }

    private func members(_ gate: GateResult) -> HTMLBuilder {
        let figure = Figure(
            unit: gate.unit, currency: currency,
            numbers: gate.members.flatMap { [$0.baseline, $0.candidate] })
        return details("Members that fail or are open:", code: VisibleText.excerpt(gate.rule.text, to: 160)) {
            out in
            out.raw("<table><thead><tr><th></th><th>member</th><th align=\"right\">baseline</th>")
            out.raw("<th align=\"right\">candidate</th>")
            out.element("th", .fixed("align", "right"), text: "Δ [\(coverage)]")
            out.raw("<th align=\"right\">p after Holm</th><th align=\"right\">n</th>")
            out.raw("<th>method</th></tr></thead><tbody>\n")
            for member in Self.shownMembers(gate) {
                out.element("tr") { out in
                    out.element("td") { $0.raw(Self.sign(member.outcome)) }
                    out.element("td") { $0.element("code", text: VisibleText.excerpt(member.name, to: 80)) }
                    out.number(member.baseline.map(figure.bare))
                    out.number(member.candidate.map(figure.value))
                    out.number(member.difference.map { figure.interval($0, signed: true) })
                    out.number(member.adjustedP.map(ReportWords.probability))
                    out.number(Figure.count(member.n))
                    let method = MethodNotes.methods(member)
                    out.element("td", text: references(method))
                }
                out.raw("\n")
            }
            out.raw("</tbody></table>\n")
        }
    }

    private func example(_ example: ShownExample) -> HTMLBuilder {
        let movement = VisibleText.excerpt(example.movement, to: 40)
        let known = ["newly failing", "newly passing"].contains(movement) ? movement : "example"
        return details(known + ":", code: VisibleText.excerpt("\(example.id) \(example.query)", to: 160)) {
            out in
            if !example.expected.isEmpty {
                out.raw("<p>expected</p><pre>")
                out.text(
                    example.expected.prefix(8).map { VisibleText.excerpt($0, to: 300) }.joined(
                        separator: "\n"))
                out.raw("</pre>\n")
            }
            side("baseline", example.baseline, &out)
            side("candidate", example.candidate, &out)
        }
    }

    private func side(_ name: String, _ side: ShownExample.Side?, _ out: inout HTMLBuilder) {
        guard let side else { return }
        var lines: [String] = []
        if let failure = side.failure { lines.append("failed: " + VisibleText.excerpt(failure, to: 300)) }
        if let text = side.text {
            let (head, left) = VisibleText.cut(text, to: 1_000)
            lines.append(
                VisibleText.lines(head) + (left > 0 ? " … \(Figure.count(left)) characters not shown" : ""))
        }
        if let intent = side.intent { lines.append("intent: " + VisibleText.excerpt(intent, to: 100)) }
        if let documents = side.documents {
            let names = documents.prefix(6).map { VisibleText.excerpt($0.id, to: 60) }
            lines.append("documents: " + (names.isEmpty ? "none" : names.joined(separator: ", ")))
        }
        if let guardrail = side.guardrail {
            lines.append("guardrail: " + VisibleText.excerpt(guardrail, to: 100))
        }
        out.element("p", text: name)
        out.element("pre", text: lines.isEmpty ? "no answer" : lines.joined(separator: "\n"))
        out.raw("\n")
    }

    private func metrics() -> HTMLBuilder {
        details("All metrics", code: "") { out in
            out.raw("<table><thead><tr><th>metric</th><th align=\"right\">baseline</th>")
            out.raw("<th align=\"right\">candidate</th>")
            out.element("th", .fixed("align", "right"), text: "Δ [\(coverage)]")
            out.raw("<th align=\"right\">n</th><th>method</th></tr></thead><tbody>\n")
            for metric in result.metrics.prefix(Self.shownMetrics) {
                let figure = Figure(
                    unit: metric.unit, currency: currency,
                    numbers: [metric.baseline?.value, metric.candidate?.value])
                out.element("tr") { out in
                    out.element("td") { $0.element("code", text: VisibleText.excerpt(metric.name, to: 80)) }
                    out.number(metric.baseline.map { figure.value($0.value) })
                    out.number(metric.candidate.map { figure.value($0.value) })
                    let fine = figure.finer(
                        unit: metric.unit, for: metric.difference?.value, metric.difference?.interval)
                    var words = metric.difference.map { fine.signed($0.value) }
                    if let interval = metric.difference?.interval {
                        words = (words ?? "") + " " + fine.interval(interval, signed: true)
                    }
                    out.number(words)
                    out.number((metric.difference ?? metric.candidate).map { Figure.count($0.n) })
                    out.element(
                        "td", text: references(metric.difference.map { [MethodNotes.words($0)] } ?? []))
                }
                out.raw("\n")
            }
            out.raw("</tbody></table>\n")
            if result.metrics.count > Self.shownMetrics {
                out.element(
                    "p", text: "\(result.metrics.count - Self.shownMetrics) more in the HTML report")
            }
        }
    }

    /// Metrics within slices, the worst first.
    private func sliceTable() -> HTMLBuilder {
        details("Slices, the worst first", code: "") { out in
            out.raw("<table><thead><tr><th></th><th>slice</th><th>metric</th>")
            out.raw("<th align=\"right\">baseline</th><th align=\"right\">candidate</th>")
            out.element("th", .fixed("align", "right"), text: "Δ [\(coverage)]")
            out.raw("<th align=\"right\">n</th><th>method</th></tr></thead><tbody>\n")
            for slice in slices {
                let unit = result.metrics.first { $0.name == slice.metric }?.unit ?? "ratio"
                let figure = Figure(
                    unit: unit, currency: currency, numbers: [slice.baseline, slice.candidate])
                out.element("tr") { out in
                    out.element("td") { $0.raw(slice.isWaived ? "⚠️" : Self.sign(slice.outcome)) }
                    out.element("td") {
                        $0.element(
                            "code", text: VisibleText.excerpt("\(slice.slice) = \(slice.value)", to: 100))
                    }
                    out.element("td") { $0.element("code", text: VisibleText.excerpt(slice.metric, to: 60)) }
                    out.number(slice.baseline.map(figure.value))
                    out.number(slice.candidate.map(figure.value))
                    let fine = figure.finer(unit: unit, for: nil, slice.difference)
                    out.number(slice.difference.map { fine.interval($0, signed: true) })
                    out.number(Figure.count(slice.n))
                    let method = slice.difference.map { [MethodNotes.words($0)] } ?? []
                    out.element("td", text: references(method))
                }
                out.raw("\n")
            }
            out.raw("</tbody></table>\n")
            let left = SliceChoice.ranked(result).count - slices.count
            if left > 0 {
                out.element("p", text: ReportWords.count(left, "more is", "more are") + " in the HTML report")
            }
        }
    }

    private var coverage: String { ReportWords.coverage(ReportWords.confidence(of: result)) }

    /// Numbers of the list of methods.
    private func references(_ methods: [String]) -> String {
        notes.references(methods).filter { $0 <= Self.listedMethods }.map { String($0) }.joined(
            separator: ", ")
    }

    private static let listedMethods = 40

    /// The methods behind the numbers, as the columns name them.
    private func methods() -> HTMLBuilder {
        details("Methods", code: "") { out in
            out.raw("<ol>\n")
            for method in notes.methods.prefix(Self.listedMethods) {
                item(&out) { $0.text(VisibleText.excerpt(method, to: 200)) }
            }
            out.raw("</ol>\n")
        }
    }

    private func causes() -> HTMLBuilder {
        details("Failures by cause", code: "") { out in
            out.raw("<ul>\n")
            for cause in result.measurement.causes.prefix(20) {
                item(&out) { out in
                    out.text("\(cause.arm.rawValue): \(Figure.count(cause.count)) × ")
                    out.element("code", text: VisibleText.excerpt(cause.cause, to: 60))
                    out.text(" ")
                    out.prose(cause.detail, to: 200)
                }
            }
            out.raw("</ul>\n")
        }
    }

    func foot(_ report: String?) -> HTMLBuilder {
        let manifest = result.manifest
        var out = HTMLBuilder(for: .markdown)
        out.element("p") { out in
            out.element("sub") { out in
                out.text("run ")
                out.element("code", text: VisibleText.excerpt(manifest.runID, to: 60))
                out.text(" · \(ReportWords.count(manifest.dataset.count, "example", "examples")), data set ")
                out.element("code", text: ReportWords.digest(manifest.dataset.digest))
                if let tag = manifest.dataset.frozen {
                    out.text(" frozen as " + VisibleText.excerpt(tag, to: 60))
                }
                out.text(" · policy ")
                out.element("code", text: ReportWords.digest(manifest.policyDigest))
                out.text(" · " + ReportWords.duration(manifest.durationSeconds))
                if let cost = ReportWords.cost(manifest) { out.text(", " + cost) }
                out.text(" · attempt \(manifest.attempt) on this pair")
                if let report {
                    out.text(" · full report: ")
                    out.element("code", text: VisibleText.excerpt(report, to: 200))
                }
            }
        }
        out.raw("\n")
        return out
    }
}

extension HTMLBuilder {
    /// Prose that may hold a text not ours: words that a site would turn into a link, a mention or a
    /// reference stand in `code`, the rest as plain text.
    mutating func prose(_ text: String, to limit: Int) {
        let words = VisibleText.excerpt(text, to: limit).split(separator: " ")
        var held: [Substring] = []
        var isFirst = true
        for word in words {
            if !isFirst, held.isEmpty { self.text(" ") }
            isFirst = false
            if Self.isRisky(word) {
                if !held.isEmpty { held.append(word) } else { held = [word] }
            } else {
                flush(&held)
                self.text(String(word))
            }
        }
        flush(&held)
    }

    private mutating func flush(_ held: inout [Substring]) {
        guard !held.isEmpty else { return }
        element("code", text: held.joined(separator: " "))
        held = []
        text(" ")
    }

    /// Whether a site might act on the word: mentions, issue and commit references, addresses, emoji names.
    private static func isRisky(_ word: Substring) -> Bool {
        let bytes = Array(word.utf8)
        var digits = 0
        var hexRun = 0
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "@"), UInt8(ascii: "#"), UInt8(ascii: "/"), UInt8(ascii: "\\"): return true
            case UInt8(ascii: ":") where index + 1 < bytes.count: return true
            case UInt8(ascii: "-") where digitFollows(bytes, index) && letterPrecedes(bytes, index):
                return true
            default: break
            }
            let isDigit = byte >= 0x30 && byte <= 0x39
            let isHex = isDigit || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66)
            if isDigit { digits += 1 }
            hexRun = isHex ? hexRun + 1 : 0
            if hexRun >= 7 { return true }
        }
        return word.lowercased().hasPrefix("www.") || word.lowercased().contains("www.")
    }

    private static func digitFollows(_ bytes: [UInt8], _ index: Int) -> Bool {
        index + 1 < bytes.count && bytes[index + 1] >= 0x30 && bytes[index + 1] <= 0x39
    }

    private static func letterPrecedes(_ bytes: [UInt8], _ index: Int) -> Bool {
        index > 0 && (bytes[index - 1] | 0x20) >= 0x61 && (bytes[index - 1] | 0x20) <= 0x7A
    }
}
