import Curation
import Domain
import Text

/// A lint's findings on a terminal: grouped, the gravest first, each with a place that editors jump to.
public enum LintText {
    /// - Parameters:
    ///   - title: What was looked at, as the head line says it.
    ///   - most: Findings shown of a group.
    public static func render(
        _ report: LintReport, title: String, strict: Bool, most: Int, width: Int, colour: Bool
    ) -> String {
        var text = TerminalText(width: width, colour: colour)
        text.paragraph([(VisibleText.line(title), .bold)], indent: 0)
        for group in report.groups {
            text.blank()
            let words = " \(group.code.rawValue)  \(group.code.title) (\(Numbers.grouped(group.count)))"
            text.paragraph(
                [(group.severity.rawValue, style(group.severity)), (words, .plain)], indent: 0, hanging: 2)
            write(group, most: most, &text)
        }
        text.blank()
        text.paragraph(
            [(verdict(report, strict: strict), report.isClean(strict: strict) ? .good : .bad)], indent: 0)
        return text.output
    }

    private static func write(_ group: LintReport.Group, most: Int, _ text: inout TerminalText) {
        let shown = group.findings.prefix(most)
        for (number, finding) in shown.enumerated() {
            var start = place(finding.place)
            if let id = finding.id { start += (start.isEmpty ? "" : "  ") + id }
            let head = start.isEmpty ? "" : VisibleText.line(start) + "  "
            text.paragraph(
                [(head, .dim), (VisibleText.line(finding.what), .plain)], indent: 2, hanging: 4)
            // A mend that all share is said once.
            let isLast = number + 1 == shown.count
            let next = isLast ? nil : shown[shown.startIndex + number + 1]
            if next?.mend != finding.mend {
                text.paragraph(
                    [("mend: ", .dim), (VisibleText.line(finding.mend), .dim)], indent: 4, hanging: 4)
            }
        }
        let rest = group.count - shown.count
        if rest > 0 {
            let kept = group.findings.count - shown.count
            var words = "… and \(Numbers.grouped(rest)) more"
            if kept > 0 {
                words +=
                    kept == rest
                    ? "; --all shows them"
                    : "; --all shows the first \(Numbers.grouped(group.findings.count))"
            } else {
                words += ", which are only counted: mend these, and look again"
            }
            text.paragraph([(words, .dim)], indent: 2, hanging: 4)
        }
    }

    private static func place(_ place: SourcePlace) -> String {
        if place.line == 0 { return place.file }
        return place.column > 0 && place.column != 1
            ? "\(place.file):\(place.line):\(place.column)" : "\(place.file):\(place.line)"
    }

    private static func verdict(_ report: LintReport, strict: Bool) -> String {
        let parts = Finding.Severity.allCases.compactMap { severity -> String? in
            let count = report.count(severity)
            guard count > 0 else { return nil }
            return "\(Numbers.grouped(count)) \(severity.rawValue)\(count == 1 ? "" : "s")"
        }
        let found = parts.isEmpty ? "nothing found" : parts.joined(separator: ", ")
        let size =
            "\(Numbers.grouped(report.examples)) \(report.examples == 1 ? "example" : "examples"), "
            + "\(Numbers.grouped(report.distinct)) distinct"
        let tail = strict && report.count(.error) == 0 && report.count(.warning) > 0 ? " (strict)" : ""
        return "\(found)\(tail)   \(size)"
    }

    private static func style(_ severity: Finding.Severity) -> TerminalText.Style {
        switch severity {
        case .error: .bad
        case .warning: .unsure
        case .note: .dim
        }
    }
}
