import Domain
import Shadowing
import Statistics
import Text

/// A shadow report as one file: no script, no request, nothing outside itself.
///
/// Under 200 kB whatever the traffic: tables and pairs are cut, and each cut is counted on the page.
public enum ShadowPage {
    static let limit = 195_000
    static let shownFields = 60
    static let shownSlices = 60

    /// The same bytes for the same report. UTF-8; also well-formed XML.
    public static func render(_ report: ShadowReport) -> String {
        let words = ShadowWords(report)
        var before = HTMLBuilder()
        var after = HTMLBuilder()
        findings(report, words, &before)
        if let run = report.run, !run.gates.isEmpty { gates(run, report, &before) }
        ShadowTables(words).journey(&before)
        ShadowTables(words).categories(&after)
        ShadowTables(words).fields(&after)
        ShadowTables(words).rates(&after)
        ShadowTables(words).numbers(&after)
        ShadowTables(words).overlaps(&after)
        ShadowTables(words).slices(&after)
        methods(words, &after)
        var html = HTMLBuilder()
        html.raw("<!DOCTYPE html>\n")
        html.element("html", .fixed("lang", "en")) { html in
            html.element("head") { html in
                let title = "shadow · \(words.verdict) · \(VisibleText.excerpt(report.facts.project, to: 60))"
                HTMLReport.head(title, &html) { html in
                    html.raw(DoctorStyle.sheet)
                    html.raw(sheet)
                }
            }
            html.raw("\n")
            html.element("body") { html in
                html.raw("<a class=\"skip\" href=\"#main\">Skip to the findings</a>")
                html.raw(HTMLStyle.patterns)
                banner(report, words, &html)
                navigation(report, words, &html)
                html.element("main", .id("main")) { html in
                    html.append(before)
                    let used = html.bytes.count + after.bytes.count
                    ShadowPairs(words).write(&html, room: max(6_000, limit - used - 4_000))
                    html.append(after)
                }
                html.element("footer") { html in
                    html.text(
                        "sluice \(VisibleText.excerpt(report.facts.sluiceVersion, to: 40)) shadow · seed "
                            + "\(report.result.options.seed) · the app's answers are shown as data: nothing on this "
                            + "page runs or loads anything")
                }
            }
        }
        html.raw("\n")
        return html.string
    }

    private static let sheet: StaticString = """
        .verdict.idle .stamp{background:var(--base)}
        .iv{margin:2px 0}
        .sh td,.sh tbody th{padding:5px 10px}
        .sh tbody th{min-width:130px}
        .sh td.n{font-size:13.5px}
        .sh .path{min-width:200px;max-width:340px}
        .sh .proven th{font-weight:700}
        .matrices .scroll+.scroll{margin-top:0}
        .matrices>div{min-width:0}
        .matrices{align-items:start}
        .sh+.two,.scroll+.two{margin-top:18px}
        .reasons{list-style:none;display:flex;flex-wrap:wrap;gap:6px;padding:0!important}
        .changes td,.changes th{padding:3px 8px;font-size:13px}
        .ex summary .tag{max-width:100%;overflow:hidden;text-overflow:ellipsis}
        .sh td.n small{font-size:11.5px;white-space:nowrap}
        .matrices.wide:empty,.matrices:empty{display:none}
        """

    private static func banner(_ report: ShadowReport, _ words: ShadowWords, _ html: inout HTMLBuilder) {
        let css: HTMLBuilder.Attribute =
            switch report.verdict {
            case .ship: .class("verdict pass")
            case .block, .couldNotMeasure: .class("verdict fail")
            case .cannotTell: .class("verdict unsure")
            case nil: .class("verdict idle")
            }
        html.element("header", css) { html in
            let mark = report.verdict.map(ReportWords.mark) ?? "≟"
            html.element("div", .class("stamp"), .fixed("aria-hidden", "true"), text: mark)
            html.element("div") { html in
                html.element("p", .class("what")) { html in
                    html.element("b", text: VisibleText.excerpt(report.facts.project, to: 80))
                    html.text(" · shadow")
                    if !report.facts.title.isEmpty {
                        html.text(" · " + VisibleText.excerpt(report.facts.title, to: 200))
                    }
                }
                html.element("h1", text: words.verdict)
                html.element("p", .class("headline"), .fixed("dir", "auto")) { html in
                    html.cutText(VisibleText.line(report.headline), to: 600)
                }
                if let verdict = report.verdict {
                    html.element("p", .class("meaning"), text: ReportWords.meaning(verdict))
                }
                var parts = words.facts
                if let span = words.span { parts.append(VisibleText.excerpt(span, to: 80)) }
                if let policy = report.facts.policyDigest {
                    parts.append("policy " + ReportWords.digest(policy))
                }
                html.element("p", .class("meta"), text: parts.joined(separator: " · "))
                html.element("p", .class("meta")) { html in
                    for (index, source) in report.facts.sources.prefix(6).enumerated() {
                        if index > 0 { html.text(" · ") }
                        html.element("code", text: VisibleText.excerpt(source, to: 120))
                    }
                }
            }
        }
    }

    private static func navigation(_ report: ShadowReport, _ words: ShadowWords, _ html: inout HTMLBuilder) {
        let result = report.result
        var links = [("findings", "What changed")]
        if let run = report.run, !run.gates.isEmpty { links.append(("gates", "Gates")) }
        links.append(("joined", "Joined"))
        if !result.pairs.isEmpty { links.append(("pairs", "Pairs")) }
        if !result.categories.isEmpty { links.append(("routing", "Routing")) }
        if !result.fields.isEmpty { links.append(("fields", "Fields")) }
        if !result.rates.isEmpty { links.append(("rates", "Rates")) }
        if !result.numbers.isEmpty { links.append(("numbers", "Numbers")) }
        if !result.overlaps.isEmpty { links.append(("likeness", "Likeness")) }
        if !result.slices.isEmpty { links.append(("slices", "Slices")) }
        links.append(("methods", "Methods"))
        html.element("nav", .label("Parts of this report")) { html in
            html.element("span", .class("nv"), text: words.verdict)
            for (id, name) in links { html.element("a", .to(id), text: name) }
        }
    }

    private static func findings(_ report: ShadowReport, _ words: ShadowWords, _ html: inout HTMLBuilder) {
        let found = report.result.findings
        html.section("findings", "What changed") { html in
            if !found.contains(where: { $0.pValue != nil }) {
                html.element(
                    "p", .class("lead"),
                    text: report.result.isEnough
                        ? "Nothing beyond chance. Differences that are within noise stand in the tables."
                        : "Nothing can be claimed of so few.")
            }
            html.element("ul", .class("found")) { html in
                for finding in found.prefix(40) {
                    html.element("li", .fixed("dir", "auto")) { html in
                        let mark = ShadowWords.mark(finding.gravity)
                        switch finding.gravity {
                        case .bad: html.element("b", .class("fail"), text: mark)
                        case .doubtful: html.element("b", .class("unsure"), text: mark)
                        case .note: html.element("b", .class("none"), text: mark)
                        }
                        html.text(" " + VisibleText.excerpt(words.finding(finding), to: 600))
                    }
                }
                for note in report.facts.notes.prefix(20) + ShadowWords.feedback(report) {
                    html.element("li", .fixed("dir", "auto")) { html in
                        html.element("b", .class("none"), text: "·")
                        html.text(" " + VisibleText.excerpt(note, to: 400))
                    }
                }
            }
            html.left(found.count - 40, "finding", "findings")
        }
    }

    private static func gates(_ run: RunResult, _ report: ShadowReport, _ html: inout HTMLBuilder) {
        HTMLGates(run, MethodNotes(run)).write(&html)
        guard !report.setAside.isEmpty else { return }
        html.element("section") { html in
            html.element(
                "p", .class("lead"),
                text: "Left to the golden set, since live requests have no expectations: "
                    + report.setAside.prefix(20).map { VisibleText.excerpt($0, to: 80) }.joined(
                        separator: " · "))
        }
    }

    private static func methods(_ words: ShadowWords, _ html: inout HTMLBuilder) {
        html.section("methods", "Methods", words.family) { html in
            html.element("ul", .class("methods")) { html in
                for method in words.methods.prefix(60) {
                    html.element("li", text: VisibleText.excerpt(method, to: 240))
                }
            }
            if let run = words.report.run, !run.gates.isEmpty {
                html.element("h3", text: "Methods of the gates")
                HTMLAfter(run, MethodNotes(run)).methodList(&html)
            }
        }
    }
}
