import Domain
import Text

/// Examples side by side: what was asked and expected, what each arm answered word by word, what each
/// retrieved.
struct HTMLExamples {
    static let answerLimit = 2400
    static let documentLimit = 8
    let result: RunResult

    init(_ result: RunResult) { self.result = result }

    /// Writes as many examples as fit in so many bytes, and says how many did not.
    func write(_ html: inout HTMLBuilder, room: Int) {
        guard !result.shown.isEmpty || result.movement.newlyFailingCount > 0 else { return }
        html.section("examples", "Examples", lead) { html in
            var shown = 0
            let start = html.bytes.count
            for example in result.shown {
                var one = HTMLBuilder(for: .browser)
                self.example(example, isFirst: shown == 0, &one)
                if shown > 0, html.bytes.count - start + one.bytes.count > room { break }
                html.append(one)
                shown += 1
            }
            if shown < result.shown.count {
                html.element(
                    "p", .class("lead"),
                    text:
                        Figure.count(result.shown.count - shown)
                        + " more examples are in the JSON report: this page stays small."
                )
            }
            others(shown, &html)
        }
    }

    private var lead: String {
        let movement = result.movement
        guard result.manifest.baseline != nil else { return "What the candidate answered." }
        let counts =
            "\(Figure.count(movement.newlyFailingCount)) newly failing, "
            + "\(Figure.count(movement.newlyPassingCount)) newly passing."
        if result.shown.isEmpty { return counts }
        return counts + " Struck out: only the baseline said it. Underlined: only the candidate did."
    }

    private func others(_ shown: Int, _ html: inout HTMLBuilder) {
        let listed = Set(result.shown.prefix(shown).map(\.id))
        let rest = result.movement.newlyFailing.filter { !listed.contains($0.example) }
        guard !rest.isEmpty else { return }
        html.element("details") { html in
            html.element("summary", text: "Other examples that newly fail")
            html.table("plain", caption: "Newly failing, worst first") { html in
                html.headings(["example", "metric", "#baseline", "#candidate"])
                html.element("tbody") { html in
                    for item in rest.prefix(30) {
                        let unit = result.metrics.first { $0.name == item.metric }?.unit ?? "ratio"
                        let figure = Figure(
                            unit: unit, currency: result.manifest.currency,
                            numbers: [item.baseline, item.candidate])
                        html.element("tr") { html in
                            html.element(
                                "th", .fixed("scope", "row"), text: VisibleText.excerpt(item.example, to: 60))
                            html.element("td", text: VisibleText.excerpt(item.metric, to: 60))
                            html.number(figure.value(item.baseline))
                            html.number(figure.value(item.candidate))
                        }
                    }
                }
            }
            let known = min(30, rest.count) + listed.count
            let left = result.movement.newlyFailingCount - known
            if left > 0 {
                html.element(
                    "p", .class("lead"),
                    text: "\(Figure.count(left)) more are in the JSON report or the run's evidence.")
            }
        }
    }

    private func example(_ example: ShownExample, isFirst: Bool, _ html: inout HTMLBuilder) {
        var attributes: [HTMLBuilder.Attribute] = [.id("example-" + example.id), .class("ex")]
        if isFirst { attributes.append(.fixed("open", "open")) }
        html.group("details", attributes) { html in
            html.element("summary") { html in
                html.element("b", text: VisibleText.excerpt(example.id, to: 60))
                html.element("bdi", .class("q"), text: VisibleText.excerpt(example.query, to: 140))
                html.element("span", .class("tag"), text: VisibleText.excerpt(example.movement, to: 40))
            }
            html.element("div", .class("body")) { html in body(example, &html) }
        }
    }

    private func body(_ example: ShownExample, _ html: inout HTMLBuilder) {
        if example.query.utf8.count > 140 {
            html.element("h4", text: "Asked")
            html.element("p", .class("txt"), .fixed("dir", "auto")) { $0.cutText(example.query, to: 1200) }
        }
        if !example.expected.isEmpty {
            html.element("h4", text: "Expected")
            html.element("ul", .class("txt")) { html in
                for line in example.expected.prefix(10) {
                    html.element("li", .fixed("dir", "auto")) { $0.cutText(line, to: 600) }
                }
                if example.expected.count > 10 {
                    html.element("li", text: "\(example.expected.count - 10) more")
                }
            }
        }
        let before = example.baseline?.text.map { VisibleText.cut($0, to: Self.answerLimit) }
        let after = example.candidate?.text.map { VisibleText.cut($0, to: Self.answerLimit) }
        let runs: [DiffRun]
        if let before, let after {
            runs = wordDiff(before.head, after.head)
        } else {
            // One side has no text: nothing to compare it with.
            runs = [DiffRun(kind: .equal, text: before?.head ?? after?.head ?? "")]
        }
        html.element("div", .class("pair")) { html in
            if let side = example.baseline {
                self.side(
                    "Baseline", side, example, runs.filter { $0.kind != .insert }, cut: before?.left ?? 0,
                    &html)
            }
            if let side = example.candidate {
                self.side(
                    "Candidate", side, example, runs.filter { $0.kind != .delete }, cut: after?.left ?? 0,
                    &html)
            }
        }
        scores(example, &html)
        if example.place.line > 0 {
            html.element("p", .class("note"), text: ReportWords.place(example.place))
        }
    }

    private func side(
        _ name: String, _ side: ShownExample.Side, _ example: ShownExample, _ runs: [DiffRun], cut: Int,
        _ html: inout HTMLBuilder
    ) {
        html.element("div", .class("side")) { html in
            html.element("h4") { html in
                html.text(name)
                if let intent = side.intent {
                    html.element("span", .class("tag"), text: "intent " + VisibleText.excerpt(intent, to: 60))
                }
                if let guardrail = side.guardrail {
                    html.element(
                        "span", .class("tag"), text: "guardrail " + VisibleText.excerpt(guardrail, to: 60))
                }
            }
            html.answer(
                failure: side.failure, runs: side.text == nil ? nil : runs, cut: cut, limit: Self.answerLimit)
            documents(side, example, &html)
        }
    }

    private func documents(_ side: ShownExample.Side, _ example: ShownExample, _ html: inout HTMLBuilder) {
        guard let documents = side.documents else { return }
        let gold = Set(example.goldDocuments)
        html.element("table", .class("docs")) { html in
            html.element("caption", text: documents.isEmpty ? "Retrieved nothing" : "Retrieved, best first")
            html.element("tbody") { html in
                for (rank, document) in documents.prefix(Self.documentLimit).enumerated() {
                    let isGold = gold.contains(document.id)
                    html.element("tr", isGold ? .class("gold") : .class("doc")) { html in
                        html.element("td", .class("n"), text: String(rank + 1))
                        html.element("td") { html in
                            html.element("code", text: VisibleText.excerpt(document.id, to: 60))
                            if isGold { html.element("b", .class("star"), text: " ★ gold") }
                            if let text = document.text {
                                html.element(
                                    "small", .fixed("dir", "auto"), text: VisibleText.excerpt(text, to: 140))
                            }
                        }
                        html.number(document.score.map { Figure.fixed($0, decimals: 2) })
                    }
                }
            }
        }
        if documents.count > Self.documentLimit {
            html.element("p", .class("note"), text: "and \(documents.count - Self.documentLimit) more")
        }
        let found = Set(documents.map(\.id))
        let missing = example.goldDocuments.filter { !found.contains($0) }
        if !missing.isEmpty {
            let words = missing.prefix(6).map { VisibleText.excerpt($0, to: 60) }.joined(separator: ", ")
            html.element(
                "p", .class("missing"), text: "not retrieved: " + words + (missing.count > 6 ? " …" : ""))
        }
    }

    private func scores(_ example: ShownExample, _ html: inout HTMLBuilder) {
        guard !example.scores.isEmpty else { return }
        html.table("plain", caption: "Scores of this example") { html in
            html.headings(["metric", "#baseline", "#candidate", "note"])
            html.element("tbody") { html in
                for score in example.scores.prefix(16) {
                    let unit = result.metrics.first { $0.name == score.metric }?.unit ?? "ratio"
                    let figure = Figure(
                        unit: unit, currency: result.manifest.currency,
                        numbers: [score.baseline, score.candidate])
                    html.element("tr") { html in
                        html.element(
                            "th", .fixed("scope", "row"), text: VisibleText.excerpt(score.metric, to: 60))
                        html.number(score.baseline.map(figure.value))
                        html.number(score.candidate.map(figure.value))
                        html.element(
                            "td", .class("why"), text: VisibleText.excerpt(score.note ?? "", to: 200))
                    }
                }
            }
        }
    }
}
