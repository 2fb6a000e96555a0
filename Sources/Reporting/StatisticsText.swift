import Curation
import Text

/// What a data set holds, on a terminal.
public enum StatisticsText {
    /// - Parameters:
    ///   - title: What was looked at, as the head line says it.
    ///   - most: Values shown of a slice.
    public static func render(
        _ found: DatasetStatistics, title: String, most: Int, width: Int, colour: Bool
    ) -> String {
        var text = TerminalText(width: width, colour: colour)
        text.paragraph([(VisibleText.line(title), .bold)], indent: 0)
        var worth = "\(Numbers.grouped(found.examples)) examples, \(Numbers.grouped(found.distinct)) distinct"
        if found.duplicates > 0 { worth += " (\(Numbers.grouped(found.duplicates)) the same as another)" }
        text.paragraph([(worth, .plain)])
        text.paragraph(
            [
                (
                    "smallest drop of a pass rate that they show: " + drop(found.smallestDrop)
                        + " (80 % power at 5 %, one result in ten changing, or as many as the drop takes)",
                    .plain
                )
            ])
        shares("what is expected", found.expectations, of: found.examples, &text)
        shares("kinds of case", found.kinds, of: found.examples, &text)
        shares("expected scores", found.scoreRegions, of: found.examples, &text)
        shares("provenance", found.provenance, of: found.examples, &text)
        shares("written or reviewed", found.ages, of: found.examples, &text)
        shares("written in", found.months, of: found.examples, &text)
        lengths(found.lengths, &text)
        slices(found.slices, most: most, &text)
        return text.output
    }

    private static func drop(_ drop: Double?) -> String { drop.map { Numbers.fixed($0, 3) } ?? "none" }

    private static func shares(
        _ title: String, _ rows: [DatasetStatistics.Share], of all: Int, _ text: inout TerminalText
    ) {
        guard !rows.isEmpty else { return }
        text.blank()
        let width = max(24, rows.map { DisplayWidth.of($0.name) }.max() ?? 0)
        text.line("  " + text.padded(title, to: width, style: .bold) + "  examples    share")
        for row in rows {
            let share = all > 0 ? Numbers.percent(Double(row.examples) / Double(all)) : Numbers.missing
            text.line(
                "  " + text.padded(row.name, to: width) + "  "
                    + text.padded(Numbers.grouped(row.examples), to: 8, right: true)
                    + text.padded(share, to: 9, right: true))
        }
    }

    private static func lengths(_ rows: [DatasetStatistics.Lengths], _ text: inout TerminalText) {
        guard !rows.isEmpty else { return }
        text.blank()
        let heads = ["examples", "least", "median", "90 %", "most"]
        text.line(
            "  " + text.padded("lengths", to: 24, style: .bold) + "  "
                + heads.map { text.padded($0, to: 8, right: true) }.joined(separator: " "))
        for row in rows {
            let cells = [row.examples, row.least, row.median, row.ninetieth, row.most]
            text.line(
                "  " + text.padded(row.name, to: 24) + "  "
                    + cells.map { text.padded(Numbers.grouped($0), to: 8, right: true) }.joined(
                        separator: " "))
        }
    }

    private static func slices(
        _ slices: [DatasetStatistics.Slice], most: Int, _ text: inout TerminalText
    ) {
        guard !slices.isEmpty else { return }
        text.blank()
        text.line(
            "  " + text.padded("slices", to: 24, style: .bold) + "  "
                + ["examples", "distinct", "smallest drop"].map { text.padded($0, to: 8, right: true) }
                .joined(separator: "  "))
        for slice in slices {
            let mark = slice.isInPolicy ? "  in the policy" : ""
            text.line("  " + text.styled(VisibleText.line(slice.name), .bold) + text.styled(mark, .dim))
            if slice.isCrowded {
                text.line("    too many values for a slice")
                continue
            }
            for value in slice.values.prefix(most) {
                let name = VisibleText.excerpt(VisibleText.line(value.value), to: 40)
                text.line(
                    "    " + text.padded(name, to: 22) + "  "
                        + text.padded(Numbers.grouped(value.examples), to: 8, right: true) + "  "
                        + text.padded(Numbers.grouped(value.distinct), to: 8, right: true) + "  "
                        + text.padded(drop(value.smallestDrop), to: 13, right: true))
            }
            let rest = slice.values.count - most
            if rest > 0 { text.line("    and \(Prose.counted(rest, "more value")); --all shows them") }
        }
    }
}
