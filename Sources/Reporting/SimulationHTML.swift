import Simulation
import Statistics
import Text

/// A simulation as one file: no script, no request, nothing outside itself.
public enum SimulationHTML {
    /// The same bytes for the same report. UTF-8; also well-formed XML.
    public static func render(_ report: SimulationReport) -> String {
        var html = HTMLBuilder()
        html.raw("<!DOCTYPE html>\n")
        html.element("html", .fixed("lang", "en")) { html in
            html.element("head") { html in
                html.raw("<meta charset=\"utf-8\"/>")
                html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
                html.raw("style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\"/>")
                html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>")
                html.raw("<meta name=\"color-scheme\" content=\"light dark\"/>")
                html.raw("<link rel=\"icon\" href=\"data:,\"/>")
                html.element("title") { $0.plainText("Simulated rollouts") }
                html.raw("<style>")
                html.raw(HTMLStyle.sheet)
                html.raw(sheet)
                html.raw("</style>")
            }
            html.raw("\n")
            html.element("body") { html in
                head(report, &html)
                html.element("main", .id("main")) { html in
                    if report.study.hasHarm { harmed(report, &html) }
                    healthy(report, &html)
                    rules(report, &html)
                    again(report, &html)
                }
                html.element("footer") { $0.text("sluice " + VisibleText.excerpt(report.version, to: 40)) }
            }
        }
        html.raw("\n")
        return html.string
    }

    private static let sheet: StaticString = """
        body>header{padding-top:28px}
        .curve{fill:none;stroke-width:2}
        .k0{stroke:var(--good);stroke-width:3}
        .k1{stroke:var(--bad);stroke-dasharray:7 3}
        .k2{stroke:var(--unsure);stroke-dasharray:2 3}
        .k3{stroke:var(--base);stroke-dasharray:10 3 2 3}
        figure{max-width:900px;margin:14px 0 4px}
        .own th,.own td{font-weight:600}
        .take{padding-left:18px;margin-top:12px;font-size:16px;max-width:80ch}
        """

    private static func head(_ report: SimulationReport, _ html: inout HTMLBuilder) {
        html.element("header") { html in
            html.element("h1", text: "Simulated rollouts")
            html.element("p", .class("what")) { html in
                html.text(report.traffic + " · " + report.stages)
            }
            for metric in report.metrics {
                html.element("p", .class("what"), text: VisibleText.excerpt(metric, to: 200))
            }
            html.element("ul", .class("take")) { html in
                for finding in report.findings {
                    html.element("li", text: VisibleText.excerpt(finding, to: 300))
                }
            }
            html.element(
                "p", .class("meta"),
                text: "\(Numbers.grouped(report.study.replications)) rollouts of each kind and rule · seed "
                    + "\(report.study.seed) · α \(SimulationWords.rate(report.alpha)) a release · shares with 95 % "
                    + "Wilson intervals")
        }
    }

    private static func figure(_ report: SimulationReport, isHealthy: Bool, _ html: inout HTMLBuilder) {
        html.element("figure") { html in
            SimulationCurves(report: report, isHealthy: isHealthy).write(&html)
            html.element(
                "figcaption", .class("key"),
                text:
                    "Share of \(Numbers.grouped(report.study.replications)) rollouts of each rule that were rolled "
                    + "back by each moment.")
        }
    }

    private static func harmed(_ report: SimulationReport, _ html: inout HTMLBuilder) {
        let lead = """
            How soon the \(report.changed.one) is rolled back, from the moment that the change begins. Times, requests \
            and users are the median and the 90 % point over all rollouts; those without a rollback count as later than \
            any, – where that is reached. Rollbacks before the change began are mistakes, in a column of their own; the \
            curve holds both.
            """
        html.section("harmed", report.changed.title, lead) { html in
            html.table("plain", caption: "Rollouts of the \(report.changed.one)") { html in
                html.headings([
                    "rule", "#rolled back", "#95 %", "#before the change", "#after, median", "#90 %",
                    "#canary requests", "#90 %",
                    "#users exposed", "#90 %", "#of them hit", "#promoted to all",
                ])
                html.element("tbody") { html in
                    for (index, result) in report.results.enumerated() {
                        row(index, result.name, &html) { html in
                            let found = result.detected
                            html.number(found.map { SimulationWords.share($0.value) })
                            html.number(found.map { SimulationWords.interval($0) })
                            html.number(result.tooEarly.map { SimulationWords.share($0.value) })
                            for level in [0.5, 0.9] {
                                html.number(SimulationWords.duration(result.detectionTime(level)))
                            }
                            for level in [0.5, 0.9] {
                                html.number(SimulationWords.count(result.requestsUntilRollback(level)))
                            }
                            for level in [0.5, 0.9] {
                                html.number(SimulationWords.count(result.usersExposed(level)))
                            }
                            html.number(SimulationWords.count(result.usersHarmed(0.5)))
                            html.number(result.missed.map { SimulationWords.share($0.value) })
                        }
                    }
                }
            }
            figure(report, isHealthy: false, &html)
        }
    }

    private static func healthy(_ report: SimulationReport, _ html: inout HTMLBuilder) {
        let lead = """
            What happens to a candidate that is as good as the baseline: every rollback here is a mistake. On hold: \
            still undecided when the patience of the plan ended.
            """
        html.section("healthy", "Without harm", lead) { html in
            html.table("plain", caption: "Rollouts of a healthy candidate") { html in
                html.headings([
                    "rule", "#rolled back by mistake", "#95 %", "#promoted", "#on hold",
                    "most frequent cause",
                ])
                html.element("tbody") { html in
                    for (index, result) in report.results.enumerated() {
                        row(index, result.name, &html) { html in
                            html.number(SimulationWords.share(result.falseAlarms.value))
                            html.number(SimulationWords.interval(result.falseAlarms))
                            html.number(
                                SimulationWords.share(result.share(ofHealthy: .promoted).value))
                            html.number(SimulationWords.share(result.share(ofHealthy: .onHold).value))
                            html.element(
                                "td", text: result.causes(healthy: true).first?.cause.rawValue ?? "")
                        }
                    }
                }
            }
            figure(report, isHealthy: true, &html)
        }
    }

    private static func row(
        _ index: Int, _ name: String, _ html: inout HTMLBuilder, content: (inout HTMLBuilder) -> Void
    ) {
        let css: HTMLBuilder.Attribute = index == 0 ? .class("own") : .class("other")
        html.element("tr", css) { html in
            html.element("th", .fixed("scope", "row"), text: name)
            content(&html)
        }
    }

    private static func rules(_ report: SimulationReport, _ html: inout HTMLBuilder) {
        html.section("rules", "The rules") { html in
            html.element("dl", .class("facts")) { html in
                for result in report.results {
                    html.element("dt", text: result.name)
                    html.element("dd", text: result.summary)
                }
            }
        }
    }

    private static func again(_ report: SimulationReport, _ html: inout HTMLBuilder) {
        html.section("again", "Do it again") { html in
            html.element("pre", text: VisibleText.excerpt(report.command, to: 1000))
        }
    }
}
