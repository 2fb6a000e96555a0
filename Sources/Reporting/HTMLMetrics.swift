import Domain
import Statistics

/// Every metric of the run, by tier: what users get, what it takes, what it is worth.
struct HTMLMetrics {
    static let room = 32_000
    let result: RunResult
    let notes: MethodNotes

    init(_ result: RunResult, _ notes: MethodNotes) {
        self.result = result
        self.notes = notes
    }

    func write(_ html: inout HTMLBuilder) {
        guard !result.metrics.isEmpty else { return }
        let coverage = ReportWords.coverage(ReportWords.confidence(of: result))
        let known = ["quality", "efficiency", "business"]
        var tiers = known.filter { tier in result.metrics.contains { $0.tier == tier } }
        for metric in result.metrics where !tiers.contains(metric.tier) { tiers.append(metric.tier) }
        html.section("metrics", "All metrics", "Gated or not. ↑ higher is better, ↓ lower is better.") {
            html in
            let start = html.bytes.count
            var shown = 0
            for tier in tiers.prefix(6) {
                html.table("metrics", caption: VisibleText.excerpt(tier, to: 40)) { html in
                    html.headings([
                        "metric", "#baseline", "#candidate", "#\(coverage) interval", "#Δ",
                        "#\(coverage) interval of Δ", "#n",
                        "not measured",
                    ])
                    html.element("tbody") { html in
                        for metric in result.metrics where metric.tier == tier {
                            guard html.bytes.count - start < Self.room else { break }
                            row(metric, &html)
                            shown += 1
                        }
                    }
                }
            }
            html.left(result.metrics.count - shown, "metric", "metrics")
        }
    }

    private func row(_ metric: MetricResult, _ html: inout HTMLBuilder) {
        let figure = Figure(
            unit: metric.unit, currency: result.manifest.currency,
            numbers: [metric.baseline?.value, metric.candidate?.value])
        let fine = figure.finer(unit: metric.unit, for: metric.difference?.value, metric.difference?.interval)
        html.element("tr") { html in
            html.element("th", .fixed("scope", "row")) { html in
                html.element("code", text: VisibleText.excerpt(metric.name, to: 60))
                let arrow = metric.direction == "higher" ? " ↑" : metric.direction == "lower" ? " ↓" : ""
                html.text(arrow)
                html.element(
                    "small", .fixed("dir", "auto"), text: VisibleText.excerpt(metric.summary, to: 160))
            }
            html.number(metric.baseline.map { figure.value($0.value) })
            html.number(metric.candidate.map { figure.value($0.value) })
            html.number(
                metric.candidate?.interval.map { figure.interval($0, signed: false) }, else: "no interval")
            html.number(metric.difference.map { fine.signed($0.value) })
            html.number(
                metric.difference?.interval.map { fine.interval($0, signed: true) }, else: "no interval")
            html.element("td", .class("n")) { html in
                html.text((metric.difference ?? metric.candidate).map { Figure.count($0.n) } ?? "0")
                html.references(notes.references([metric.baseline, metric.candidate, metric.difference]))
            }
            html.element("td", .class("why"), text: missing(metric))
        }
    }

    private func missing(_ metric: MetricResult) -> String {
        var parts: [String] = []
        if metric.notApplicable > 0 { parts.append("\(Figure.count(metric.notApplicable)) not applicable") }
        if metric.failed > 0 { parts.append("\(Figure.count(metric.failed)) failed") }
        return parts.isEmpty ? "–" : parts.joined(separator: ", ")
    }
}
