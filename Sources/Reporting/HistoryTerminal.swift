import Domain
import Ledger

/// A history for a terminal: every metric's newest value with its curve, the newest runs, the gate log.
public enum HistoryTerminal {
    /// - Parameters:
    ///   - width: Columns of the terminal, held to 80...200.
    ///   - most: Series, and entries of the gate log, that are shown.
    public static func render(
        _ report: HistoryReport, width: Int, colour: Bool, most: Int = 14, runs: Int = 8
    ) -> String {
        var text = TerminalText(width: width, colour: colour)
        let count = ReportWords.count(report.runCount, "run", "runs")
        var head = VisibleText.line(report.place) + "  " + count
        if !report.filter.isEmpty { head += "  " + VisibleText.line(report.filter) }
        text.paragraph([("history  ", .bold), (head, .plain)], indent: 0, hanging: 2)
        for timeline in report.timelines { write(timeline, report, &text, most, runs) }
        if report.runCount > 0 { log(report, &text, 6) }
        for name in report.unknownMetrics {
            text.paragraph([("no run has a metric ", .unsure), (VisibleText.line(name), .unsure)])
        }
        if !report.problems.isEmpty {
            text.blank()
            for problem in report.problems.prefix(5) {
                text.paragraph([("set aside: ", .bad), (VisibleText.line(problem), .plain)], hanging: 4)
            }
            let left = report.problems.count - 5
            if left > 0 {
                text.paragraph([
                    ("and \(ReportWords.count(left, "more entry", "more entries")) that cannot be read", .bad)
                ])
            }
        }
        return text.output
    }

    private static func write(
        _ timeline: RunTimeline, _ report: HistoryReport, _ text: inout TerminalText, _ most: Int, _ runs: Int
    ) {
        guard let first = timeline.runs.first, let last = timeline.runs.last else { return }
        text.blank()
        let span = "\(HistoryWords.day(first.startedAt)) to \(HistoryWords.day(last.startedAt))"
        text.paragraph(
            [
                (VisibleText.line(timeline.project), .bold),
                ("  \(ReportWords.count(timeline.runs.count, "run", "runs")), \(span)", .plain),
            ], indent: 0)
        let chosen = report.chosen(timeline, most: most)
        curves(chosen, timeline, &text)
        let left = timeline.series.count - chosen.count
        if left > 0 {
            text.paragraph(
                [("\(ReportWords.count(left, "more metric", "more metrics")): --metric NAME, --json", .dim)])
        }
        marks(timeline, &text)
        let bare = timeline.runs.count { $0.isBare }
        if bare > 0 {
            text.paragraph(
                [
                    (
                        "\(ReportWords.count(bare, "run was", "runs were")) made before metrics were kept: "
                            + "their verdicts and gates are all that is known", .unsure
                    )
                ], hanging: 4)
        }
        text.blank()
        text.paragraph([("newest runs", .bold)])
        for run in timeline.runs.suffix(runs).reversed() { line(run, &text) }
    }

    private static func curves(
        _ chosen: [RunTimeline.Series], _ timeline: RunTimeline, _ text: inout TerminalText
    ) {
        guard !chosen.isEmpty else { return }
        let currency = timeline.runs.last { $0.currency != nil }?.currency
        let names = chosen.map { VisibleText.excerpt($0.name, to: 32) }
        let wide = max(6, names.map(DisplayWidth.of).max() ?? 0)
        var rows: [(name: String, value: String, interval: String, n: String, change: String)] = []
        for (series, name) in zip(chosen, names) {
            let figure = HistoryWords.figure(series, currency)
            guard let newest = series.latest.last?.metric, let oldest = series.latest.first?.metric else {
                continue
            }
            let count = series.latest.count
            let fine = figure.finer(unit: series.unit, for: newest.value - oldest.value, nil)
            rows.append(
                (
                    name, figure.value(newest.value), HistoryWords.interval(newest, figure) ?? "",
                    Figure.count(newest.n),
                    count > 1 ? fine.signed(newest.value - oldest.value) + " in \(count)" : "–"
                ))
        }
        func width(_ of: (Int) -> String, _ least: Int) -> Int {
            max(least, rows.indices.map { DisplayWidth.of(of($0)) }.max() ?? 0)
        }
        let values = width({ rows[$0].value }, 6)
        let intervals = width({ rows[$0].interval }, 8)
        let numbers = width({ rows[$0].n }, 1)
        let changes = width({ rows[$0].change }, 6)
        let used = 2 + wide + 2 + values + 1 + intervals + 2 + numbers + 2 + changes + 2
        let room = max(10, text.width - used)
        text.blank()
        text.line(
            "  " + text.padded("metric", to: wide, style: .dim) + "  "
                + text.padded("newest", to: values, right: true, style: .dim) + " "
                + text.padded("interval", to: intervals, style: .dim) + "  "
                + text.padded("n", to: numbers, right: true, style: .dim) + "  "
                + text.padded("change", to: changes, right: true, style: .dim) + "  "
                + text.styled("oldest to newest", .dim))
        for (series, row) in zip(chosen, rows) {
            let curve = Sparkline.text(
                series.points.map { ($0.metric.value, $0.isJoined) }, columns: min(60, room))
            text.line(
                "  " + text.padded(row.name, to: wide) + "  "
                    + text.padded(row.value, to: values, right: true) + " "
                    + text.padded(row.interval, to: intervals, style: .dim) + "  "
                    + text.padded(row.n, to: numbers, right: true, style: .dim) + "  "
                    + text.padded(row.change, to: changes, right: true) + "  " + curve)
        }
        var methods: [String] = []
        for series in chosen {
            guard let words = series.latest.last.flatMap({ HistoryWords.method($0.metric) }) else { continue }
            if !methods.contains(words) { methods.append(words) }
        }
        if !methods.isEmpty {
            text.paragraph([("intervals  " + methods.joined(separator: "; "), .dim)], hanging: 13)
        }
        if chosen.contains(where: { $0.points.dropFirst().contains { !$0.isJoined } }) {
            text.paragraph(
                [
                    (
                        "│  another data set or judge from here on: what stands on both sides is not comparable",
                        .dim
                    )
                ],
                hanging: 5)
        }
    }

    private static func marks(_ timeline: RunTimeline, _ text: inout TerminalText) {
        let shown = timeline.marks.suffix(6)
        for mark in shown {
            let run = timeline.runs[mark.run]
            text.paragraph(
                [
                    (HistoryWords.day(run.startedAt) + "  ", .dim),
                    (VisibleText.excerpt(mark.words, to: 160), mark.parts ? .unsure : .plain),
                ], hanging: 14)
        }
        let left = timeline.marks.count - shown.count
        if left > 0 {
            text.paragraph([("and \(ReportWords.count(left, "earlier change", "earlier changes"))", .dim)])
        }
    }

    private static func line(_ run: RunSummary, _ text: inout TerminalText) {
        var facts: [String] = []
        if !run.title.isEmpty { facts.append(VisibleText.excerpt(run.title, to: 60)) }
        if let branch = run.branch { facts.append(VisibleText.excerpt(branch, to: 40)) }
        if let commit = run.commit { facts.append(VisibleText.excerpt(commit, to: 13)) }
        facts.append(ReportWords.duration(run.seconds))
        if let cost = run.cost {
            facts.append(Figure(unit: "money", currency: run.currency, numbers: [cost]).value(cost))
        }
        text.paragraph(
            [
                (HistoryWords.moment(run.startedAt) + "  ", .dim),
                (run.verdict.rawValue, TerminalReport.style(run.verdict)),
                (String(repeating: " ", count: max(1, 13 - run.verdict.rawValue.count)), .plain),
                (VisibleText.excerpt(run.id, to: 40) + "  ", .plain),
                (facts.joined(separator: " · "), .plain),
            ], indent: 4, hanging: 22)
    }

    private static func log(_ report: HistoryReport, _ text: inout TerminalText, _ most: Int) {
        let log = report.log
        text.blank()
        text.paragraph(
            [("gate log  ", .bold), (HistoryWords.verdicts(log), .plain)], indent: 0, hanging: 2)
        text.paragraph([(HistoryWords.judged(log), .plain)], hanging: 4)
        for alarm in log.alarms.prefix(most) {
            let run = alarm.run
            let title = run.title.isEmpty ? run.branch ?? "" : run.title
            text.paragraph(
                [
                    (HistoryWords.day(run.startedAt) + "  ", .dim),
                    (VisibleText.excerpt(run.id, to: 40), .bold),
                    ("  " + VisibleText.excerpt(title, to: 60), .plain),
                ], hanging: 14)
            for gate in run.failing.prefix(3) {
                let why = gate.note.isEmpty ? "" : ": " + VisibleText.excerpt(gate.note, to: 160)
                text.paragraph(
                    [("✗ ", .bad), (VisibleText.excerpt(gate.rule, to: 120) + why, .plain)], indent: 6,
                    hanging: 8)
            }
            if run.failing.isEmpty {
                text.paragraph([(VisibleText.excerpt(run.headline, to: 200), .plain)], indent: 6, hanging: 8)
            } else if run.failing.count > 3 {
                text.paragraph(
                    [("and \(ReportWords.count(run.failing.count - 3, "more gate", "more gates"))", .dim)],
                    indent: 6)
            }
            text.paragraph(
                [("→ ", .dim), (VisibleText.excerpt(HistoryWords.sequel(alarm), to: 300), .plain)], indent: 6,
                hanging: 8)
            for note in alarm.notes {
                text.paragraph(
                    [("→ ", .dim), (VisibleText.excerpt(HistoryWords.note(note), to: 300), .plain)],
                    indent: 6, hanging: 8)
            }
        }
        let left = log.alarms.count - most
        if left > 0 {
            text.paragraph([
                ("and \(ReportWords.count(left, "earlier block", "earlier blocks")): --json has all", .dim)
            ])
        }
    }
}
