import Deployment
import Domain
import Notation

/// A contract's report for the terminal, as JSON, JUnit and Markdown.
public enum ContractForms {
    // MARK: terminal

    public static func terminal(_ report: ContractReport, width: Int, colour: Bool) -> String {
        var text = TerminalText(width: width, colour: colour)
        var facts = "contract on \(ReportWords.count(report.probes, "probe", "probes"))"
        facts += " of " + report.targets.joined(separator: ", ")
        facts += ", " + CheckWords.seconds(report.seconds)
        text.paragraph(
            [
                (report.verdict.rawValue, TerminalReport.style(report.verdict)),
                ("  " + VisibleText.line(report.project), .bold),
                ("  " + VisibleText.excerpt(facts, to: 400), .dim),
            ], indent: 0, hanging: 2)
        text.paragraph([(VisibleText.excerpt(report.headline, to: 400), .plain)])
        text.blank()
        for check in report.checks {
            let style = CheckWords.style(check.outcome)
            let detail = check.outcome == .holds ? check.detail : VisibleText.excerpt(check.detail, to: 400)
            text.paragraph(
                [
                    (CheckWords.mark(check.outcome) + " ", style),
                    (VisibleText.excerpt(check.rule, to: 200), .plain),
                    ("  " + VisibleText.line(detail), check.outcome == .holds ? .dim : style),
                ], indent: 0, hanging: 4)
            if let first = check.first { write(first, &text) }
        }
        if !report.notes.isEmpty { text.blank() }
        for note in report.notes {
            text.paragraph([("note: ", .bold), (VisibleText.excerpt(note, to: 600), .unsure)], hanging: 4)
        }
        return text.output
    }

    private static func write(_ breach: ContractReport.Breach, _ text: inout TerminalText) {
        for line in lines(breach) {
            text.paragraph([(VisibleText.excerpt(line, to: 500), .dim)], indent: 4, hanging: 6)
        }
    }

    private static func lines(_ breach: ContractReport.Breach) -> [String] {
        var first = "first: \(breach.probe)"
        if let pointer = breach.pointer { first += " at " + (pointer.isEmpty ? "the top" : pointer) }
        return [first] + CheckWords.lines(breach.call)
    }

    // MARK: JSON

    /// `sluice.contract/1`.
    public static func json(_ report: ContractReport) -> JSONValue {
        [
            "format": "sluice.contract/1", "project": .string(report.project),
            "verdict": .string(report.verdict.rawValue), "headline": .string(report.headline),
            "started_at": .string(report.startedAt), "seconds": .finite(report.seconds),
            "targets": .array(report.targets.map { .string($0) }),
            "probes": .integer(Int64(report.probes)), "checks": .array(report.checks.map(check)),
            "notes": .array(report.notes.map { .string($0) }),
        ]
    }

    private static func check(_ check: ContractReport.Check) -> JSONValue {
        var first = JSONValue.null
        if let breach = check.first {
            first = [
                "probe": .string(breach.probe), "target": .string(breach.target),
                "pointer": CheckWords.optional(breach.pointer), "why": .string(breach.why),
                "call": CheckWords.json(breach.call),
            ]
        }
        return [
            "name": .string(check.name), "rule": .string(check.rule),
            "outcome": .string(check.outcome.rawValue), "detail": .string(check.detail),
            "broken": .integer(Int64(check.broken)), "looked": .integer(Int64(check.looked)), "first": first,
        ]
    }

    // MARK: JUnit

    public static func junit(_ report: ContractReport) -> String {
        let cases = report.checks.map { check in
            var lines = [check.detail]
            if let first = check.first { lines += self.lines(first) }
            return JUnitCases.Case(
                name: check.rule, state: CheckWords.state(check.outcome), message: check.detail,
                detail: lines.joined(separator: "\n"), seconds: nil)
        }
        return JUnitCases.render(
            "sluice contract " + report.project,
            [.init(name: report.project + ".contract", cases: cases, seconds: report.seconds)],
            startedAt: report.startedAt)
    }

    // MARK: Markdown

    /// A comment or a job's summary; what apps sent stands in it as text and nothing else.
    public static func markdown(_ report: ContractReport) -> String {
        var out = HTMLBuilder(for: .markdown)
        out.element("h3") { out in
            out.raw(sign(report.verdict))
            out.text(" " + report.verdict.rawValue + " contract ")
            out.element("code", text: VisibleText.excerpt(report.project, to: 80))
        }
        out.raw("\n")
        out.element("p") { $0.prose(report.headline, to: 400) }
        out.raw("\n<table>\n<thead><tr><th></th><th>check</th><th>found</th></tr></thead>\n<tbody>\n")
        for check in report.checks {
            out.element("tr") { out in
                out.element("td") { $0.raw(sign(check.outcome)) }
                out.element("td") { $0.element("code", text: VisibleText.excerpt(check.rule, to: 200)) }
                out.element("td") { $0.prose(check.detail, to: 300) }
            }
            out.raw("\n")
        }
        out.raw("</tbody></table>\n")
        for check in report.checks.filter({ $0.first != nil }).prefix(10) { evidence(check, &out) }
        for note in report.notes {
            out.element("p") { $0.prose(note, to: 400) }
            out.raw("\n")
        }
        return out.string
    }

    private static func evidence(_ check: ContractReport.Check, _ out: inout HTMLBuilder) {
        guard let first = check.first else { return }
        out.element("details") { out in
            out.element("summary") { $0.element("code", text: VisibleText.excerpt(check.rule, to: 160)) }
            out.raw("\n<pre>")
            out.text(lines(first).map { VisibleText.excerpt($0, to: 500) }.joined(separator: "\n"))
            out.raw("</pre>\n")
        }
        out.raw("\n")
    }

    private static func sign(_ verdict: Verdict) -> StaticString {
        switch verdict {
        case .ship: "✅"
        case .block: "❌"
        case .cannotTell: "❔"
        case .couldNotMeasure: "⚠️"
        }
    }

    private static func sign(_ outcome: CheckOutcome) -> StaticString {
        switch outcome {
        case .holds: "✅"
        case .fails: "❌"
        case .open: "⚠️"
        case .skipped: "➖"
        }
    }
}
