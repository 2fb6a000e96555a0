import Domain
import Shadowing
import Statistics
import Text

/// A shadow report for a terminal: the verdict, what changed beyond chance, what became of the requests.
public enum ShadowTerminal {
    /// - Parameter page: Where the page lies.
    public static func render(_ report: ShadowReport, width: Int, colour: Bool, page: String?) -> String {
        var text = TerminalText(width: width, colour: colour)
        let words = ShadowWords(report)
        let style: TerminalText.Style =
            switch report.verdict {
            case .ship: .good
            case .block, .couldNotMeasure: .bad
            case .cannotTell: .unsure
            case nil: .bold
            }
        var head: [(String, TerminalText.Style)] = [
            (words.verdict, style), ("  " + VisibleText.excerpt(report.facts.project, to: 60), .bold),
            ("  shadow", .plain),
        ]
        if !report.facts.title.isEmpty {
            head.append(("  " + VisibleText.excerpt(report.facts.title, to: 80), .plain))
        }
        head.append(("   " + words.facts.joined(separator: "   "), .dim))
        text.paragraph(head, indent: 0, hanging: 2)
        text.paragraph([(VisibleText.excerpt(report.headline, to: 400), .plain)])
        findings(report, words, &text)
        gates(report, &text)
        rates(report, words, &text)
        numbers(report, words, &text)
        fields(report, words, &text)
        pairs(report, &text)
        foot(report, words, page, &text)
        return text.output
    }

    private static func findings(_ report: ShadowReport, _ words: ShadowWords, _ text: inout TerminalText) {
        let found = report.result.findings
        text.blank()
        text.paragraph([("what changed", .bold), ("  p after the correction for all that is tested", .dim)])
        if !found.contains(where: { $0.pValue != nil }) {
            let nothing =
                report.result.isEnough ? "nothing beyond chance" : "nothing can be claimed of so few"
            text.paragraph([("· ", .dim), (nothing, .plain)], hanging: 4)
        }
        for finding in found.prefix(16) {
            let style: TerminalText.Style =
                switch finding.gravity {
                case .bad: .bad
                case .doubtful: .unsure
                case .note: .dim
                }
            text.paragraph(
                [
                    (ShadowWords.mark(finding.gravity) + " ", style),
                    (VisibleText.excerpt(words.finding(finding), to: 300), .plain),
                ], hanging: 4)
        }
        if found.count > 16 { text.paragraph([("and \(found.count - 16) more on the page", .dim)]) }
        for note in report.facts.notes.prefix(8) + ShadowWords.feedback(report) {
            text.paragraph([("· ", .dim), (VisibleText.excerpt(note, to: 300), .dim)], hanging: 4)
        }
    }

    private static func gates(_ report: ShadowReport, _ text: inout TerminalText) {
        guard let run = report.run, !run.gates.isEmpty else { return }
        text.blank()
        TerminalGates(run, text).write(&text)
        if !report.setAside.isEmpty {
            text.paragraph(
                [
                    ("left to the golden set (they want expectations): ", .dim),
                    (
                        report.setAside.prefix(8).map { VisibleText.excerpt($0, to: 60) }.joined(
                            separator: " · "), .dim
                    ),
                ], hanging: 4)
        }
    }

    private static func table(
        _ headings: [String], _ rows: [(mark: String, cells: [String])], _ text: inout TerminalText
    ) {
        var widths = headings.map { DisplayWidth.of($0) }
        for row in rows {
            for (column, cell) in row.cells.enumerated() {
                widths[column] = max(widths[column], DisplayWidth.of(cell))
            }
        }
        widths[0] = min(widths[0], 40)
        func line(_ mark: String, _ cells: [String], _ style: TerminalText.Style) -> String {
            var line = "  " + text.styled(mark, .unsure) + " "
            line += text.padded(VisibleText.excerpt(cells[0], to: 39), to: widths[0], style: style)
            for column in cells.indices.dropFirst() {
                line += "  " + text.padded(cells[column], to: widths[column], right: true, style: style)
            }
            return line
        }
        text.line(line(" ", headings, .dim))
        for row in rows { text.line(line(row.mark, row.cells, .plain)) }
    }

    private static func rates(_ report: ShadowReport, _ words: ShadowWords, _ text: inout TerminalText) {
        let told = report.result.rates.filter { $0.production.value > 0 || $0.candidate.value > 0 }
        guard !told.isEmpty else { return }
        text.blank()
        let rows = told.map { rate in
            (
                mark: words.isProven(rate.adjusted) ? "*" : " ",
                cells: [
                    rate.name, Numbers.percent(rate.production.value), Numbers.percent(rate.candidate.value),
                    words.points(rate.difference), words.probability(rate.adjusted) ?? "–",
                    Figure.count(rate.keys),
                ]
            )
        }
        table(["rate", "production", "candidate", "Δ points [\(words.coverage)]", "p", "n"], rows, &text)
    }

    private static func numbers(_ report: ShadowReport, _ words: ShadowWords, _ text: inout TerminalText) {
        guard !report.result.numbers.isEmpty else { return }
        text.blank()
        let rows = report.result.numbers.map { number in
            let figure = words.figure(number)
            let tail = number.percentiles.first { $0.level == 0.95 }
            return (
                mark: words.isProven(number.adjustedMean) || words.isProven(number.adjustedCurve) ? "*" : " ",
                cells: [
                    number.name, figure.value(number.production.value), figure.value(number.candidate.value),
                    words.change(number),
                    tail.map { "\(figure.bare($0.production.value)) → \(figure.bare($0.candidate.value))" }
                        ?? "–",
                    words.probability(number.adjustedMean) ?? "–", Figure.count(number.keys),
                ]
            )
        }
        table(["mean of", "production", "candidate", "Δ [\(words.coverage)]", "p95", "p", "n"], rows, &text)
    }

    private static func fields(_ report: ShadowReport, _ words: ShadowWords, _ text: inout TerminalText) {
        let told = report.result.fields.filter { $0.standing != .noise }.prefix(12)
        guard !told.isEmpty else { return }
        text.blank()
        let rows = told.map { field in
            (
                mark: field.standing == .proven ? "*" : " ",
                cells: [
                    ShadowWords.path(field), field.kind.rawValue, words.share(field.share),
                    field.noise.map { words.share($0) } ?? "–", words.probability(field.adjusted) ?? "–",
                    VisibleText.excerpt(words.example(field), to: 40),
                ]
            )
        }
        table(["field", "kind", "keys with it", "production itself", "p", "for example"], rows, &text)
        let left = report.result.fields.count { $0.standing != .noise } - told.count
        if left > 0 { text.paragraph([("and \(left) more on the page", .dim)]) }
    }

    private static func pairs(_ report: ShadowReport, _ text: inout TerminalText) {
        guard !report.result.pairs.isEmpty else { return }
        text.blank()
        text.paragraph([("worst pairs", .bold)])
        for pair in report.result.pairs.prefix(5) {
            text.paragraph(
                [
                    (VisibleText.excerpt(pair.id, to: 40) + "  ", .bold),
                    (
                        VisibleText.excerpt(pair.query.isEmpty ? pair.route : pair.query, to: 80) + "  ",
                        .plain
                    ),
                    (VisibleText.excerpt(pair.reasons.joined(separator: "; "), to: 160), .dim),
                ], hanging: 4)
        }
    }

    private static func foot(
        _ report: ShadowReport, _ words: ShadowWords, _ page: String?, _ text: inout TerminalText
    ) {
        text.blank()
        let journey = words.journey.map { "\(Figure.count($0.count)) \($0.words)" }.joined(separator: " · ")
        text.paragraph([(journey, .dim)], hanging: 4)
        if let page { text.paragraph([("report  ", .dim), (VisibleText.line(page), .plain)]) }
    }
}
