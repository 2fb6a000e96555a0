import Domain
import Shadowing
import Text

/// Pairs side by side, worst first: what was asked, what each arm said word by word, which fields differ.
struct ShadowPairs {
    private static let textLimit = 2_400
    /// Pairs that stand in the open; the others lie folded behind them.
    private static let open = 10
    private let words: ShadowWords
    private var result: ShadowResult { words.report.result }

    private let noise: Set<String>

    init(_ words: ShadowWords) {
        self.words = words
        let within = words.report.result.fields.filter { $0.standing == .noise && $0.noisePairs > 0 }
        noise = Set(within.map { $0.path + "\u{0}" + $0.kind.rawValue })
    }

    /// Writes as many pairs as fit in so many bytes, and says how many did not.
    func write(_ html: inout HTMLBuilder, room: Int) {
        guard !result.pairs.isEmpty else { return }
        let lead =
            "\(Figure.count(result.differing)) of \(Figure.count(result.join.joined)) pairs differ; the worst first. "
            + "Struck out: only production said it. Underlined: only the candidate did."
        html.section("pairs", "Pairs", lead) { html in
            let start = html.bytes.count
            var shown = 0
            var folded = HTMLBuilder(for: .browser)
            for pair in result.pairs {
                var one = HTMLBuilder(for: .browser)
                write(pair, isFirst: shown == 0, &one)
                let used = html.bytes.count - start + folded.bytes.count + one.bytes.count
                if shown > 0, used > room { break }
                if shown < Self.open { html.append(one) } else { folded.append(one) }
                shown += 1
            }
            if shown > Self.open {
                html.group("details", [.class("more")]) { html in
                    html.element("summary", text: Prose.counted(shown - Self.open, "more pair"))
                    html.append(folded)
                }
            }
            let left = result.differing - shown
            if left > 0 {
                html.element(
                    "p", .class("lead"),
                    text:
                        "\(Figure.count(left)) more pairs differ; \(Figure.count(result.pairs.count)) of all are in "
                        + "the JSON report.")
            }
        }
    }

    private func write(_ pair: ShownPair, isFirst: Bool, _ html: inout HTMLBuilder) {
        var attributes: [HTMLBuilder.Attribute] = [.class("ex")]
        if isFirst { attributes.append(.fixed("open", "open")) }
        html.group("details", attributes) { html in
            html.element("summary") { html in
                html.element("b", text: VisibleText.excerpt(pair.id, to: 40))
                html.element(
                    "bdi", .class("q"),
                    text: VisibleText.excerpt(pair.query.isEmpty ? pair.route : pair.query, to: 140))
                for reason in pair.reasons.prefix(2) {
                    html.element("span", .class("tag"), text: VisibleText.excerpt(reason, to: 70))
                }
            }
            html.element("div", .class("body")) { html in body(pair, &html) }
        }
    }

    private func body(_ pair: ShownPair, _ html: inout HTMLBuilder) {
        if pair.query.utf8.count > 140 {
            html.element("h4", text: "Asked")
            html.element("p", .class("txt"), .fixed("dir", "auto")) { $0.cutText(pair.query, to: 1_200) }
        }
        html.element("ul", .class("reasons")) { html in
            for reason in pair.reasons.prefix(12) {
                html.element("li", .class("tag"), text: VisibleText.excerpt(reason, to: 120))
            }
        }
        let before = pair.production.text.map { VisibleText.cut($0, to: Self.textLimit) }
        let after = pair.candidate.text.map { VisibleText.cut($0, to: Self.textLimit) }
        let runs: [DiffRun]
        if let before, let after {
            runs = wordDiff(before.head, after.head)
        } else {
            runs = [DiffRun(kind: .equal, text: before?.head ?? after?.head ?? "")]
        }
        html.element("div", .class("pair")) { html in
            side(
                "Production", pair.production, runs.filter { $0.kind != .insert }, cut: before?.left ?? 0,
                pair,
                &html)
            side(
                "Candidate", pair.candidate, runs.filter { $0.kind != .delete }, cut: after?.left ?? 0, pair,
                &html)
        }
        changes(pair, &html)
        var meta = [pair.route] + pair.slices.map { "\($0.name) = \($0.value)" }
        if let key = pair.key { meta.append("key \(key)") }
        let shown = meta.filter { !$0.isEmpty }.prefix(8).map { VisibleText.excerpt($0, to: 60) }
        html.element("p", .class("note"), .fixed("dir", "auto"), text: shown.joined(separator: " · "))
    }

    private func side(
        _ name: String, _ side: ShownPair.Side, _ runs: [DiffRun], cut: Int, _ pair: ShownPair,
        _ html: inout HTMLBuilder
    ) {
        html.element("div", .class("side")) { html in
            html.element("h4") { html in
                html.text(name)
                var tags = side.status.map { [String($0)] } ?? []
                if let intent = side.intent { tags.append("intent " + intent) }
                if let guardrail = side.guardrail { tags.append("guardrail " + guardrail) }
                if let latency = side.latencyMilliseconds {
                    tags.append(Numbers.duration(milliseconds: latency))
                }
                for tag in tags {
                    html.element("span", .class("tag"), text: VisibleText.excerpt(tag, to: 60))
                }
            }
            html.answer(
                failure: side.failure, runs: side.text == nil ? nil : runs, cut: cut, limit: Self.textLimit)
            documents(side, pair, &html)
        }
    }

    private func documents(_ side: ShownPair.Side, _ pair: ShownPair, _ html: inout HTMLBuilder) {
        guard let documents = side.documents else { return }
        let other =
            side.documents == pair.production.documents ? pair.candidate.documents : pair.production.documents
        let shared = Set((other ?? []).map(\.id))
        html.element("table", .class("docs")) { html in
            html.element("caption", text: documents.isEmpty ? "Retrieved nothing" : "Retrieved, best first")
            html.element("tbody") { html in
                for (rank, document) in documents.prefix(8).enumerated() {
                    html.element("tr") { html in
                        html.element("td", .class("n"), text: String(rank + 1))
                        html.element("td") { html in
                            html.element("code", text: VisibleText.excerpt(document.id, to: 60))
                            if !shared.contains(document.id) {
                                html.element("b", .class("unsure"), text: " only here")
                            }
                        }
                        html.number(document.score.map { Figure.fixed($0, decimals: 2) })
                    }
                }
            }
        }
        if documents.count > 8 {
            html.element("p", .class("note"), text: "and \(documents.count - 8) more")
        }
    }

    /// Whether production varies there by itself as much.
    private func isNoise(_ change: FieldChange) -> Bool {
        noise.contains(change.path + "\u{0}" + change.kind.rawValue)
    }

    private func inOrder(_ changes: [FieldChange]) -> [FieldChange] {
        changes.filter { !isNoise($0) } + changes.filter { isNoise($0) }
    }

    private func changes(_ pair: ShownPair, _ html: inout HTMLBuilder) {
        guard !pair.changes.isEmpty else { return }
        html.table(
            "plain changes",
            caption: noise.isEmpty ? "Fields that differ" : "Fields that differ; pale: within noise"
        ) { html in
            html.headings(["place", "kind", "production", "candidate"])
            html.element("tbody") { html in
                for change in inOrder(pair.changes) {
                    let row: HTMLBuilder.Attribute = isNoise(change) ? .class("none") : .class("change")
                    html.element("tr", row) { html in
                        html.element("th", .fixed("scope", "row")) { html in
                            html.element(
                                "code",
                                text: change.path.isEmpty
                                    ? "(the whole)" : VisibleText.excerpt(change.path, to: 100))
                        }
                        html.element("td", text: change.kind.rawValue)
                        html.element(
                            "td", .fixed("dir", "auto"),
                            text: VisibleText.excerpt(change.before ?? "–", to: 80))
                        html.element(
                            "td", .fixed("dir", "auto"),
                            text: VisibleText.excerpt(change.after ?? "–", to: 80))
                    }
                }
            }
        }
        if pair.furtherChanges > 0 {
            html.element(
                "p", .class("note"), text: "and \(Prose.counted(pair.furtherChanges, "change")) more")
        }
    }
}
