import Domain
import Statistics

/// The app's stages in the order in which a request passes them, with the one that broke.
struct HTMLStages {
    let result: RunResult
    let notes: MethodNotes

    init(_ result: RunResult, _ notes: MethodNotes) {
        self.result = result
        self.notes = notes
    }

    func write(_ html: inout HTMLBuilder) {
        let lead =
            result.whereItBroke.map { VisibleText.excerpt($0, to: 400) }
            ?? "No stage stands out as broken."
        html.section("where", "Where it broke", lead) { html in
            html.element("ol", .class("stages")) { html in
                for stage in result.stages.prefix(12) {
                    html.element("li", stage.broke ? .class("stage hit") : .class("stage")) { html in
                        self.stage(stage, &html)
                    }
                }
            }
        }
    }

    private func stage(_ stage: StageResult, _ html: inout HTMLBuilder) {
        html.element("h3") { html in
            html.element(
                "span", .class("m"), .fixed("aria-hidden", "true"),
                text: stage.broke ? "✗ " : stage.metric == nil ? "· " : "")
            html.text(VisibleText.excerpt(stage.stage, to: 40))
        }
        if stage.broke { html.element("p", .class("broke"), text: "broke here") }
        html.element("p", .fixed("dir", "auto"), text: VisibleText.excerpt(stage.note, to: 200))
        guard let name = stage.metric else { return }
        let metric = result.metrics.first { $0.name == name }
        let figure = Figure(
            unit: metric?.unit ?? "ratio", currency: result.manifest.currency,
            numbers: [stage.baseline, stage.candidate])
        html.element("p", .class("num")) { html in
            html.element("code", text: VisibleText.excerpt(name, to: 60))
            html.text(
                " " + (stage.baseline.map(figure.bare) ?? "–") + " → "
                    + (stage.candidate.map(figure.value) ?? "–"))
            html.void("br")
            if let interval = stage.difference {
                html.text("Δ " + figure.interval(interval, signed: true))
                html.references(notes.references([MethodNotes.words(interval)]))
            } else {
                html.text("no interval")
            }
            if let metric { html.text(" n " + Figure.count(ReportWords.pairs(metric))) }
        }
    }
}
