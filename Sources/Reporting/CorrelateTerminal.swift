import Statistics

/// Which offline metrics predict which online outcomes, for a terminal.
public enum CorrelateTerminal {
    /// Rows of the table at most; `--json` has them all.
    private static let mostRows = 60

    /// - Parameter width: Columns of the terminal, held to 80...200; no line is wider.
    public static func render(_ report: CorrelateReport, width: Int, colour: Bool) -> String {
        var text = TerminalText(width: width, colour: colour)
        text.paragraph(
            [
                ("CORRELATE", .bold), ("  " + VisibleText.excerpt(report.file, to: 80), .bold),
                ("  " + CorrelateWords.releases(report), .plain),
            ], indent: 0, hanging: 2)
        text.paragraph([(CorrelateWords.design(report), .dim)])
        standings(report, &text)
        table(report, &text)
        notes(report, &text)
        return text.output
    }

    private static func standings(_ report: CorrelateReport, _ text: inout TerminalText) {
        text.blank()
        text.paragraph([("does it earn its place in the gate?", .bold)])
        for ranking in report.study.rankings {
            let pair = report.study.pairs[ranking.pair]
            let (mark, style): (String, TerminalText.Style) =
                switch ranking.standing {
                case .earns: ("✓", .good)
                case .misleads: ("✗", .bad)
                case .cannotTell: ("?", .unsure)
                case .doesNot: ("–", .dim)
                }
            let standing = ranking.standing.rawValue
            text.paragraph(
                [
                    (mark + " ", style), (text.padded(standing, to: 13), style),
                    (CorrelateWords.name(ranking.metric) + "  ", .bold),
                    (CorrelateWords.finding(pair, report), .plain),
                ], indent: 0, hanging: 15)
        }
    }

    private static func table(_ report: CorrelateReport, _ text: inout TerminalText) {
        let coverage = ReportWords.coverage(report.study.options.confidence)
        let headings = ["lag", "n", "ρ [\(coverage)]", "r [\(coverage)]", "p", "Holm p"]
        var rows: [(ReleasePair, [String])] = []
        for pair in report.study.pairs.prefix(mostRows) { rows.append((pair, cells(pair))) }
        var widths = headings.map { DisplayWidth.of($0) }
        for (_, cells) in rows {
            for (column, cell) in cells.enumerated() {
                widths[column] = max(widths[column], DisplayWidth.of(cell))
            }
        }
        let numbers = widths.reduce(0) { $0 + $1 + 2 }
        let names = rows.map { CorrelateWords.name($0.0.metric) + " → " + CorrelateWords.name($0.0.outcome) }
        let longest = names.map { DisplayWidth.of($0) }.max() ?? 0
        let nameWidth = max(14, min(longest, text.width - 2 - numbers))
        text.blank()
        var head = "  " + text.padded("metric → outcome", to: nameWidth, style: .dim)
        for (column, heading) in headings.enumerated() {
            head += "  " + text.padded(heading, to: widths[column], right: true, style: .dim)
        }
        text.line(head)
        for ((pair, cells), name) in zip(rows, names) {
            let style = style(pair.finding)
            let lines = text.wrapped(name, to: nameWidth)
            var line = text.styled(CorrelateWords.mark(pair.finding), style) + " "
            line += text.padded(lines[0], to: nameWidth)
            for (column, cell) in cells.enumerated() {
                line += "  " + text.padded(cell, to: widths[column], right: true)
            }
            text.line(line)
            for more in lines.dropFirst() { text.line("  " + more) }
        }
        let left = report.study.pairs.count - rows.count
        if left > 0 { text.paragraph([("and \(Figure.count(left)) more pairs, in --json", .dim)]) }
    }

    private static func cells(_ pair: ReleasePair) -> [String] {
        let figure = Figure(suffix: "", decimals: 2)
        func shown(_ estimate: Estimate) -> String {
            let value = figure.signed(estimate.value)
            return value + " " + (estimate.interval.map { figure.interval($0, signed: true) } ?? "[–]")
        }
        var cells = ["\(pair.lag)", Figure.count(pair.n) + (pair.missing > 0 ? "*" : "")]
        guard let measured = pair.measured, let adjusted = pair.adjusted else {
            return cells + ["–", "–", "–", "–"]
        }
        cells += [shown(measured.spearman), shown(measured.pearson)]
        return cells + [probability(measured.test.pValue), probability(adjusted)]
    }

    private static func probability(_ p: Double) -> String {
        p < 0.0001 ? "<0.0001" : Figure.fixed(p, decimals: p < 0.001 ? 4 : 3)
    }

    private static func style(_ finding: ReleasePair.Finding) -> TerminalText.Style {
        switch finding {
        case .predicts: .good
        case .opposes: .bad
        case .sharesTrend, .cannotTell: .unsure
        case .tooWeak, .untested: .dim
        }
    }

    private static func notes(_ report: CorrelateReport, _ text: inout TerminalText) {
        text.blank()
        text.paragraph([("reach    ", .dim), (CorrelateWords.reach(report), .plain)], hanging: 11)
        if CorrelateWords.needsDirections(report) {
            let words = "is that the way it should go? --lower names the columns where lower is better"
            text.paragraph([("ask      ", .unsure), (words, .plain)], hanging: 11)
        }
        let missing = report.study.pairs.map(\.missing).max() ?? 0
        if missing > 0 {
            let words =
                "* releases that lack a number are left out of that pair alone, at most \(missing) here"
            text.paragraph([("missing  ", .dim), (words, .plain)], hanging: 11)
        }
        for pair in report.study.pairs.prefix(mostRows) where pair.finding == .predicts {
            guard let caution = CorrelateWords.caution(pair) else { continue }
            let words =
                "\(CorrelateWords.name(pair.metric)) → \(CorrelateWords.name(pair.outcome)): \(caution)"
            text.paragraph([("caution  ", .unsure), (words, .plain)], hanging: 11)
        }
        if !report.unused.isEmpty {
            let shown = report.unused.prefix(8).map { VisibleText.excerpt($0, to: 40) }
            let left = report.unused.count - shown.count
            let words = shown.joined(separator: ", ") + (left > 0 ? ", and \(left) more" : "")
            text.paragraph([("unused   ", .dim), ("columns " + words, .plain)], hanging: 11)
        }
        let method =
            "ρ is Spearman's (Bonett–Wright), r Pearson's (Fisher z); p of ρ by permutation, exact to 9 releases, "
            + "seed \(report.study.options.seed); what predicts must also hold with the order of releases held fixed; "
            + "a correlation is no cause"
        text.paragraph([("method   ", .dim), (method, .dim)], hanging: 11)
    }
}
