import Sweeping
import Text

/// A sweep for a terminal: what to know, who stands where, what is proven; with all metrics where they are asked for.
public enum SweepTerminal {
    /// - Parameters:
    ///   - page: Where the page lies.
    ///   - isWhole: Whether every metric is shown, rather than those that are claimed.
    public static func render(
        _ report: SweepReport, width: Int, colour: Bool, page: String?, isWhole: Bool
    ) -> String {
        var text = TerminalText(width: width, colour: colour)
        let words = SweepWords(report)
        var head: [(String, TerminalText.Style)] = [
            ("SWEEP", .bold), ("  " + VisibleText.excerpt(report.facts.project, to: 60), .bold),
        ]
        if !report.facts.title.isEmpty {
            head.append(("  " + VisibleText.excerpt(report.facts.title, to: 80), .plain))
        }
        head.append(("   " + words.facts.joined(separator: "   "), .dim))
        text.paragraph(head, indent: 0, hanging: 2)
        findings(report, words, &text)
        frontier(report, words, &text)
        claims(report, words, &text)
        if isWhole { others(report, words, &text) }
        foot(report, words, page, isWhole, &text)
        return text.output
    }

    private static func findings(_ report: SweepReport, _ words: SweepWords, _ text: inout TerminalText) {
        guard !report.findings.isEmpty else { return }
        text.blank()
        for finding in report.findings.prefix(20) {
            let style: TerminalText.Style =
                switch finding.gravity {
                case .bad: .bad
                case .doubtful: .unsure
                case .note: .dim
                }
            text.paragraph(
                [(words.mark(finding) + " ", style), (VisibleText.excerpt(finding.text, to: 400), .plain)],
                indent: 0, hanging: 2)
        }
        if report.findings.count > 20 {
            text.paragraph([("and \(report.findings.count - 20) more in the JSON", .dim)])
        }
    }

    // MARK: Tables

    private struct Cell {
        let text: String
        var style = TerminalText.Style.plain
    }

    /// Names on the left, numbers on the right, a note at the end that wraps under itself.
    private static func table(
        _ headings: [String], _ rows: [(mark: Cell, name: String, numbers: [Cell], note: String)],
        _ text: inout TerminalText
    ) {
        var widths = headings.dropFirst().map { DisplayWidth.of($0) }
        for row in rows {
            for (column, cell) in row.numbers.enumerated() {
                widths[column] = max(widths[column], DisplayWidth.of(cell.text))
            }
        }
        let numbers = widths.reduce(0) { $0 + $1 + 2 }
        let longest = rows.map { DisplayWidth.of($0.name) }.max() ?? 0
        let name = max(10, min(longest, text.width - 2 - numbers, 40))
        let room = text.width - 2 - name - numbers - 3
        let isBeside = room >= 24
        // A long heading has a line of its own; the numbers' stand under it.
        let isLong = DisplayWidth.of(headings[0]) > name
        if isLong { text.line("  " + text.styled(headings[0], .dim)) }
        var head = "  " + text.padded(isLong ? "" : headings[0], to: name, style: .dim)
        for (column, heading) in headings.dropFirst().enumerated() {
            head += "  " + text.padded(heading, to: widths[column], right: true, style: .dim)
        }
        text.line(head)
        for row in rows {
            let names = text.wrapped(row.name, to: name)
            let notes = isBeside && !row.note.isEmpty ? text.wrapped(row.note, to: room) : []
            for index in 0..<max(names.count, notes.count) {
                var line = index == 0 ? text.styled(row.mark.text, row.mark.style) + " " : "  "
                line += text.padded(index < names.count ? names[index] : "", to: name)
                for (column, cell) in row.numbers.enumerated() {
                    line +=
                        "  "
                        + text.padded(
                            index == 0 ? cell.text : "", to: widths[column], right: true, style: cell.style)
                }
                if index < notes.count { line += "   " + text.styled(notes[index], .dim) }
                text.line(line)
            }
            if !isBeside, !row.note.isEmpty {
                for line in text.wrapped(row.note, to: text.width - 6) {
                    text.line("      " + text.styled(line, .dim))
                }
            }
        }
    }

    private static func frontier(_ report: SweepReport, _ words: SweepWords, _ text: inout TerminalText) {
        let axes = report.axes
        guard !axes.isEmpty else { return }
        text.blank()
        text.paragraph([
            ("frontier  ", .bold),
            (
                "● on it   ○ dominated by the estimates   ✗ surely, beyond chance   ▲ ▼ proven better, worse than "
                    + VisibleText.excerpt(report.reference.variant.name, to: 60), .dim
            ),
        ])
        // Intervals where they leave room for the names.
        let roomy = report.variants.reduce(0) { largest, row in
            max(largest, axes.reduce(0) { $0 + DisplayWidth.of(words.estimate(row, $1)) + 4 })
        }
        let isWide = roomy + 60 <= text.width
        let rows = report.variants.map { row in
            let numbers = axes.map { axis -> Cell in
                let claim = report.claim(row, axis)
                let mark = words.mark(claim)
                let number = isWide ? words.estimate(row, axis) : words.value(row, axis)
                return Cell(text: number + (mark.isEmpty ? "  " : " " + mark), style: style(claim))
            }
            return (
                mark: Cell(text: words.standingMark(row), style: style(row)),
                name: VisibleText.excerpt(row.variant.name, to: 80), numbers: numbers,
                note: (row.isReference ? "reference; " : "") + words.standing(row)
            )
        }
        table(["variant"] + axes.map { words.heading($0) + "  " }, rows, &text)
    }

    private static func style(_ claim: SweepReport.Claim) -> TerminalText.Style {
        switch claim {
        case .better: .good
        case .worse: .bad
        case .none: .plain
        }
    }

    private static func style(_ row: SweepReport.Row) -> TerminalText.Style {
        if !row.isMeasured { return .bad }
        switch row.standing.isOnFrontier {
        case true?: return .good
        case false?: return row.standing.surelyDominatedBy.isEmpty ? .unsure : .bad
        case nil: return .dim
        }
    }

    private static func claims(_ report: SweepReport, _ words: SweepWords, _ text: inout TerminalText) {
        guard !report.claimed.isEmpty else { return }
        text.blank()
        let against = VisibleText.excerpt(report.reference.variant.name, to: 60)
        text.paragraph([("against \(against)  ", .bold), (words.family, .dim)])
        for metric in report.claimed { block(metric, report, words, &text) }
    }

    private static func others(_ report: SweepReport, _ words: SweepWords, _ text: inout TerminalText) {
        let others = report.metrics.indices.filter { !report.metrics[$0].isClaimed }
        guard !others.isEmpty else { return }
        text.blank()
        text.paragraph([
            ("all other metrics  ", .bold),
            (
                "nothing is claimed of them: each interval stands by itself, \(words.coverage(report.coverage))",
                .dim
            ),
        ])
        for metric in others { block(metric, report, words, &text) }
    }

    private static func block(
        _ metric: Int, _ report: SweepReport, _ words: SweepWords, _ text: inout TerminalText
    ) {
        let isClaimed = report.metrics[metric].isClaimed
        let rows = report.variants.filter(\.isMeasured).map { row in
            var numbers = [
                Cell(text: words.estimate(row, metric)), Cell(text: words.difference(row, metric)),
            ]
            if isClaimed { numbers.append(Cell(text: row.isReference ? "" : words.adjusted(row, metric))) }
            numbers.append(Cell(text: words.count(row, metric)))
            let claim = report.claim(row, metric)
            let mark = words.mark(claim)
            return (
                mark: Cell(text: mark.isEmpty ? " " : mark, style: style(claim)),
                name: VisibleText.excerpt(row.variant.name, to: 80), numbers: numbers,
                note: isClaimed ? words.claim(row, metric) : ""
            )
        }
        var headings = [words.heading(metric), "value", "Δ"]
        if isClaimed { headings.append("p after Holm") }
        headings.append("n")
        table(headings, rows, &text)
    }

    private static func foot(
        _ report: SweepReport, _ words: SweepWords, _ page: String?, _ isWhole: Bool,
        _ text: inout TerminalText
    ) {
        text.blank()
        let effects = report.parameters.map { "\(VisibleText.excerpt($0.name, to: 40)) \(words.effect($0))" }
        if !effects.isEmpty {
            text.paragraph([("parameters  ", .bold), (effects.joined(separator: "; "), .plain)], hanging: 4)
        }
        let others = report.metrics.count { !$0.isClaimed }
        if !isWhole, others > 0 {
            text.paragraph([("\(others) more metrics: --all, or the page", .dim)])
        }
        let sweep = VisibleText.excerpt(report.facts.sweep, to: 60)
        if let page { text.paragraph([("page  ", .bold), (page, .plain)]) }
        guard report.facts.isFinished else {
            text.paragraph([("next  ", .bold), ("sluice sweep --resume \(sweep)", .plain)])
            return
        }
        text.paragraph([
            ("next  ", .bold), ("sluice sweep --from \(sweep) --pick VARIANT --why \"…\"", .plain),
        ])
    }
}
