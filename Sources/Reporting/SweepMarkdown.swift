import Domain
import Sweeping
import Text

/// A sweep, and the decision that was made of one, as Markdown tables.
///
/// Texts that are not ours are escaped mark by mark, so that none of them is read as Markdown, HTML or a mention.
public enum SweepMarkdown {
    public static func render(_ report: SweepReport) -> String {
        let words = SweepWords(report)
        var out = "### Sweep: " + plain(report.facts.project, to: 80)
        if !report.facts.title.isEmpty { out += " – " + plain(report.facts.title, to: 200) }
        out += "\n\n" + plain(words.facts.joined(separator: " · "), to: 400) + "\n\n"
        for finding in report.findings.prefix(20) {
            let mark = finding.gravity == .note ? "" : "**\(words.mark(finding))** "
            out += "- \(mark)\(plain(finding.text, to: 400))\n"
        }
        if !report.findings.isEmpty { out += "\n" }
        out += standings(report, words) + "\n"
        out += plain(words.family, to: 300) + ".\n\n"
        for metric in report.claimed { out += block(metric, report, words) + "\n" }
        let others = report.metrics.indices.filter { !report.metrics[$0].isClaimed }
        if !others.isEmpty {
            out += "<details><summary>All other metrics (\(others.count))</summary>\n\n"
            for metric in others.prefix(60) { out += block(metric, report, words) + "\n" }
            out += "</details>\n\n"
        }
        out += foot(report)
        return out
    }

    // MARK: The decision

    public static func render(_ decision: SweepDecision) -> String {
        let report = decision.report
        let words = SweepWords(report)
        let row = decision.row
        var out = "# Decision: " + code(decision.chosen) + "\n\n"
        var rows: [(String, String)] = [
            ("Chosen", code(decision.chosen) + ", " + plain(words.settings(row), to: 300)),
            ("Why", plain(decision.why, to: 2_000)), ("By", plain(decision.who, to: 200)),
            ("Date", plain(decision.decidedAt, to: 40)), ("Project", plain(report.facts.project, to: 80)),
            (
                "Data set",
                "\(Figure.count(report.facts.dataset.count)) examples, " + code(report.facts.dataset.digest)
            ),
            ("Policy", code(report.facts.policyPath) + ", " + code(report.facts.policyDigest)),
            ("Sweep", code(report.facts.sweep) + ", seed \(report.facts.seed)"),
            ("Standing", plain(words.standing(row), to: 300)),
        ]
        if let git = report.facts.environment.git { rows.append(("Commit", code(git))) }
        for caution in decision.cautions { rows.append(("Mind", plain(caution, to: 300))) }
        out += "| | |\n|---|---|\n"
        for (name, text) in rows { out += "| \(name) | \(text) |\n" }
        out += "\n## What was compared\n\n" + standings(report, words) + "\n"
        out += "## Against " + code(report.reference.variant.name) + "\n\n"
        out += plain(words.family, to: 300) + ".\n\n"
        for metric in report.claimed { out += block(metric, report, words) + "\n" }
        if !report.findings.isEmpty {
            out += "## To know\n\n"
            for finding in report.findings.prefix(20) { out += "- \(plain(finding.text, to: 400))\n" }
            out += "\n"
        }
        out += foot(report)
        return out
    }

    // MARK: Parts

    private static func standings(_ report: SweepReport, _ words: SweepWords) -> String {
        let axes = report.axes
        var out = "| variant | " + axes.map { plain(words.heading($0), to: 80) }.joined(separator: " | ")
        out += " | standing |\n|---|" + axes.map { _ in "--:|" }.joined() + "---|\n"
        for row in report.variants {
            out += "| \(code(row.variant.name))"
            for axis in axes {
                let mark = words.mark(report.claim(row, axis))
                out += " | " + plain(words.estimate(row, axis), to: 80) + (mark.isEmpty ? "" : " " + mark)
            }
            let role = row.isReference ? "reference; " : ""
            out += " | \(words.standingMark(row)) \(plain(role + words.standing(row), to: 300)) |\n"
        }
        return out
    }

    private static func block(_ metric: Int, _ report: SweepReport, _ words: SweepWords) -> String {
        let isClaimed = report.metrics[metric].isClaimed
        var out = "| \(plain(words.heading(metric), to: 80)) | value | Δ |"
        out += (isClaimed ? " p after Holm |" : "") + " n |" + (isClaimed ? " |" : "") + "\n"
        out += "|---|--:|--:|" + (isClaimed ? "--:|" : "") + "--:|" + (isClaimed ? "---|" : "") + "\n"
        for row in report.variants where row.isMeasured {
            out += "| \(code(row.variant.name)) | \(plain(words.estimate(row, metric), to: 80))"
            out += " | \(plain(words.difference(row, metric), to: 80)) |"
            if isClaimed { out += " \(row.isReference ? "" : words.adjusted(row, metric)) |" }
            out += " \(words.count(row, metric)) |"
            if isClaimed { out += " \(plain(words.claim(row, metric), to: 120)) |" }
            out += "\n"
        }
        return out
    }

    private static func foot(_ report: SweepReport) -> String {
        let facts = report.facts
        return "sweep " + code(facts.sweep) + ", data set " + code(ReportWords.digest(facts.dataset.digest))
            + ", policy " + code(ReportWords.digest(facts.policyDigest)) + ", sluice "
            + plain(facts.sluiceVersion, to: 40) + "\n"
    }

    /// A text in which no mark means anything to Markdown.
    static func plain(_ text: String, to limit: Int) -> String {
        var out = String.UnicodeScalarView()
        for scalar in VisibleText.excerpt(text, to: limit).unicodeScalars {
            switch scalar {
            case "&": out.append(contentsOf: "&amp;".unicodeScalars)
            case "<": out.append(contentsOf: "&lt;".unicodeScalars)
            case ">": out.append(contentsOf: "&gt;".unicodeScalars)
            // A mention or a reference starts with these; a zero-width break would be invisible, a reference is not.
            case "@": out.append(contentsOf: "&#64;".unicodeScalars)
            case "#": out.append(contentsOf: "&#35;".unicodeScalars)
            case "\\", "`", "*", "_", "[", "]", "|", "~", "!":
                out.append("\\")
                out.append(scalar)
            default: out.append(scalar)
            }
        }
        return String(out)
    }

    /// A text as code: nothing in it is read, and a bar would end the cell.
    static func code(_ text: String) -> String {
        var inner = VisibleText.excerpt(text, to: 200)
        inner = String(inner.map { $0 == "`" ? "'" : $0 == "|" ? "¦" : $0 })
        return inner.isEmpty ? "–" : "`\(inner)`"
    }
}
