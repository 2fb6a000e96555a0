import Doctor
import Domain
import Statistics
import Text

/// The doctor's findings for a terminal: what a person should know, at a glance, and the numbers behind it.
public enum DoctorTerminal {
    /// - Parameters:
    ///   - width: Columns of the terminal, held to 80...200; no line is wider.
    ///   - page: Where the page was written, for the last line.
    public static func render(_ report: DoctorReport, width: Int, colour: Bool, page: String? = nil) -> String
    {
        var text = TerminalText(width: width, colour: colour)
        text.paragraph(
            [
                ("DOCTOR", .bold), ("  " + VisibleText.line(report.project), .bold),
                ("  " + DoctorWords.source(report), .plain), ("  seed \(report.seed)", .dim),
            ], indent: 0, hanging: 2)
        apps(report, &text)
        findings(report, &text)
        verdict(report, &text)
        gates(report, &text)
        curve(report, &text)
        slices(report, &text)
        variance(report, &text)
        text.blank()
        for method in report.methods { text.paragraph([("method  " + method, .dim)], hanging: 10) }
        if let page { text.paragraph([("page    ", .dim), (VisibleText.line(page), .plain)], hanging: 10) }
        return text.output
    }

    private static func apps(_ report: DoctorReport, _ text: inout TerminalText) {
        guard !report.apps.isEmpty else { return }
        text.blank()
        for check in report.apps {
            let mark = check.isReached ? ("✓ ", TerminalText.Style.good) : ("✗ ", .bad)
            text.paragraph(
                [
                    mark, (text.padded(check.arm.rawValue, to: 11), .bold),
                    (VisibleText.excerpt(check.address, to: 100) + "  ", .dim),
                    (DoctorWords.app(check), .plain),
                ], indent: 0, hanging: 13)
        }
    }

    private static func findings(_ report: DoctorReport, _ text: inout TerminalText) {
        text.blank()
        if report.findings.isEmpty { text.paragraph([("✓ nothing stands out", .good)], indent: 0) }
        for finding in report.findings {
            let style: TerminalText.Style =
                switch finding.gravity {
                case .bad: .bad
                case .doubtful: .unsure
                case .note: .dim
                }
            text.paragraph(
                [
                    (DoctorWords.mark(finding.gravity) + " ", style),
                    (VisibleText.excerpt(finding.text, to: 600), finding.gravity == .note ? .dim : .plain),
                ], indent: 0, hanging: 2)
        }
    }

    private static func verdict(_ report: DoctorReport, _ text: inout TerminalText) {
        guard let point = report.verdict.first else { return }
        text.blank()
        let coverage = ReportWords.coverage(point.ship.interval.confidence)
        text.paragraph([
            ("an unchanged app, judged \(Figure.count(report.trials)) times  ", .bold),
            ("[\(coverage), \(point.ship.interval.method)]", .dim),
        ])
        let rows: [(String, Share, TerminalText.Style, String)] = [
            (
                "SHIP", point.ship, .good,
                point.reserved > 0
                    ? "\(DoctorWords.percent(Double(point.reserved) / Double(point.ship.of))) with gates left open"
                    : ""
            ),
            (
                "BLOCK", point.block, .bad,
                report.sliceBlocks.map { "a slice blocks in \(DoctorWords.percent($0))" } ?? ""
            ),
            ("CANNOT TELL", point.cannotTell, .unsure, ""),
        ]
        for (name, share, style, note) in rows {
            var line = "  " + text.padded(name, to: 13, style: style)
            line += text.padded(DoctorWords.percent(share), to: 6, right: true)
            line += "  " + text.padded(DoctorWords.interval(share), to: 14)
            text.line(line + "  " + text.styled(note, .dim))
        }
    }

    private static func gates(_ report: DoctorReport, _ text: inout TerminalText) {
        guard !report.gates.isEmpty else { return }
        text.blank()
        let headings = ["passes", "unsure", "fails", "flips", "caught in 80 %", "n"]
        let rows = report.gates.map { gate in
            let counts = gate.unchanged
            return [
                DoctorWords.percent(counts.share(.passes)), DoctorWords.percent(counts.share(.unsure)),
                DoctorWords.percent(counts.share(.fails)), DoctorWords.percent(gate.flips),
                DoctorWords.caught(gate, currency: report.currency), Figure.count(gate.n),
            ]
        }
        var widths = headings.map { DisplayWidth.of($0) }
        for row in rows {
            for (column, cell) in row.enumerated() {
                widths[column] = max(widths[column], DisplayWidth.of(cell))
            }
        }
        let numbers = widths.reduce(0) { $0 + $1 + 2 }
        let longest = report.gates.map { DisplayWidth.of(VisibleText.line($0.rule.text)) }.max() ?? 0
        let ruleWidth = max(18, min(longest, text.width - 2 - numbers))
        let noteWidth = text.width - 2 - ruleWidth - numbers - 3
        var head = text.padded("  gate, of an unchanged app", to: 2 + ruleWidth, style: .dim)
        if DisplayWidth.of("gate, of an unchanged app") > ruleWidth {
            head = text.padded("  gate", to: 2 + ruleWidth, style: .dim)
        }
        for (column, heading) in headings.enumerated() {
            head += "  " + text.padded(heading, to: widths[column], right: true, style: .dim)
        }
        text.line(head)
        for (gate, cells) in zip(report.gates, rows) {
            let standing = DoctorWords.standing(gate)
            let style = DoctorTerminal.style(standing)
            let rule = text.wrapped(VisibleText.line(gate.rule.text), to: ruleWidth)
            let note = DoctorWords.note(gate)
            let isBeside = noteWidth >= 26
            let beside = isBeside && !note.isEmpty ? text.wrapped(note, to: noteWidth) : []
            for index in 0..<max(rule.count, beside.count) {
                var line = index == 0 ? text.styled(ReportWords.mark(standing), style) + " " : "  "
                line += text.padded(index < rule.count ? rule[index] : "", to: ruleWidth)
                for (column, cell) in cells.enumerated() {
                    line += "  " + text.padded(index == 0 ? cell : "", to: widths[column], right: true)
                }
                if index < beside.count { line += "   " + text.styled(beside[index], .dim) }
                text.line(line)
            }
            if !isBeside, !note.isEmpty {
                for line in text.wrapped(note, to: text.width - 6) {
                    text.line("      " + text.styled(line, .dim))
                }
            }
        }
    }

    private static func style(_ outcome: GateResult.Outcome) -> TerminalText.Style {
        switch outcome {
        case .passes: .good
        case .fails: .bad
        case .unsure: .unsure
        case .notJudged: .dim
        }
    }

    /// The verdict by loss, as many columns as the width takes.
    private static func curve(_ report: DoctorReport, _ text: inout TerminalText) {
        guard report.verdict.count > 1 else { return }
        text.blank()
        text.paragraph([
            ("when every gated metric loses  ", .bold),
            ("\(Figure.count(report.curveTrials)) trials a size; each gate's own curve is on the page", .dim),
        ])
        let points = Array(report.verdict.prefix(max(2, (text.width - 16) / 7)))
        func row(_ name: String, _ style: TerminalText.Style, _ cell: (VerdictPoint) -> String) {
            var line = "  " + text.padded(name, to: 12, style: style)
            for point in points { line += text.padded(cell(point), to: 7, right: true) }
            text.line(line)
        }
        row("", .plain) { $0.size == 0 ? "nothing" : DoctorWords.size($0.size) }
        row("SHIP", .good) { DoctorWords.percent($0.ship) }
        row("BLOCK", .bad) { DoctorWords.percent($0.block) }
        row("CANNOT TELL", .unsure) { DoctorWords.percent($0.cannotTell) }
        if let first = DoctorWords.firstToBlock(report) { text.paragraph([(first, .dim)]) }
    }

    private static func slices(_ report: DoctorReport, _ text: inout TerminalText) {
        let telling = report.slices.prefix(3)
        guard !telling.isEmpty else { return }
        text.blank()
        for slice in telling {
            text.paragraph(
                [
                    ("slice  ", .bold),
                    (
                        "\(VisibleText.excerpt(slice.slice, to: 80)) blocks an unchanged app in "
                            + "\(DoctorWords.percent(slice.blocks)) by \(VisibleText.excerpt(slice.rule, to: 80))",
                        .plain
                    ),
                ], hanging: 9)
        }
    }

    private static func variance(_ report: DoctorReport, _ text: inout TerminalText) {
        text.blank()
        text.paragraph([("more examples or more repeats?", .bold)])
        guard !report.variance.isEmpty else {
            text.paragraph([("not applicable: no example was asked twice (eval --repeat 2, or --ask)", .dim)])
            return
        }
        let headings = ["error of Δ", "2× repeats", "2× examples", "noise in Δ", "in the mean", "n"]
        let shown = report.variance.prefix(8)
        let rows = shown.map { check in
            let errors = check.difference
            return [
                DoctorWords.error(errors.now), DoctorWords.error(errors.twiceTheRepeats),
                DoctorWords.error(errors.twiceTheExamples), DoctorWords.percent(errors.repeatable),
                DoctorWords.percent(check.mean.repeatable), Figure.count(check.examples),
            ]
        }
        let names = shown.map { VisibleText.excerpt($0.metric, to: 36) }
        let widths = headings.indices.map { column in
            max(DisplayWidth.of(headings[column]), rows.map { DisplayWidth.of($0[column]) }.max() ?? 0)
        }
        let room = text.width - 2 - widths.reduce(0) { $0 + $1 + 2 }
        let nameWidth = max(8, min(room, names.map { DisplayWidth.of($0) }.max() ?? 0))
        func line(_ name: String, _ cells: [String], _ style: TerminalText.Style, _ text: inout TerminalText)
        {
            let lines = text.wrapped(name, to: nameWidth)
            for (index, part) in lines.enumerated() {
                var out = "  " + text.padded(part, to: nameWidth, style: style)
                for (column, cell) in cells.enumerated() {
                    out +=
                        "  "
                        + text.padded(index == 0 ? cell : "", to: widths[column], right: true, style: style)
                }
                text.line(out)
            }
        }
        line("metric", headings, .dim, &text)
        for (name, cells) in zip(names, rows) { line(name, cells, .plain, &text) }
        let left = report.variance.count - 8
        if left > 0 {
            text.paragraph([
                ("and \(ReportWords.count(left, "more metric", "more metrics")) in the JSON", .dim)
            ])
        }
        text.paragraph([
            (
                "Δ: a paired difference. Noise: the share of the squared error that endless repeats would take away. Twice "
                    + "the repeats cost as many calls as twice the examples.", .dim
            )
        ])
    }
}
