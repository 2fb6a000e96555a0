import Domain
import Shadowing
import Statistics
import Text

/// A shadow report as Markdown: what a pull request is told.
///
/// Texts that are not ours are escaped mark by mark, so that none of them is read as Markdown, HTML or a mention.
public enum ShadowMarkdown {
    public static func render(_ report: ShadowReport) -> String {
        let words = ShadowWords(report)
        var out = "### Shadow: \(words.verdict) – " + plain(report.facts.project, to: 80)
        if !report.facts.title.isEmpty { out += " – " + plain(report.facts.title, to: 200) }
        out += "\n\n" + plain(report.headline, to: 400) + "\n\n"
        out += plain(words.facts.joined(separator: " · "), to: 400) + "\n\n"
        let found = report.result.findings
        for finding in found.prefix(30) {
            out += "- **\(ShadowWords.mark(finding.gravity))** \(plain(words.finding(finding), to: 400))\n"
        }
        if found.count > 30 { out += "- and \(found.count - 30) more on the page\n" }
        if found.isEmpty { out += "Nothing beyond chance.\n" }
        for line in ShadowWords.feedback(report) { out += "- \(plain(line, to: 200))\n" }
        out += "\n" + gates(report) + rates(report, words) + numbers(report, words) + fields(report, words)
        out += slices(report, words) + pairs(report)
        out += "<details><summary>How requests became pairs</summary>\n\n"
        for line in words.journey { out += "- \(Figure.count(line.count)) \(plain(line.words, to: 200))\n" }
        out += "\n</details>\n\n" + plain(words.family, to: 600) + "\n"
        return out
    }

    private static func plain(_ text: String, to limit: Int) -> String {
        SweepMarkdown.plain(text, to: limit)
    }
    private static func code(_ text: String) -> String { SweepMarkdown.code(text) }

    private static func table(_ headings: [String], _ numbers: Range<Int>, _ rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "" }
        var out = "| " + headings.joined(separator: " | ") + " |\n|"
        for column in headings.indices { out += numbers.contains(column) ? "--:|" : "---|" }
        out += "\n"
        for row in rows { out += "| " + row.joined(separator: " | ") + " |\n" }
        return out + "\n"
    }

    private static func gates(_ report: ShadowReport) -> String {
        guard let run = report.run else { return "" }
        let rows = ReportWords.byUrgency(run.gates).prefix(40).map { gate in
            [
                ReportWords.mark(gate), code(gate.rule.text), Figure.count(gate.n),
                plain(ReportWords.why(gate, currency: run.manifest.currency), to: 240),
            ]
        }
        return table(["", "gate", "n", "why"], 2..<3, Array(rows))
    }

    private static func rates(_ report: ShadowReport, _ words: ShadowWords) -> String {
        let told = report.result.rates.filter { $0.production.value > 0 || $0.candidate.value > 0 }
        let rows = told.map { rate in
            [
                (words.isProven(rate.adjusted) ? "**" : "") + plain(rate.name, to: 60)
                    + (words.isProven(rate.adjusted) ? "**" : ""),
                plain(words.share(rate.production), to: 60), plain(words.share(rate.candidate), to: 60),
                plain(words.points(rate.difference), to: 60),
                plain(words.probability(rate.adjusted) ?? "–", to: 20),
                Figure.count(rate.keys),
            ]
        }
        return table(
            ["rate", "production", "candidate", "Δ points \(words.coverage)", "p", "n"], 1..<6, rows)
    }

    private static func numbers(_ report: ShadowReport, _ words: ShadowWords) -> String {
        let rows = report.result.numbers.map { number in
            let figure = words.figure(number)
            return [
                plain(number.name, to: 60), plain(words.value(number.production, figure), to: 60),
                plain(words.value(number.candidate, figure), to: 60), plain(words.change(number), to: 60),
                plain(words.probability(number.adjustedMean) ?? "–", to: 20),
                plain(words.probability(number.adjustedCurve) ?? "–", to: 20), Figure.count(number.keys),
            ]
        }
        return table(
            ["mean of", "production", "candidate", "Δ \(words.coverage)", "p", "p of the curve", "n"], 1..<7,
            rows)
    }

    private static func fields(_ report: ShadowReport, _ words: ShadowWords) -> String {
        let told = report.result.fields.filter { $0.standing != .noise }.prefix(30)
        let rows = told.map { field in
            [
                code(ShadowWords.path(field)), field.kind.rawValue, plain(words.share(field.share), to: 60),
                plain(field.noise.map { words.share($0) } ?? "–", to: 60),
                plain(words.probability(field.adjusted) ?? "–", to: 20),
                ShadowWords.standing(field.standing), plain(words.example(field), to: 120),
            ]
        }
        return table(
            ["field", "kind", "keys with it", "production with itself", "p", "", "for example"], 2..<5,
            Array(rows))
    }

    private static func slices(_ report: ShadowReport, _ words: ShadowWords) -> String {
        var rows: [[String]] = []
        for slice in report.result.slices where slice.isSupported {
            for rate in slice.rates where words.isProven(rate.adjusted) {
                rows.append([
                    plain(ShadowWords.label(slice.label), to: 100), plain(rate.name, to: 40),
                    plain(words.points(rate.difference), to: 60),
                    plain(words.probability(rate.adjusted) ?? "–", to: 20), Figure.count(slice.keys),
                ])
            }
        }
        return table(["slice", "rate", "Δ points", "p", "n"], 2..<5, Array(rows.prefix(30)))
    }

    private static func pairs(_ report: ShadowReport) -> String {
        guard !report.result.pairs.isEmpty else { return "" }
        var out = "<details><summary>Worst pairs</summary>\n\n"
        for pair in report.result.pairs.prefix(10) {
            out += "- \(code(pair.id)) \(plain(pair.query.isEmpty ? pair.route : pair.query, to: 100)): "
            out += plain(pair.reasons.joined(separator: "; "), to: 200) + "\n"
        }
        return out + "\n</details>\n\n"
    }
}
