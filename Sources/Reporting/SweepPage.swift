import Domain
import Statistics
import Sweeping
import Text

/// A sweep as one file, with the variants drawn on its axes: no script, no request, nothing outside itself.
public enum SweepPage {
    private static let shownVariants = 60
    private static let shownMetrics = 60

    /// The same bytes for the same report. UTF-8; also well-formed XML.
    public static func render(_ report: SweepReport) -> String {
        let words = SweepWords(report)
        var html = HTMLBuilder()
        html.raw("<!DOCTYPE html>\n")
        html.element("html", .fixed("lang", "en")) { html in
            html.element("head") { html in
                HTMLReport.head("sweep · \(VisibleText.excerpt(report.facts.project, to: 60))", &html) {
                    html in
                    html.raw(DoctorStyle.sheet)
                    html.raw(sheet)
                }
            }
            html.raw("\n")
            html.element("body") { html in
                html.raw(HTMLStyle.patterns)
                head(report, words, &html)
                html.element("main", .id("main")) { html in
                    findings(report, words, &html)
                    frontier(report, words, &html)
                    claims(report, words, &html)
                    others(report, words, &html)
                    variants(report, words, &html)
                    parameters(report, words, &html)
                    methods(report, words, &html)
                }
                html.element("footer") { html in
                    html.text("sluice \(VisibleText.excerpt(report.facts.sluiceVersion, to: 40)) sweep ")
                    html.text(
                        VisibleText.excerpt(report.facts.sweep, to: 60) + " · seed \(report.facts.seed)")
                }
            }
        }
        html.raw("\n")
        return html.string
    }

    private static let sheet: StaticString = """
        .frontier .step{stroke:var(--good);stroke-width:1.4;stroke-dasharray:5 4;opacity:.8}
        .frontier .eg,.frontier .eu,.frontier .eb{stroke-width:1.2;opacity:.55}
        .frontier .cross{stroke:var(--bad);stroke-width:2.2}
        .frontier .hollow{fill:var(--page);stroke:var(--unsure);stroke-width:2}
        .frontier .ring{fill:none;stroke:var(--ink);stroke-width:1.2;stroke-dasharray:2 2}
        .frontier .tie{stroke:var(--soft);stroke-width:.8}
        .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(520px,100%),1fr));gap:24px}
        .own th,.own td{font-style:italic}
        .sw td,.sw tbody th{padding:6px 10px}
        .sw tbody th{min-width:110px}
        .metrics.sw caption::first-letter{text-transform:none}
        """

    private static func head(_ report: SweepReport, _ words: SweepWords, _ html: inout HTMLBuilder) {
        let facts = report.facts
        html.element("header") { html in
            html.element("h1", text: "Sweep: " + VisibleText.excerpt(facts.project, to: 80))
            if !facts.title.isEmpty {
                html.element("p", .class("headline"), text: VisibleText.excerpt(facts.title, to: 200))
            }
            html.element("p", .class("meta"), text: words.facts.joined(separator: " · "))
            var parts = ["sweep " + VisibleText.excerpt(facts.sweep, to: 60)]
            if !facts.startedAt.isEmpty { parts.append(VisibleText.excerpt(facts.startedAt, to: 40)) }
            parts.append("policy " + ReportWords.digest(facts.policyDigest))
            html.element("p", .class("meta"), text: parts.joined(separator: " · "))
        }
    }

    private static func findings(_ report: SweepReport, _ words: SweepWords, _ html: inout HTMLBuilder) {
        guard !report.findings.isEmpty else { return }
        html.section("findings", "What to know") { html in
            html.element("ul", .class("found")) { html in
                for finding in report.findings.prefix(60) {
                    html.element("li") { html in
                        let mark = words.mark(finding)
                        switch finding.gravity {
                        case .bad: html.element("b", .class("fail"), text: mark)
                        case .doubtful: html.element("b", .class("unsure"), text: mark)
                        case .note: html.element("b", .class("none"), text: mark)
                        }
                        html.text(" " + VisibleText.excerpt(finding.text, to: 600))
                    }
                }
            }
            html.left(report.findings.count - 60, "finding", "findings")
        }
    }

    // MARK: Frontier

    private static func frontier(_ report: SweepReport, _ words: SweepWords, _ html: inout HTMLBuilder) {
        let axes = report.axes
        guard let first = axes.first else { return }
        let lead =
            "A variant is dominated where another one is at least as good on every axis and better on one; surely, where "
            + "the paired differences prove it (one-sided bounds, the error of \(Numbers.percent(report.alpha, 0)) shared by "
            + "all ordered pairs)."
        html.section("frontier", "Frontier", lead) { html in
            html.element("div", .class("plots")) { html in
                for axis in axes.dropFirst().prefix(4) { plot(first, axis, report, words, &html) }
            }
            let key = [
                "● on the frontier", "○ dominated by the estimates", "✕ surely dominated",
                "dashed ring: the reference",
                "bars: \(words.coverage(report.coverage)) intervals of each value",
                "steps: what no variant beats on these two axes",
            ]
            html.element("p", .class("key"), text: key.joined(separator: " · "))
            html.table("plain sw", caption: "Every variant on the axes") { html in
                html.headings(["", "variant"] + axes.map { "#" + words.heading($0) } + ["standing"])
                html.element("tbody") { html in
                    for row in report.variants.prefix(shownVariants) {
                        standing(row, axes, report, words, &html)
                    }
                }
            }
            html.left(report.variants.count - shownVariants, "variant", "variants")
        }
    }

    private static func plot(
        _ up: Int, _ across: Int, _ report: SweepReport, _ words: SweepWords, _ html: inout HTMLBuilder
    ) {
        let points: [FrontierPlot.Point] = report.variants.prefix(shownVariants).compactMap { row in
            guard row.isMeasured, let y = row.cells[up].estimate, let x = row.cells[across].estimate else {
                return nil
            }
            let look: FrontierPlot.Point.Look =
                row.standing.dominatedBy.isEmpty
                ? .frontier : row.standing.surelyDominatedBy.isEmpty ? .dominated : .surely
            return FrontierPlot.Point(
                name: VisibleText.excerpt(row.variant.name, to: 40), look: look, isReference: row.isReference,
                x: x.value, y: y.value, xInterval: x.interval, yInterval: y.interval)
        }
        guard !points.isEmpty else { return }
        func axis(_ metric: Int) -> FrontierPlot.Axis {
            FrontierPlot.Axis(
                name: VisibleText.excerpt(report.metrics[metric].name, to: 50), figure: words.values[metric],
                lowerIsBetter: report.metrics[metric].direction == "lower")
        }
        html.element("figure") { html in
            FrontierPlot(points: points, across: axis(across), up: axis(up)).write(&html)
        }
    }

    private static func standing(
        _ row: SweepReport.Row, _ axes: [Int], _ report: SweepReport, _ words: SweepWords,
        _ html: inout HTMLBuilder
    ) {
        let content = { (html: inout HTMLBuilder) in
            html.element("td") { html in
                let mark = words.standingMark(row)
                switch (row.isMeasured, row.standing.isOnFrontier, row.standing.surelyDominatedBy.isEmpty) {
                case (false, _, _), (true, false?, false): html.element("b", .class("fail"), text: mark)
                case (true, true?, _): html.element("b", .class("pass"), text: mark)
                case (true, false?, true): html.element("b", .class("unsure"), text: mark)
                case (true, nil, _): html.element("b", .class("none"), text: mark)
                }
            }
            name(row, &html)
            for axis in axes {
                html.element("td", .class("n")) { html in
                    html.text(words.estimate(row, axis))
                    proven(report.claim(row, axis), words, &html)
                }
            }
            html.element(
                "td", .class("why"), text: (row.isReference ? "reference; " : "") + words.standing(row))
        }
        if row.isReference {
            html.element("tr", .class("own"), content: content)
        } else {
            html.element("tr", content: content)
        }
    }

    private static func name(_ row: SweepReport.Row, _ html: inout HTMLBuilder) {
        html.element("th", .fixed("scope", "row")) { html in
            html.element("code", text: VisibleText.excerpt(row.variant.name, to: 80))
        }
    }

    private static func proven(
        _ claim: SweepReport.Claim, _ words: SweepWords, _ html: inout HTMLBuilder
    ) {
        switch claim {
        case .better:
            html.text(" ")
            html.element("b", .class("pass"), .title("proven better"), text: words.mark(claim))
        case .worse:
            html.text(" ")
            html.element("b", .class("fail"), .title("proven worse"), text: words.mark(claim))
        case .none: break
        }
    }

    // MARK: Metrics

    private static func claims(_ report: SweepReport, _ words: SweepWords, _ html: inout HTMLBuilder) {
        let against = VisibleText.excerpt(report.reference.variant.name, to: 60)
        html.section("claims", "Against \(against)", words.family + ".") { html in
            for metric in report.claimed { block(metric, report, words, &html) }
        }
    }

    private static func others(_ report: SweepReport, _ words: SweepWords, _ html: inout HTMLBuilder) {
        let others = report.metrics.indices.filter { !report.metrics[$0].isClaimed }
        guard !others.isEmpty else { return }
        let lead =
            "Nothing is claimed of them: each interval stands by itself, \(words.coverage(report.coverage)), and of so many "
            + "some exclude 0 by chance."
        html.section("metrics", "All other metrics", lead) { html in
            for metric in others.prefix(shownMetrics) { block(metric, report, words, &html) }
            html.left(others.count - shownMetrics, "metric", "metrics")
        }
    }

    private static func block(
        _ metric: Int, _ report: SweepReport, _ words: SweepWords, _ html: inout HTMLBuilder
    ) {
        let definition = report.metrics[metric]
        let caption =
            "\(words.heading(metric)): \(VisibleText.excerpt(definition.summary, to: 200))"
        html.table("metrics sw", caption: caption) { html in
            var headings = ["variant", "#value", "#Δ"]
            if definition.isClaimed { headings += ["#p after Holm", "#p"] }
            headings += ["#n", "#differ"]
            if definition.isClaimed { headings.append("") }
            html.headings(headings)
            html.element("tbody") { html in
                for row in report.variants.prefix(shownVariants) where row.isMeasured {
                    line(row, metric, report, words, &html)
                }
            }
        }
    }

    private static func line(
        _ row: SweepReport.Row, _ metric: Int, _ report: SweepReport, _ words: SweepWords,
        _ html: inout HTMLBuilder
    ) {
        html.element("tr") { html in
            name(row, &html)
            html.number(words.estimate(row, metric))
            html.number(words.difference(row, metric))
            let difference = row.cells[metric].difference
            if report.metrics[metric].isClaimed {
                html.number(difference?.adjustedP.map(ReportWords.probability))
                html.number(difference?.p.map(ReportWords.probability))
            }
            html.number(words.count(row, metric))
            html.number(difference?.changed.map { Figure.count($0) })
            if report.metrics[metric].isClaimed {
                html.element("td", .class("why")) { html in
                    proven(report.claim(row, metric), words, &html)
                    html.text(" " + words.claim(row, metric))
                }
            }
        }
    }

    // MARK: What was asked

    private static func variants(_ report: SweepReport, _ words: SweepWords, _ html: inout HTMLBuilder) {
        html.section("variants", "Variants") { html in
            html.table("plain sw", caption: "What was laid over the app, and what came of asking it") {
                html in
                html.headings([
                    "variant", "settings", "asked", "#answered", "#failed", "#unmeasured", "#from cache",
                    "#answers changed", "versions that changed",
                ])
                html.element("tbody") { html in
                    for row in report.variants.prefix(shownVariants) {
                        html.element("tr") { html in
                            name(row, &html)
                            html.element("td", text: words.settings(row))
                            html.element("td") {
                                $0.element("code", text: VisibleText.excerpt(row.target, to: 120))
                            }
                            let counts = row.measurement
                            html.number(counts.map { Figure.count($0.answered) })
                            html.number(counts.map { Figure.count($0.appFailures) })
                            html.number(counts.map { Figure.count($0.unmeasured) })
                            html.number(counts.map { Figure.count($0.fromCache) })
                            html.number(
                                row.changed.map { "\(Figure.count($0.answers)) of \(Figure.count($0.of))" })
                            html.element(
                                "td", .class("why"),
                                text: VisibleText.excerpt(row.versions.joined(separator: ", "), to: 200))
                        }
                    }
                }
            }
        }
    }

    private static func parameters(_ report: SweepReport, _ words: SweepWords, _ html: inout HTMLBuilder) {
        guard !report.parameters.isEmpty else { return }
        html.section("parameters", "Parameters") { html in
            html.table("plain sw", caption: "Where each parameter lies, and whether it did anything") {
                html in
                html.headings(["parameter", "laid over", "values", "effect"])
                html.element("tbody") { html in
                    for parameter in report.parameters.prefix(60) {
                        html.element("tr") { html in
                            html.element("th", .fixed("scope", "row")) {
                                $0.element("code", text: VisibleText.excerpt(parameter.name, to: 60))
                            }
                            html.element("td") {
                                $0.element("code", text: VisibleText.excerpt(parameter.place, to: 80))
                            }
                            let values = parameter.values.map { VisibleText.excerpt($0, to: 60) }
                            html.element(
                                "td", text: VisibleText.excerpt(values.joined(separator: ", "), to: 300))
                            html.element("td", text: words.effect(parameter))
                        }
                    }
                }
            }
        }
    }

    private static func methods(_ report: SweepReport, _ words: SweepWords, _ html: inout HTMLBuilder) {
        var methods: [String] = []
        func add(_ method: String) {
            if !method.isEmpty, !methods.contains(method), methods.count < 40 { methods.append(method) }
        }
        for row in report.variants {
            for cell in row.cells {
                if let interval = cell.difference?.interval {
                    add("Δ: \(interval.method), \(words.coverage(interval.confidence))")
                }
                add(cell.difference?.test ?? "")
            }
        }
        html.section("methods", "Methods") { html in
            html.element("ul", .class("notes")) { html in
                html.element(
                    "li",
                    text:
                        "Every variant was asked the same examples, one example after the other, in an order that moves on "
                        + "by one; differences are paired by example, and repeats of an example count once.")
                html.element("li", text: words.family + ".")
                for method in methods { html.element("li", text: VisibleText.excerpt(method, to: 200)) }
            }
        }
    }
}
