import Simulation
import Statistics
import Text

/// A simulation for a terminal: what was simulated, two tables, curves, and what to take home.
public enum SimulationTerminal {
    /// - Parameters:
    ///   - width: Columns, held to 80...200.
    ///   - colour: Whether to colour; the words say everything without.
    /// - Returns: Lines that end in a line feed.
    public static func render(
        _ report: SimulationReport, width: Int, colour: Bool, html: String? = nil
    ) -> String {
        var text = TerminalText(width: width, colour: colour)
        text.paragraph(
            [("SIMULATED  ", .bold), (report.traffic + "; " + report.stages, .plain)], indent: 0, hanging: 2)
        for metric in report.metrics { text.paragraph([(VisibleText.line(metric), .plain)]) }
        let count = Numbers.grouped(report.study.replications)
        let kinds = report.study.hasHarm ? "rollouts of each kind" : "rollouts"
        text.paragraph([("\(count) \(kinds), seed \(report.study.seed); brackets are 95 % intervals", .dim)])
        text.blank()
        healthy(report, &text)
        if report.study.hasHarm {
            text.blank()
            harmed(report, &text)
        }
        text.blank()
        curves(report, &text)
        let findings = report.findings
        if !findings.isEmpty { text.blank() }
        for finding in findings { text.paragraph([(finding, .plain)], hanging: 2) }
        if let html {
            text.blank()
            text.paragraph([("report  ", .dim), (VisibleText.line(html), .plain)])
        }
        return text.output
    }

    private struct Column {
        let head: String
        let under: String
        let width: Int
    }

    private static let nameWidth = 15

    private static func table(
        _ title: String, _ columns: [Column], _ rows: [(name: String, cells: [String])],
        _ text: inout TerminalText
    ) {
        text.line("  " + text.styled(title, .bold))
        for line in [columns.map(\.head), columns.map(\.under)] {
            guard line.contains(where: { !$0.isEmpty }) else { continue }
            var words = String(repeating: " ", count: nameWidth + 4)
            for (column, head) in zip(columns, line) {
                words += text.padded(head, to: column.width, right: true, style: .dim)
            }
            text.line(words)
        }
        for (index, row) in rows.enumerated() {
            let isOwn = index == 0
            var words = "    " + text.padded(row.name, to: nameWidth, style: isOwn ? .bold : .plain)
            for (column, cell) in zip(columns, row.cells) {
                words += text.padded(cell, to: column.width, right: true, style: isOwn ? .bold : .plain)
            }
            text.line(words)
        }
    }

    private static func healthy(_ report: SimulationReport, _ text: inout TerminalText) {
        let rows = report.results.map { result in
            let alarms = result.falseAlarms
            return (
                name: result.name,
                cells: [
                    SimulationWords.share(alarms.value) + " " + SimulationWords.interval(alarms),
                    SimulationWords.share(result.share(ofHealthy: .promoted).value),
                    SimulationWords.share(result.share(ofHealthy: .onHold).value),
                ]
            )
        }
        table(
            "a healthy candidate is",
            [
                Column(head: "rolled back by mistake", under: "", width: 26),
                Column(head: "promoted", under: "", width: 12), Column(head: "on hold", under: "", width: 12),
            ], rows, &text)
    }

    private static func harmed(_ report: SimulationReport, _ text: inout TerminalText) {
        let rows = report.results.map { result in
            (
                name: result.name,
                cells: [
                    result.detected.map {
                        SimulationWords.share($0.value) + " " + SimulationWords.interval($0)
                    } ?? "",
                    pair(
                        SimulationWords.duration(result.detectionTime(0.5)),
                        SimulationWords.duration(result.detectionTime(0.9))),
                    pair(
                        SimulationWords.count(result.requestsUntilRollback(0.5)),
                        SimulationWords.count(result.requestsUntilRollback(0.9))),
                    pair(
                        SimulationWords.count(result.usersExposed(0.5)),
                        SimulationWords.count(result.usersExposed(0.9))),
                    result.tooEarly.map { SimulationWords.share($0.value) } ?? "",
                ]
            )
        }
        // A change may begin later; whoever was rolled back before it was so by mistake.
        let isLate = report.results.contains { ($0.tooEarly?.count ?? 0) > 0 }
        func width(_ column: Int, _ least: Int) -> Int {
            rows.reduce(least) { max($0, DisplayWidth.of($1.cells[column]) + 3) }
        }
        table(
            "the \(report.changed.one) is",
            [
                Column(head: "rolled back", under: isLate ? "once it began" : "", width: width(0, 13)),
                Column(head: "after", under: "median · 90 %", width: width(1, 15)),
                Column(head: "canary requests", under: "median · 90 %", width: width(2, 17)),
                Column(head: "users exposed", under: "median · 90 %", width: width(3, 15)),
            ] + (isLate ? [Column(head: "stopped", under: "before it", width: width(4, 13))] : []), rows,
            &text)
    }

    private static func pair(_ first: String, _ second: String) -> String {
        first == Numbers.missing && second == Numbers.missing ? first : first + " · " + second
    }

    /// One line a detector: how many rollouts have been rolled back by then, in eighths of a character.
    private static func curves(_ report: SimulationReport, _ text: inout TerminalText) {
        let isHealthy = !report.study.hasHarm
        let wide = min(64, text.width - nameWidth - 16)
        let times = report.times(wide, healthy: isHealthy)
        let what = isHealthy ? "healthy candidate" : report.changed.one
        text.line("  " + text.styled("share of rollouts of the \(what) that were rolled back by then", .bold))
        for (index, result) in report.results.enumerated() {
            let values = result.curve(at: times, healthy: isHealthy)
            let name = text.padded(result.name, to: nameWidth, style: index == 0 ? .bold : .plain)
            let bars = values.map(bar).joined()
            let last = SimulationWords.share(values.last ?? 0)
            text.line(
                "    " + name + text.styled("▕", .dim) + text.styled(bars, index == 0 ? .good : .plain)
                    + text.styled("▏", .dim) + last)
        }
        let end = SimulationWords.duration(times.last ?? 0)
        let half = SimulationWords.duration((times.last ?? 0) / 2)
        let left = max(0, wide / 2 - 1 - half.count / 2)
        let right = max(1, wide - left - 1 - half.count - end.count)
        let axis =
            "0" + String(repeating: " ", count: left) + half + String(repeating: " ", count: right) + end
        text.line(String(repeating: " ", count: nameWidth + 5) + text.styled(axis, .dim))
    }

    private static func bar(_ share: Double) -> String {
        let steps = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
        guard share > 0 else { return " " }
        return steps[max(0, min(7, Int((share * 8).rounded(.up)) - 1))]
    }
}
