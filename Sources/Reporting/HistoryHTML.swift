import Domain
import Ledger
import Text

/// A history as one file: no script, no request, nothing outside itself. Under 200 kB whatever the history.
public enum HistoryHTML {
    /// Curves, and runs on each, that are drawn.
    static let mostCurves = 12
    static let mostRuns = 300
    private static let mostRows = 40

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
                    for timeline in report.timelines { write(timeline, report, &html) }
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
        .curves{display:grid;grid-template-columns:repeat(auto-fill,minmax(420px,1fr));gap:18px}
        .curves figure{margin:0;border:1px solid var(--line);border-radius:8px;padding:10px 12px}
        .curves svg{width:100%;height:auto}
        .curve{fill:none;stroke:var(--good);stroke-width:2}
        .band{fill:none;stroke:var(--good);stroke-width:1;stroke-dasharray:2 2}
        .whisker{stroke:var(--base);stroke-width:1}
        .pt{fill:var(--good)}.pt.bad{fill:var(--bad)}.pt.open{fill:var(--unsure)}
        .part{stroke:var(--unsure);stroke-width:1.5;stroke-dasharray:5 3}
        .note{stroke:var(--line);stroke-width:1}
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

    private static func write(
        _ timeline: RunTimeline, _ report: HistoryReport, _ html: inout HTMLBuilder
    ) {
        guard let first = timeline.runs.first, let last = timeline.runs.last else { return }
        let curves = max(2, mostCurves / max(1, report.timelines.count))
        let chosen = report.chosen(timeline, most: curves).prefix(curves)
        let lead =
            "\(HistoryWords.day(first.startedAt)) to \(HistoryWords.day(last.startedAt)). A curve is drawn on only "
            + "where data set and judges are the same; a dashed upright says what changed."
        html.section("project-" + timeline.project, VisibleText.excerpt(timeline.project, to: 80), lead) {
            html in
            html.element("div", .class("curves")) { html in
                for series in chosen { HistoryChart(series, timeline).write(&html) }
            }
            let left = timeline.series.count - chosen.count
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
            marks(timeline, &html)
            runs(timeline, &html)
        }
    }

    private static func marks(_ timeline: RunTimeline, _ html: inout HTMLBuilder) {
        guard !timeline.marks.isEmpty else { return }
        html.table("plain", caption: "What changed between runs, newest first") { html in
            html.headings(["from", "run", "what", "comparable"])
            html.element("tbody") { html in
                for mark in timeline.marks.suffix(mostRows).reversed() {
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
        html.left(timeline.marks.count - mostRows, "change", "changes")
    }

    private static func runs(_ timeline: RunTimeline, _ html: inout HTMLBuilder) {
        html.table("plain", caption: "Runs, newest first") { html in
            html.headings(["began", "verdict", "run", "change", "branch", "data set", "#time", "#cost"])
            html.element("tbody") { html in
                for run in timeline.runs.suffix(mostRows).reversed() {
                    html.element("tr") { html in
                        html.element("td", text: HistoryWords.moment(run.startedAt))
                        html.element("td") { $0.element("b", text: run.verdict.rawValue) }
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
        html.left(timeline.runs.count - mostRows, "run", "runs")
    }

    private static func log(_ report: HistoryReport, _ html: inout HTMLBuilder) {
        let lead = HistoryWords.judged(report.log) + "."
        html.section("gate-log", "Gate log", lead) { html in
            if report.log.alarms.isEmpty { return }
            html.table("plain", caption: "What was blocked, why, and what came of it") { html in
                html.headings(["when", "run", "what failed", "what came of it", "what people say"])
                html.element("tbody") { html in
                    for alarm in report.log.alarms.prefix(mostRows) { row(alarm, &html) }
                }
            }
            html.left(report.log.alarms.count - mostRows, "block", "blocks")
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
            html.element("ul") { html in
                for problem in report.problems.prefix(20) {
                    html.element("li", text: VisibleText.excerpt(problem, to: 200))
                }
            }
            html.left(report.problems.count - 20, "entry", "entries")
        }
    }
}

/// One metric over the runs: points with their intervals, joined where they were measured alike.
struct HistoryChart {
    private static let size = (width: 520.0, height: 232.0)
    private static let frame = (left: 76.0, right: 508.0, top: 26.0, bottom: 186.0)
    /// Points that get a mark, a whisker and words of their own; more are drawn as lines alone.
    private static let mostMarked = 40

    private let series: RunTimeline.Series
    private let timeline: RunTimeline
    private let figure: Figure
    private let points: [RunTimeline.Point]
    private let first: Int
    private let low: Double
    private let high: Double

    init(_ series: RunTimeline.Series, _ timeline: RunTimeline) {
        self.series = series
        self.timeline = timeline
        let currency = timeline.runs.last { $0.currency != nil }?.currency
        figure = HistoryWords.figure(series, currency)
        let start = max(0, timeline.runs.count - HistoryHTML.mostRuns)
        first = start
        points = series.points.filter { $0.run >= start }
        var numbers: [Double] = []
        for point in points {
            numbers += [point.metric.value, point.metric.lower, point.metric.upper].compactMap(\.self)
        }
        let smallest = numbers.min() ?? 0
        let largest = numbers.max() ?? 1
        let span = largest > smallest ? largest - smallest : max(abs(largest) * 0.1, 1e-3)
        let bottom = smallest - span * 0.08
        low = smallest >= 0 ? max(0, bottom) : bottom
        let top = largest + span * 0.08
        high = series.unit == "ratio" && largest <= 1 ? min(max(1, low + 1e-9), top) : top
    }

    func write(_ html: inout HTMLBuilder) {
        html.element("figure") { html in
            html.element("figcaption") { html in
                html.element("b", text: VisibleText.excerpt(series.name, to: 60))
                html.text(" " + words)
            }
            html.svg(width: Self.size.width, height: Self.size.height, label: label, "hist") { html in
                grid(&html)
                marks(&html)
                curve(&html)
                dots(&html)
                html.line(Self.frame.left, Self.frame.bottom, Self.frame.right, Self.frame.bottom, "axis")
            }
        }
    }

    private var words: String {
        guard let newest = points.last?.metric else { return "" }
        var words = figure.value(newest.value)
        if let interval = HistoryWords.interval(newest, figure) { words += " " + interval }
        if let method = HistoryWords.method(newest) { words += " (\(method))" }
        words += ", n \(Figure.count(newest.n))"
        if series.direction != "neither" { words += ", \(series.direction) is better" }
        return words
    }

    private var label: String {
        "\(VisibleText.excerpt(series.name, to: 60)) over \(points.count) runs, the newest \(words)"
    }

    private func x(_ run: Int) -> Double {
        let count = timeline.runs.count - first
        guard count > 1 else { return (Self.frame.left + Self.frame.right) / 2 }
        return Self.frame.left + 8
            + Double(run - first) / Double(count - 1) * (Self.frame.right - Self.frame.left - 16)
    }

    private func y(_ value: Double) -> Double {
        let share = (value - low) / (high > low ? high - low : 1)
        return Self.frame.bottom - min(1, max(0, share)) * (Self.frame.bottom - Self.frame.top)
    }

    private func grid(_ html: inout HTMLBuilder) {
        let ticks = Figure(
            unit: series.unit, numbers: [high > low ? (high - low) / 4 : low, high])
        for step in 0...4 {
            let value = low + (high - low) * Double(step) / 4
            html.line(Self.frame.left, y(value), Self.frame.right, y(value), "grid")
            html.label(ticks.bare(value), x: Self.frame.left - 6, y: y(value) + 4, .end, "tick")
        }
        let currency = timeline.runs.last { $0.currency != nil }?.currency
        let unit = series.unit == "money" ? currency.map { VisibleText.excerpt($0, to: 12) } : nil
        html.label(unit ?? VisibleText.excerpt(series.unit, to: 20), x: 4, y: 14, .start, "tick")
        let count = timeline.runs.count - first
        var shown = Set<Int>()
        for step in 0...3 {
            let run = first + Int((Double(count - 1) * Double(step) / 3).rounded())
            guard shown.insert(run).inserted, timeline.runs.indices.contains(run) else { continue }
            html.line(x(run), Self.frame.bottom, x(run), Self.frame.bottom + 4, "axis")
            let day = HistoryWords.day(timeline.runs[run].startedAt)
            if step == 0 {
                html.label(day, x: x(run) - 8, y: Self.frame.bottom + 18, .start, "tick")
            } else if step == 3 {
                html.label(day, x: x(run) + 8, y: Self.frame.bottom + 18, .end, "tick")
            } else {
                html.label(day, x: x(run), y: Self.frame.bottom + 18, .middle, "tick")
            }
        }
        html.label(
            "runs, oldest to newest (UTC)", x: Self.frame.right, y: Self.frame.bottom + 36, .end, "tick")
    }

    private func marks(_ html: inout HTMLBuilder) {
        let shown = timeline.marks.filter { $0.run > first }
        for mark in shown.suffix(60) {
            let place = (x(mark.run - 1) + x(mark.run)) / 2
            if mark.parts {
                html.line(place, Self.frame.top - 4, place, Self.frame.bottom, "part")
            } else {
                html.line(place, Self.frame.bottom - 8, place, Self.frame.bottom, "note")
            }
        }
        // Of words, those fit that are far enough apart.
        var free = Self.frame.right
        for mark in shown.filter(\.parts).reversed().prefix(4) {
            let place = (x(mark.run - 1) + x(mark.run)) / 2
            guard place < free - 20 else { continue }
            let words = mark.kind == .dataset ? "data set" : "judge"
            html.label(words, x: place, y: Self.frame.top - 8, .middle, "tick")
            free = place - 50
        }
    }

    /// Stretches of points that were measured alike.
    private var stretches: [[RunTimeline.Point]] {
        var found: [[RunTimeline.Point]] = []
        for (index, point) in points.enumerated() {
            if index > 0, point.isJoined {
                found[found.count - 1].append(point)
            } else {
                found.append([point])
            }
        }
        return found
    }

    private func curve(_ html: inout HTMLBuilder) {
        for stretch in stretches {
            if stretch.count > 1 {
                html.path(stretch.map { (x($0.run), y($0.metric.value)) }, "curve")
            } else if points.count > Self.mostMarked, let only = stretch.first {
                html.circle(x: x(only.run), y: y(only.metric.value), radius: 2, "pt")
            }
            guard points.count > Self.mostMarked else { continue }
            for end in [\RunSummary.Metric.lower, \RunSummary.Metric.upper] {
                let band = stretch.compactMap { point in
                    point.metric[keyPath: end].map { (x: x(point.run), y: y($0)) }
                }
                if band.count > 1 { html.path(band, "band") }
            }
        }
    }

    private func dots(_ html: inout HTMLBuilder) {
        guard points.count <= Self.mostMarked else { return }
        for point in points {
            let metric = point.metric
            if let lower = metric.lower, let upper = metric.upper {
                html.line(x(point.run), y(lower), x(point.run), y(upper), "whisker")
            }
            let run = timeline.runs[point.run]
            let css: HTMLBuilder.Attribute =
                switch run.verdict {
                case .ship: .class("pt")
                case .block, .couldNotMeasure: .class("pt bad")
                case .cannotTell: .class("pt open")
                }
            var words = "\(HistoryWords.moment(run.startedAt)) \(VisibleText.excerpt(run.id, to: 40)) "
            words += "\(run.verdict.rawValue): \(figure.value(metric.value))"
            if let interval = HistoryWords.interval(metric, figure) { words += " " + interval }
            words += ", n \(Figure.count(metric.n))"
            html.element(
                "circle", css, .number("cx", x(point.run)), .number("cy", y(metric.value)), .number("r", 3.5)
            ) { html in
                html.element("title") { $0.plainText(words) }
            }
        }
    }
}
