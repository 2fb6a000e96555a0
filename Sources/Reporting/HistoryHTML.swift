import Domain
import Ledger
import Text

/// A history as one file: no script, no request, nothing outside itself. Under 200 kB whatever the history.
public enum HistoryHTML {
    /// Curves, and runs on each, that are drawn.
    static let mostCurves = 12
    static let mostRuns = 150
    private static let mostRows = 40
    private static let mostProjects = 6

    /// Bytes at which each kind of content ends, whatever is left of it: names and notes are other people's, and may be
    /// of any length. What comes after has its share all the same.
    private enum Room {
        static let curves = 110_000
        static let marks = 125_000
        static let runs = 150_000
        static let log = 178_000
        static let aside = 190_000
    }

    /// The same bytes for the same report. UTF-8; also well-formed XML.
    public static func render(_ report: HistoryReport) -> String {
        var html = HTMLBuilder()
        html.raw("<!DOCTYPE html>\n")
        html.element("html", .fixed("lang", "en")) { html in
            html.element("head") { html in
                HTMLReport.head("History · " + VisibleText.excerpt(report.place, to: 80), &html) {
                    $0.raw(sheet)
                }
            }
            html.raw("\n")
            html.element("body") { html in
                head(report, &html)
                html.element("main", .id("main")) { html in
                    let shown = report.timelines.prefix(mostProjects)
                    for (index, timeline) in shown.enumerated() {
                        write(timeline, report, share: (index + 1, shown.count), &html)
                    }
                    if report.timelines.count > shown.count {
                        html.element(
                            "p", .class("warn"),
                            text: ReportWords.count(
                                report.timelines.count - shown.count, "more project", "more projects")
                                + " in the JSON; --project chooses.")
                    }
                    if report.runCount > 0 { log(report, &html) }
                    if !report.problems.isEmpty { aside(report, &html) }
                }
                html.element("footer") { $0.text("sluice " + VisibleText.excerpt(report.version, to: 40)) }
            }
        }
        html.raw("\n")
        return html.string
    }

    private static let sheet: StaticString = """
        body>header{padding-top:28px}
        .curves{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(420px,100%),1fr));gap:18px;\
        margin-bottom:10px}
        .curves figure{border:1px solid var(--line);border-radius:10px;padding:12px 14px;background:var(--card)}
        .curves figcaption{font-size:13px;color:var(--soft)}
        .curves figcaption b{color:var(--ink);margin-right:6px}
        .curves figcaption .v{font-size:15px;font-weight:600;color:var(--ink)}
        .hkey{display:flex;flex-wrap:wrap;gap:4px 18px;margin:0 0 26px;color:var(--soft);font-size:12.5px}
        .hkey span{display:inline-flex;align-items:center;gap:6px;white-space:nowrap}
        .curves svg{width:100%;height:auto}
        .curve{fill:none;stroke:var(--good);stroke-width:2}
        .band{fill:none;stroke:var(--good);stroke-width:1;stroke-dasharray:2 2}
        .whisker{stroke:var(--base);stroke-width:1}
        .pt{fill:var(--good)}.pt.bad{fill:var(--bad)}.pt.open{fill:var(--unsure)}
        .part{stroke:var(--unsure);stroke-width:1.5;stroke-dasharray:5 3}
        .hist .note{stroke:var(--soft);stroke-width:1.2}
        figcaption b{font-size:15px}
        """

    private static func head(_ report: HistoryReport, _ html: inout HTMLBuilder) {
        html.element("header") { html in
            html.element("h1", text: "History")
            html.element("p", .class("what")) { html in
                html.text(VisibleText.excerpt(report.place, to: 120) + " · ")
                html.text(ReportWords.count(report.runCount, "run", "runs"))
                if !report.filter.isEmpty { html.text(" · " + VisibleText.excerpt(report.filter, to: 200)) }
            }
            html.element("p", .class("meta"), text: HistoryWords.verdicts(report.log))
        }
    }

    /// - Parameter share: Which project it is, of how many: each has its part of the page.
    private static func write(
        _ timeline: RunTimeline, _ report: HistoryReport, share: (Int, Int), _ html: inout HTMLBuilder
    ) {
        func room(_ limit: Int) -> Int { limit * share.0 / share.1 }
        guard let first = timeline.runs.first, let last = timeline.runs.last else { return }
        let curves = max(2, mostCurves / max(1, report.timelines.count))
        let chosen = report.chosen(timeline, most: curves).prefix(curves)
        let lead =
            "\(HistoryWords.day(first.startedAt)) to \(HistoryWords.day(last.startedAt)). A curve is drawn on only "
            + "where data set and judges are the same; a dashed upright says what changed."
        html.section("project-" + timeline.project, VisibleText.excerpt(timeline.project, to: 80), lead) {
            html in
            var drawn = 0
            html.element("div", .class("curves")) { html in
                for series in chosen where html.bytes.count < room(Room.curves) {
                    HistoryChart(series, timeline).write(&html)
                    drawn += 1
                }
            }
            if drawn > 0 { legend(timeline, &html) }
            let left = timeline.series.count - drawn
            if left > 0 {
                html.element(
                    "p", .class("lead"),
                    text:
                        "\(ReportWords.count(left, "more metric", "more metrics")) in the JSON; --metric chooses."
                )
            }
            if timeline.runs.count > mostRuns {
                html.element(
                    "p", .class("warn"),
                    text:
                        "Only the newest \(mostRuns) of \(Figure.count(timeline.runs.count)) runs are drawn.")
            }
            marks(timeline, room(Room.marks), &html)
            runs(timeline, room(Room.runs), &html)
        }
    }

    /// What dots, lines and uprights mean.
    private static func legend(_ timeline: RunTimeline, _ html: inout HTMLBuilder) {
        let isMarked = timeline.runs.count <= HistoryChart.mostMarked
        html.element("div", .class("hkey"), .fixed("aria-label", "Key of the curves")) { html in
            func key(_ words: String, _ draw: (inout HTMLBuilder) -> Void) {
                html.element("span") { html in
                    html.svg(width: 26, height: 12, label: "", "hk") { draw(&$0) }
                    html.text(words)
                }
            }
            key("value of a run, joined where data set and judges are the same") { html in
                html.path([(1, 9), (25, 3)], "curve")
            }
            if isMarked {
                key("ships") { $0.circle(x: 13, y: 6, radius: 3.5, "pt") }
                key("blocked, or could not measure") { $0.circle(x: 13, y: 6, radius: 3.5, "pt bad") }
                key("cannot tell") { $0.circle(x: 13, y: 6, radius: 3.5, "pt open") }
                key("its interval") { $0.line(13, 0, 13, 12, "whisker") }
            } else {
                key("ends of its interval") { $0.path([(1, 6), (25, 6)], "band") }
            }
            if timeline.marks.contains(where: \.parts) {
                key("another data set or judge from here on") { $0.line(13, 0, 13, 12, "part") }
            }
            if timeline.marks.contains(where: { !$0.parts }) {
                key("another version from here on") { $0.line(13, 2, 13, 12, "note") }
            }
        }
    }

    private static func marks(_ timeline: RunTimeline, _ room: Int, _ html: inout HTMLBuilder) {
        guard !timeline.marks.isEmpty else { return }
        var shown = 0
        html.table("plain", caption: "What changed between runs, newest first") { html in
            html.headings(["from", "run", "what", "comparable"])
            html.element("tbody") { html in
                for mark in timeline.marks.suffix(mostRows).reversed() where html.bytes.count < room {
                    shown += 1
                    let run = timeline.runs[mark.run]
                    html.element("tr") { html in
                        html.element("td", text: HistoryWords.moment(run.startedAt))
                        html.element("td", text: VisibleText.excerpt(run.id, to: 60))
                        html.element(
                            "td", .fixed("dir", "auto"), text: VisibleText.excerpt(mark.words, to: 200))
                        html.element("td", text: mark.parts ? "no" : "yes")
                    }
                }
            }
        }
        html.left(timeline.marks.count - shown, "change", "changes")
    }

    private static func runs(_ timeline: RunTimeline, _ room: Int, _ html: inout HTMLBuilder) {
        var shown = 0
        html.table("plain", caption: "Runs, newest first") { html in
            html.headings(["began", "verdict", "run", "change", "branch", "data set", "#time", "#cost"])
            html.element("tbody") { html in
                for run in timeline.runs.suffix(mostRows).reversed() where html.bytes.count < room {
                    shown += 1
                    html.element("tr") { html in
                        html.element("td", text: HistoryWords.moment(run.startedAt))
                        html.element("td") { verdict(run.verdict, &$0) }
                        html.element("td", text: VisibleText.excerpt(run.id, to: 60))
                        html.element(
                            "td", .fixed("dir", "auto"), text: VisibleText.excerpt(run.title, to: 80))
                        html.element("td", text: VisibleText.excerpt(run.branch ?? "–", to: 40))
                        let version = run.dataset.version.map { VisibleText.excerpt($0, to: 30) + " " } ?? ""
                        html.element("td", text: version + ReportWords.digest(run.dataset.digest))
                        html.number(ReportWords.duration(run.seconds))
                        html.number(
                            run.cost.map {
                                Figure(unit: "money", currency: run.currency, numbers: [$0]).value($0)
                            })
                    }
                }
            }
        }
        html.left(timeline.runs.count - shown, "run", "runs")
    }

    private static func verdict(_ verdict: Verdict, _ html: inout HTMLBuilder) {
        let css: HTMLBuilder.Attribute =
            switch verdict {
            case .ship: .class("o pass")
            case .block, .couldNotMeasure: .class("o fail")
            case .cannotTell: .class("o unsure")
            }
        html.element("span", css) { html in
            html.element("span", .class("m"), .fixed("aria-hidden", "true"), text: ReportWords.mark(verdict))
            html.text(verdict.rawValue)
        }
    }

    private static func log(_ report: HistoryReport, _ html: inout HTMLBuilder) {
        let lead = HistoryWords.judged(report.log) + "."
        html.section("gate-log", "Gate log", lead) { html in
            if report.log.alarms.isEmpty { return }
            var shown = 0
            html.table("plain", caption: "What was blocked, why, and what came of it") { html in
                html.headings(["when", "run", "what failed", "what came of it", "what people say"])
                html.element("tbody") { html in
                    for alarm in report.log.alarms.prefix(mostRows) where html.bytes.count < Room.log {
                        row(alarm, &html)
                        shown += 1
                    }
                }
            }
            html.left(report.log.alarms.count - shown, "block", "blocks")
        }
    }

    private static func row(_ alarm: GateLog.Alarm, _ html: inout HTMLBuilder) {
        let run = alarm.run
        html.element("tr") { html in
            html.element("td", text: HistoryWords.day(run.startedAt))
            html.element("td") { html in
                html.text(VisibleText.excerpt(run.id, to: 60))
                let what = run.title.isEmpty ? run.branch ?? "" : run.title
                if !what.isEmpty { html.element("small", text: VisibleText.excerpt(what, to: 80)) }
            }
            html.element("td", .fixed("dir", "auto")) { html in
                for gate in run.failing.prefix(4) {
                    html.element("p") { html in
                        html.element("code", text: VisibleText.excerpt(gate.rule, to: 120))
                        html.text(" " + VisibleText.excerpt(gate.note, to: 160))
                    }
                }
                if run.failing.isEmpty { html.text(VisibleText.excerpt(run.headline, to: 200)) }
                if run.failing.count > 4 { html.text("and \(run.failing.count - 4) more") }
            }
            html.element(
                "td", .fixed("dir", "auto"), text: VisibleText.excerpt(HistoryWords.sequel(alarm), to: 240))
            html.element("td", .fixed("dir", "auto")) { html in
                for note in alarm.notes.suffix(4) {
                    html.element("p", text: VisibleText.excerpt(HistoryWords.note(note), to: 240))
                }
            }
        }
    }

    private static func aside(_ report: HistoryReport, _ html: inout HTMLBuilder) {
        html.section("aside", "Set aside", "Entries that could not be read, or were changed.") { html in
            var shown = 0
            html.element("ul") { html in
                for problem in report.problems.prefix(20) where html.bytes.count < Room.aside {
                    html.element("li", text: VisibleText.excerpt(problem, to: 200))
                    shown += 1
                }
            }
            html.left(report.problems.count - shown, "entry", "entries")
        }
    }
}
