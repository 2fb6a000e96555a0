import Domain

/// The page's head: the verdict in words, the facts of the run, and what to know first.
struct HTMLHead {
    let result: RunResult

    init(_ result: RunResult) { self.result = result }

    func banner(_ html: inout HTMLBuilder) {
        let css: HTMLBuilder.Attribute =
            switch result.verdict {
            case .ship: .class("verdict pass")
            case .block: .class("verdict fail")
            case .cannotTell: .class("verdict unsure")
            case .couldNotMeasure: .class("verdict fail")
            }
        html.element("header", css) { html in
            html.element(
                "div", .class("stamp"), .fixed("aria-hidden", "true"), text: ReportWords.mark(result.verdict))
            html.element("div") { html in
                html.element("p", .class("what")) { html in
                    html.element("b", text: VisibleText.excerpt(result.manifest.project, to: 80))
                    if !result.manifest.title.isEmpty {
                        html.text(" · " + VisibleText.excerpt(result.manifest.title, to: 200))
                    }
                }
                html.element("h1", text: result.verdict.rawValue)
                html.element("p", .class("headline"), .fixed("dir", "auto")) { html in
                    html.cutText(VisibleText.line(result.headline), to: 600)
                }
                html.element("p", .class("meaning"), text: ReportWords.meaning(result))
                html.element("p", .class("meta"), text: facts)
            }
        }
    }

    private var facts: String {
        let manifest = result.manifest
        var parts: [String] = []
        let version = manifest.dataset.version.map { " " + VisibleText.excerpt($0, to: 60) } ?? ""
        parts.append("golden" + version)
        parts.append(ReportWords.count(manifest.dataset.count, "example", "examples"))
        if manifest.repeats > 1 { parts.append("\(manifest.repeats) repeats each") }
        parts.append(ReportWords.digest(manifest.dataset.digest))
        if let tag = manifest.dataset.frozen { parts.append("frozen as " + VisibleText.excerpt(tag, to: 60)) }
        parts.append("run " + VisibleText.excerpt(manifest.runID, to: 60))
        if !manifest.startedAt.isEmpty { parts.append(VisibleText.excerpt(manifest.startedAt, to: 40)) }
        parts.append(ReportWords.duration(manifest.durationSeconds))
        if let cost = ReportWords.cost(manifest) { parts.append(cost) }
        parts.append(
            manifest.attempt <= 1 ? "first attempt on this pair" : "attempt \(manifest.attempt) on this pair")
        return parts.joined(separator: " · ")
    }

    /// What a reader wants before any table.
    func cards(_ html: inout HTMLBuilder) {
        html.element("div", .class("cards")) { html in
            if let place = result.whereItBroke {
                card("Where it broke", &html) {
                    $0.element("p", .fixed("dir", "auto"), text: VisibleText.excerpt(place, to: 240))
                }
            }
            if let example = result.shown.first {
                card(example.movement == "newly failing" ? "First to read" : "An example", &html) { html in
                    html.element("p", .fixed("dir", "auto")) { html in
                        html.element(
                            "a", .to("example-" + example.id), text: VisibleText.excerpt(example.id, to: 60))
                        html.text(" " + VisibleText.excerpt(example.query, to: 120))
                    }
                }
            }
            if let slice = SliceChoice.worst(result, limit: 1).first { worst(slice, &html) }
            if result.manifest.baseline != nil { moved(&html) }
            if !result.changes.isEmpty {
                card("What changed", &html) { html in
                    html.element("ul") { html in
                        for change in result.changes.prefix(4) {
                            html.element(
                                "li", .fixed("dir", "auto"), text: VisibleText.excerpt(change, to: 120))
                        }
                        if result.changes.count > 4 {
                            html.element("li") { html in
                                html.element("a", .to("again"), text: "\(result.changes.count - 4) more")
                            }
                        }
                    }
                }
            }
            open(&html)
        }
    }

    private func card(_ heading: String, _ html: inout HTMLBuilder, content: (inout HTMLBuilder) -> Void) {
        html.element("section", .class("card")) { html in
            html.element("h2", text: heading)
            content(&html)
        }
    }

    private func worst(_ slice: SliceResult, _ html: inout HTMLBuilder) {
        let unit = result.metrics.first { $0.name == slice.metric }?.unit ?? "ratio"
        let figure = Figure(
            unit: unit, currency: result.manifest.currency, numbers: [slice.baseline, slice.candidate])
        card("Worst slice", &html) { html in
            html.element("p", .fixed("dir", "auto")) { html in
                html.element(
                    "a", .to("slices"), text: VisibleText.excerpt("\(slice.slice) = \(slice.value)", to: 80))
                html.text(" " + VisibleText.excerpt(slice.metric, to: 60) + " ")
                html.element("b", text: slice.baseline.map(figure.bare) ?? "–")
                html.text(" → ")
                html.element("b", text: slice.candidate.map(figure.value) ?? "–")
                guard let interval = slice.difference else {
                    return html.text(" (n \(Figure.count(slice.n)))")
                }
                html.text(", Δ " + figure.interval(interval, signed: true))
                html.text(" (\(ReportWords.facts(interval, n: slice.n)))")
            }
        }
    }

    private func moved(_ html: inout HTMLBuilder) {
        let movement = result.movement
        card("Examples", &html) { html in
            html.element("ul", .class("tally")) { html in
                tally(movement.newlyFailingCount, "newly failing", &html)
                tally(movement.newlyPassingCount, "newly passing", &html)
                tally(movement.movedCount, "moved within pass or fail", &html)
                tally(movement.unchangedCount, "unchanged", &html)
                if movement.notComparedCount > 0 {
                    tally(movement.notComparedCount, "not compared", &html)
                }
            }
        }
    }

    private func tally(_ count: Int, _ words: String, _ html: inout HTMLBuilder) {
        html.element("li") { html in
            html.element("b", text: Figure.count(count))
            html.text(" " + words)
        }
    }

    private func open(_ html: inout HTMLBuilder) {
        guard !result.reservations.isEmpty else { return }
        card("Still open", &html) { html in
            html.element("ul") { html in
                for reservation in result.reservations.prefix(4) {
                    html.element("li", .fixed("dir", "auto")) { html in
                        html.element("code", text: VisibleText.excerpt(reservation.gate, to: 120))
                        html.text(
                            ": " + VisibleText.excerpt(reservation.settledBy, to: 60) + " must settle it")
                    }
                }
            }
        }
    }
}
