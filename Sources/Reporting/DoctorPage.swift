import Doctor
import Domain
import Statistics
import Text

/// The doctor's findings as one file, with the operating curve of the verdict and of every gate: no script, no
/// request, nothing outside itself.
public enum DoctorPage {
    /// Gates whose curves are drawn; the others' numbers stand in the table.
    private static let drawn = 40

    /// The same bytes for the same findings. UTF-8; also well-formed XML.
    public static func render(_ report: DoctorReport, version: String) -> String {
        var html = HTMLBuilder()
        html.raw("<!DOCTYPE html>\n")
        html.element("html", .fixed("lang", "en")) { html in
            html.element("head") { html in
                HTMLReport.head("doctor · \(VisibleText.excerpt(report.project, to: 60))", &html) { html in
                    html.raw(DoctorStyle.sheet)
                }
            }
            html.raw("\n")
            html.element("body") { html in
                html.raw(HTMLStyle.patterns)
                head(report, &html)
                html.element("main", .id("main")) { html in
                    findings(report, &html)
                    apps(report, &html)
                    verdict(report, &html)
                    gates(report, &html)
                    curves(report, &html)
                    slices(report, &html)
                    variance(report, &html)
                    methods(report, &html)
                }
                html.element("footer") { html in
                    html.text("sluice \(VisibleText.excerpt(version, to: 40)) doctor · seed \(report.seed)")
                }
            }
        }
        html.raw("\n")
        return html.string
    }

    private static func head(_ report: DoctorReport, _ html: inout HTMLBuilder) {
        html.element("header") { html in
            html.element("h1", text: "Doctor: " + VisibleText.excerpt(report.project, to: 80))
            html.element("p", .class("lead"), text: DoctorWords.source(report))
            guard let point = report.verdict.first else { return }
            html.element("div", .class("aa")) { html in
                html.element(
                    "p", .class("lead"),
                    text: "An unchanged app, judged \(Figure.count(report.trials)) times:")
                html.element("dl", .class("tiles")) { html in
                    tile("SHIP", point.ship, &html)
                    tile("BLOCK", point.block, &html)
                    tile("CANNOT TELL", point.cannotTell, &html)
                }
            }
        }
    }

    private static func tile(_ name: String, _ share: Share, _ html: inout HTMLBuilder) {
        html.element("div", .class("tile")) { html in
            let coverage = ReportWords.coverage(share.interval.confidence)
            html.element(
                "dt", text: "\(name) \(DoctorWords.interval(share)) [\(coverage), \(share.interval.method)]")
            html.element("dd", text: DoctorWords.percent(share))
        }
    }

    private static func findings(_ report: DoctorReport, _ html: inout HTMLBuilder) {
        html.section("findings", "What to know") { html in
            guard !report.findings.isEmpty else {
                html.element("p", .class("lead"), text: "Nothing stands out.")
                return
            }
            html.element("ul", .class("found")) { html in
                for finding in report.findings.prefix(60) {
                    html.element("li") { html in
                        let mark = DoctorWords.mark(finding.gravity)
                        switch finding.gravity {
                        case .bad: html.element("b", .class("fail"), text: mark)
                        case .doubtful: html.element("b", .class("unsure"), text: mark)
                        case .note: html.element("b", .class("none"), text: mark)
                        }
                        html.text(" " + VisibleText.excerpt(finding.text, to: 600))
                    }
                }
            }
        }
    }

    private static func apps(_ report: DoctorReport, _ html: inout HTMLBuilder) {
        guard !report.apps.isEmpty else { return }
        html.section("apps", "Apps", "One example was asked of each.") { html in
            html.table("plain", caption: "The policy's apps") { html in
                html.headings(["", "arm", "address", "answer"])
                html.element("tbody") { html in
                    for check in report.apps {
                        html.element("tr") { html in
                            html.element("td") { html in
                                if check.isReached {
                                    html.element("b", .class("pass"), text: "✓")
                                } else {
                                    html.element("b", .class("fail"), text: "✗")
                                }
                            }
                            html.element("th", .fixed("scope", "row"), text: check.arm.rawValue)
                            html.element("td") {
                                $0.element("code", text: VisibleText.excerpt(check.address, to: 160))
                            }
                            html.element("td", text: DoctorWords.app(check))
                        }
                    }
                }
            }
        }
    }

    // MARK: Curves

    private static func verdict(_ report: DoctorReport, _ html: inout HTMLBuilder) {
        guard report.verdict.count > 1 else { return }
        let points = report.verdict
        func line(
            _ name: String, _ look: OperatingCurve.Line.Look, _ share: (VerdictPoint) -> Share
        )
            -> OperatingCurve.Line
        {
            OperatingCurve.Line(
                name: name, look: look,
                shares: points.map {
                    let found = share($0)
                    return (found.value, found.interval.lower, found.interval.upper)
                })
        }
        let lead =
            "How often each verdict is given when every gated metric truly loses this much: pass rates and scores by "
            + "that share of their range, times and costs of themselves, or of five times the way to their limit where "
            + "that is more. \(Figure.count(report.trials)) trials of no loss, "
            + "\(Figure.count(report.curveTrials)) of each other, \(Figure.count(report.examples)) examples in each."
        html.section("verdict", "Operating curve of the verdict", lead) { html in
            var curve = OperatingCurve(
                sizes: points.map(\.size), ticks: points.map { DoctorWords.size($0.size) },
                title: "Share of verdicts by loss", axis: "true loss (square-root scale)",
                lines: [
                    line("SHIP", .good) { $0.ship }, line("BLOCK", .bad) { $0.block },
                    line("CANNOT TELL", .unsure) { $0.cannotTell },
                ])
            curve.width = 860
            curve.height = 300
            curve.write(&html)
            if let first = DoctorWords.firstToBlock(report) { html.element("p", .class("key"), text: first) }
            key(report, &html)
        }
    }

    private static func key(_ report: DoctorReport, _ html: inout HTMLBuilder) {
        let coverage =
            report.verdict.first.map { ReportWords.coverage($0.ship.interval.confidence) } ?? "90 %"
        html.element(
            "p", .class("key"),
            text:
                "Vertical strokes: \(coverage) Wilson intervals over the trials; left edge: an unchanged app."
        )
    }

    private static func curves(_ report: DoctorReport, _ html: inout HTMLBuilder) {
        let gates = report.gates.filter { $0.curve.count > 1 }
        guard !gates.isEmpty else { return }
        html.section(
            "curves", "Operating curve of each gate",
            "How often the gate passes, fails or is unsure when its own metric truly changes so, and no other."
        ) { html in
            html.element("div", .class("two")) { html in
                for gate in gates.prefix(drawn) { figure(gate, report.currency, &html) }
            }
            html.left(gates.count - drawn, "gate", "gates")
        }
    }

    private static func figure(_ gate: GateCheck, _ currency: String?, _ html: inout HTMLBuilder) {
        let figure = DoctorWords.tickFigure(gate, currency: currency)
        func line(
            _ name: String, _ look: OperatingCurve.Line.Look, _ outcome: GateResult.Outcome
        )
            -> OperatingCurve.Line
        {
            OperatingCurve.Line(
                name: name, look: look,
                shares: gate.curve.map { point in
                    guard let share = point.shares.share(outcome) else { return (0, 0, 0) }
                    return (share.value, share.interval.lower, share.interval.upper)
                })
        }
        let ticks = gate.curve.map { point in
            point.size == 0 ? "0" : point.change.map { figure.signed($0) } ?? DoctorWords.size(point.size)
        }
        let trials = gate.curve.last?.shares.all ?? 0
        let canBeUnsure = gate.curve.contains { $0.shares.unsure > 0 }
        html.element("figure") { html in
            html.element("figcaption") { html in
                html.element("code", text: VisibleText.excerpt(gate.rule.text, to: 120))
                html.text(" n \(Figure.count(gate.n))")
            }
            var curve = OperatingCurve(
                sizes: gate.curve.map(\.size), ticks: ticks,
                title: "Outcomes of \(VisibleText.excerpt(gate.rule.text, to: 80))",
                axis: "true change of \(VisibleText.excerpt(gate.rule.metric.text, to: 40))\(figure.suffix), "
                    + "\(Figure.count(trials)) trials each",
                lines: [line("passes", .good, .passes), line("fails", .bad, .fails)]
                    + (canBeUnsure ? [line("unsure", .unsure, .unsure)] : []))
            curve.limit = marginPlace(gate).map { ($0, "margin") }
            curve.write(&html)
        }
    }

    /// At which size of loss the true change reaches the margin, between the sizes that were tried.
    private static func marginPlace(_ gate: GateCheck) -> Double? {
        guard let margin = gate.margin else { return nil }
        for (before, after) in zip(gate.curve, gate.curve.dropFirst()) {
            guard let from = before.change.map({ abs($0) }), let to = after.change.map({ abs($0) }),
                to > from,
                from <= margin, margin <= to
            else { continue }
            return before.size + (after.size - before.size) * (margin - from) / (to - from)
        }
        return nil
    }

    // MARK: Tables

    private static func gates(_ report: DoctorReport, _ html: inout HTMLBuilder) {
        let lead =
            "Of an unchanged app. Flips: how often a gate on an estimate would say otherwise by chance. Caught: the true "
            + "change that makes it fail in 80 %, by examples that fall to the worst; sluice eval's 'would have caught' "
            + "shifts what was measured instead, and is a formula."
        html.section("gates", "Gates", lead) { html in
            html.table("gates", caption: "Every gate, of an unchanged app") { html in
                html.headings([
                    "", "rule", "#passes", "#unsure", "#fails", "#flips", "#caught in 80 %", "#n", "note",
                ])
                html.element("tbody") { html in
                    for gate in report.gates.prefix(200) { row(gate, report.currency, &html) }
                }
            }
            html.left(report.gates.count - 200, "gate", "gates")
        }
    }

    private static func row(_ gate: GateCheck, _ currency: String?, _ html: inout HTMLBuilder) {
        let counts = gate.unchanged
        html.element("tr") { html in
            html.element("td") { $0.outcome(DoctorWords.standing(gate)) }
            html.element("th", .fixed("scope", "row")) { html in
                html.element("code", text: VisibleText.excerpt(gate.rule.text, to: 200))
            }
            share(counts.share(.passes), &html)
            share(counts.share(.unsure), &html)
            share(counts.share(.fails), &html)
            share(gate.flips, &html)
            html.number(DoctorWords.caught(gate, currency: currency))
            html.number(Figure.count(gate.n))
            html.element("td", .class("why"), text: DoctorWords.note(gate))
        }
    }

    private static func share(_ share: Share?, _ html: inout HTMLBuilder) {
        guard let share else { return html.number(nil) }
        let words =
            "\(Figure.count(share.count)) of \(Figure.count(share.of)), \(DoctorWords.interval(share))"
        html.element("td", .class("n"), .title(words), text: DoctorWords.percent(share))
    }

    private static func slices(_ report: DoctorReport, _ html: inout HTMLBuilder) {
        guard let blocks = report.sliceBlocks else { return }
        let lead =
            "Slices only block, and share Holm's adjustment with all other claims. A slice blocked an unchanged app in "
            + "\(DoctorWords.percent(blocks)) \(DoctorWords.interval(blocks))."
        html.section("slices", "Slices", lead) { html in
            guard !report.slices.isEmpty else { return }
            html.table("plain", caption: "Slices that blocked an unchanged app") { html in
                html.headings(["slice", "rule", "#blocks"])
                html.element("tbody") { html in
                    for slice in report.slices.prefix(20) {
                        html.element("tr") { html in
                            html.element(
                                "th", .fixed("scope", "row"), text: VisibleText.excerpt(slice.slice, to: 80))
                            html.element("td") {
                                $0.element("code", text: VisibleText.excerpt(slice.rule, to: 160))
                            }
                            share(slice.blocks, &html)
                        }
                    }
                }
            }
            html.left(report.slices.count - 20, "slice", "slices")
        }
    }

    private static func variance(_ report: DoctorReport, _ html: inout HTMLBuilder) {
        let lead =
            report.variance.isEmpty
            ? "Not applicable: no example was asked twice. Run eval with --repeat 2, or doctor --ask."
            : "The standard error of the paired difference and of the mean: now, with twice the repeats, with twice the "
                + "examples, which cost as many calls. Noise: the share of its square that endless repeats would take away."
        html.section("variance", "More examples or more repeats?", lead) { html in
            guard !report.variance.isEmpty else { return }
            html.table("plain", caption: "Errors by metric") { html in
                html.headings([
                    "metric", "#error of Δ", "#2× repeats", "#2× examples", "#error of the mean",
                    "#2× repeats",
                    "#2× examples", "#n", "what pays",
                ])
                html.element("tbody") { html in
                    for check in report.variance.prefix(60) { row(check, &html) }
                }
            }
            html.left(report.variance.count - 60, "metric", "metrics")
        }
    }

    private static func row(_ check: VarianceCheck, _ html: inout HTMLBuilder) {
        html.element("tr") { html in
            html.element("th", .fixed("scope", "row")) {
                $0.element("code", text: VisibleText.excerpt(check.metric, to: 80))
            }
            for errors in [check.difference, check.mean] {
                html.number(DoctorWords.error(errors.now))
                html.number(DoctorWords.error(errors.twiceTheRepeats))
                html.number(DoctorWords.error(errors.twiceTheExamples))
                html.number(DoctorWords.percent(errors.repeatable))
            }
            html.number(Figure.count(check.examples))
            html.element("td", .class("why"), text: DoctorWords.advice(check))
        }
    }

    private static func methods(_ report: DoctorReport, _ html: inout HTMLBuilder) {
        html.section("methods", "Methods") { html in
            html.element("ul", .class("notes")) { html in
                for method in report.methods { html.element("li", text: method) }
            }
        }
    }
}

/// What the doctor's page adds to the reports' style. Lines differ by their dashes and their names, not by colour alone.
enum DoctorStyle {
    static let sheet: StaticString = """
        body>header{padding-top:28px}
        h1{font-size:30px;letter-spacing:-.02em}
        .found{list-style:none;max-width:100ch}
        .found li{margin:6px 0;padding-left:1.6em;text-indent:-1.6em}
        .found b{display:inline-block;width:1.4em;text-indent:0}
        .curve{width:100%;height:auto;max-width:900px}
        .curve path{fill:none;stroke-width:2}
        .cg,.eg{stroke:var(--good)}
        .cb,.eb{stroke:var(--bad)}
        .cu,.eu{stroke:var(--unsure)}
        .curve .cb{stroke-dasharray:7 3}
        .curve .cu{stroke-dasharray:2 3}
        .pg{fill:var(--good)}
        .pb{fill:var(--bad)}
        .pu{fill:var(--unsure)}
        svg .ng{fill:var(--good);font-weight:600}
        svg .nb{fill:var(--bad);font-weight:600}
        svg .nu{fill:var(--unsure);font-weight:600}
        .aa{margin-top:14px}
        """
}
