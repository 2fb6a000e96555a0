import Domain
import Statistics

/// Distributions before and after, drawn and as percentiles.
struct HTMLDistributions {
    static let room = 28_000
    let result: RunResult
    let notes: MethodNotes

    init(_ result: RunResult, _ notes: MethodNotes) {
        self.result = result
        self.notes = notes
    }

    func write(_ html: inout HTMLBuilder) {
        guard !result.distributions.isEmpty else { return }
        html.section("distributions", "Distributions", "Filled: candidate. Dashed line: baseline.") { html in
            var shown = 0
            html.element("div", .class("two")) { html in
                let start = html.bytes.count
                for distribution in result.distributions where html.bytes.count - start < Self.room {
                    figure(distribution, &html)
                    shown += 1
                }
            }
            html.left(result.distributions.count - shown, "distribution", "distributions")
        }
    }

    private func figure(_ distribution: DistributionResult, _ html: inout HTMLBuilder) {
        let candidate = distribution.candidate.reduce(0, +)
        let baseline = distribution.baseline?.reduce(0, +)
        html.element("figure") { html in
            html.element("figcaption") { html in
                html.element("b", text: VisibleText.excerpt(distribution.metric, to: 60))
                var words = " n \(Figure.count(candidate))"
                if let baseline { words = " n \(Figure.count(baseline)) → \(Figure.count(candidate))" }
                html.text(words)
            }
            let limits = limits(distribution.metric)
            if let drawing = Histogram(distribution, currency: result.manifest.currency, limits: limits) {
                drawing.write(&html)
            } else {
                html.element("p", .class("none"), text: "Nothing to draw: no finite values.")
            }
            if distribution.percentiles.isEmpty { return }
            // Percentiles are what latency is told by; elsewhere they are there for those who ask.
            if distribution.unit == "milliseconds" {
                percentiles(distribution, &html)
            } else {
                html.element("details") { html in
                    html.element("summary", text: "Percentiles")
                    percentiles(distribution, &html)
                }
            }
        }
    }

    /// Bounds that a gate sets on the metric or one of its percentiles.
    private func limits(_ metric: String) -> [(value: Double, words: String)] {
        var out: [(value: Double, words: String)] = []
        for gate in result.gates where gate.rule.metric.name == metric {
            guard case .compare(let comparison, let quantity, _) = gate.rule.form, let bound = gate.bound
            else { continue }
            let of = gate.rule.metric.statistic ?? "mean"
            let words = "\(of) \(comparison.sign) \(quantity.text)"
            out.append((bound, VisibleText.excerpt(words, to: 30)))
        }
        return Array(out.prefix(3))
    }

    private func percentiles(_ distribution: DistributionResult, _ html: inout HTMLBuilder) {
        let figure = Figure(
            unit: distribution.unit, currency: result.manifest.currency,
            numbers: distribution.percentiles.flatMap { [$0.baseline, $0.candidate] })
        let coverage = ReportWords.coverage(ReportWords.confidence(of: result))
        html.table("plain", caption: "Percentiles of " + VisibleText.excerpt(distribution.metric, to: 60)) {
            html in
            html.headings([
                "percentile", "#baseline", "#candidate", "#Δ", "#\(coverage) interval of the candidate",
            ])
            html.element("tbody") { html in
                for percentile in distribution.percentiles.prefix(12) {
                    var difference: String?
                    if let before = percentile.baseline, let after = percentile.candidate {
                        difference = figure.signed(after - before)
                    }
                    html.element("tr") { html in
                        html.element(
                            "th", .fixed("scope", "row"), text: VisibleText.excerpt(percentile.name, to: 20))
                        html.number(percentile.baseline.map(figure.value))
                        html.number(percentile.candidate.map(figure.value))
                        html.number(difference)
                        if let interval = percentile.interval {
                            html.element("td", .class("n")) { html in
                                html.text(figure.interval(interval, signed: false))
                                html.references(notes.references([MethodNotes.words(interval)]))
                            }
                        } else {
                            html.number(nil, else: "too few for an interval")
                        }
                    }
                }
            }
        }
    }
}
