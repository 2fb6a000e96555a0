import Curation
import Text

/// What anonymising found, on a terminal: how much, where, and what is left; never what it was.
public enum AnonymiseText {
    /// - Parameters:
    ///   - isCheck: Whether nothing was written.
    ///   - most: Places shown.
    public static func render(
        _ report: AnonymiseReport, title: String, isCheck: Bool, most: Int, width: Int, colour: Bool
    ) -> String {
        var text = TerminalText(width: width, colour: colour)
        text.paragraph([(VisibleText.line(title), .bold)], indent: 0)
        if !report.isEmpty {
            text.blank()
            tally("kind", report.byKind, &text) { row in
                let shared = report.shared(row.name)
                let more = shared > 0 ? ", \(Numbers.grouped(shared)) of them share a pseudonym" : ""
                return "\(Numbers.grouped(report.distinct(row.name))) different\(more)"
            }
            text.blank()
            tally("field", Array(report.byField.prefix(20)), &text) { _ in "" }
            let further = report.byField.count - 20
            if further > 0 { text.line("  and \(Numbers.grouped(further)) more fields") }
            places(report, isCheck: isCheck, most: most, &text)
        }
        text.blank()
        let isGood = isCheck ? report.isEmpty : report.left == 0
        text.paragraph([(verdict(report, isCheck: isCheck), isGood ? .good : .bad)], indent: 0)
        return text.output
    }

    private static func tally(
        _ head: String, _ rows: [AnonymiseReport.Tally], _ text: inout TerminalText,
        note: (AnonymiseReport.Tally) -> String
    ) {
        let names = rows.map { VisibleText.excerpt($0.name, to: 60) }
        let width = max(12, names.map { DisplayWidth.of($0) }.max() ?? 0)
        text.line("  " + text.padded(head, to: width, style: .bold) + "     found")
        for (row, name) in zip(rows, names) {
            let more = note(row)
            text.line(
                "  " + text.padded(name, to: width)
                    + text.padded(Numbers.grouped(row.count), to: 10, right: true)
                    + (more.isEmpty ? "" : "   " + text.styled(more, .dim)))
        }
    }

    private static func places(
        _ report: AnonymiseReport, isCheck: Bool, most: Int, _ text: inout TerminalText
    ) {
        let listed = isCheck ? report.places : report.places.filter { $0.left != nil }
        guard !listed.isEmpty else { return }
        text.blank()
        text.paragraph([(isCheck ? "where" : "left as it is", .bold)])
        for place in listed.prefix(most) {
            var start = "\(place.file):\(place.line)"
            if let id = place.id { start += " " + VisibleText.excerpt(id, to: 40) }
            let count = place.count > 1 ? " ×\(place.count)" : ""
            let why = place.left.map { "   in \(article($0)): \($0.mend)" } ?? ""
            text.paragraph(
                [
                    (VisibleText.line(start) + "  ", .dim),
                    ("\(place.kind)\(count) at \(VisibleText.excerpt(place.pointer, to: 80))", .plain),
                    (why, .dim),
                ], indent: 4, hanging: 6)
        }
        let known = isCheck ? report.found : report.left
        let shown = listed.prefix(most).reduce(0) { $0 + $1.count }
        if known > shown {
            text.paragraph(
                [("and \(Numbers.grouped(known - shown)) more; --all shows them", .dim)], indent: 4)
        }
    }

    private static func article(_ left: AnonymiseReport.Left) -> String {
        left == .identifier ? "an identifier" : "a \(left.rawValue)"
    }

    private static func verdict(_ report: AnonymiseReport, isCheck: Bool) -> String {
        let rows =
            "\(Numbers.grouped(report.affectedRows)) of \(Numbers.grouped(report.rows)) "
            + (report.rows == 1 ? "row" : "rows")
        if report.isEmpty {
            return "nothing found in \(Numbers.grouped(report.rows)) \(report.rows == 1 ? "row" : "rows")"
        }
        if isCheck { return "\(Numbers.grouped(report.found)) found in \(rows)" }
        let left = report.left > 0 ? ", \(Numbers.grouped(report.left)) left" : ""
        return "\(Numbers.grouped(report.found - report.left)) replaced in \(rows)\(left)"
    }
}
