import Domain
import Statistics

/// The table of gates on a terminal: columns as wide as their content, rules and notes wrapped within theirs.
struct TerminalGates {
    private struct Row {
        let outcome: GateResult.Outcome
        let rule: String
        let cells: [String]
        /// Instead of the cells, where a gate has no numbers of its own.
        let span: String?
        let note: String
        var isMember = false
        var isWaived = false
        /// A bound that holds: its note adds nothing to its numbers.
        var isPlain = false
    }

    private let rows: [Row]
    private let headings: [String]
    private let widths: [Int]
    private let ruleWidth: Int
    private let noteWidth: Int
    /// Where a rule would have no room beside its numbers, they stand on the next line.
    private let isStacked: Bool

    init(_ result: RunResult, _ text: TerminalText) {
        let coverage = ReportWords.coverage(ReportWords.confidence(of: result))
        headings = ["baseline", "candidate", "Δ or value", "[\(coverage)]", "n"]
        var rows: [Row] = []
        for gate in ReportWords.byUrgency(result.gates) {
            rows.append(Self.row(gate, result.manifest.currency))
            rows += Self.members(gate, result.manifest.currency)
        }
        self.rows = rows
        var widths = headings.map { DisplayWidth.of($0) }
        for row in rows where row.span == nil {
            for (column, cell) in row.cells.enumerated() {
                widths[column] = max(widths[column], DisplayWidth.of(cell))
            }
        }
        self.widths = widths
        let numbers = widths.reduce(0) { $0 + $1 + 2 }
        let longest = rows.map { DisplayWidth.of($0.rule) }.max() ?? 0
        // A note stands beside the numbers where it has room to be read, else under its gate.
        let room = text.width - 2 - numbers
        isStacked = room < min(24, longest)
        if isStacked {
            ruleWidth = max(8, text.width - 2 - numbers)
            noteWidth = 0
            return
        }
        ruleWidth = max(18, min(longest, room >= 66 ? max(38, room - 40) : room))
        let left = text.width - 2 - ruleWidth - numbers - 3
        noteWidth = left >= 26 ? left : 0
    }

    private static func row(_ gate: GateResult, _ currency: String?) -> Row {
        let decision = Decision(gate, currency: currency)
        let rule = VisibleText.line(gate.rule.text)
        let note = ReportWords.why(gate, currency: currency)
        if !gate.members.isEmpty {
            return Row(
                outcome: gate.outcome, rule: rule, cells: [],
                span: ReportWords.members(gate) + (gate.note.isEmpty ? "" : "; " + note), note: "",
                isWaived: gate.waiver != nil)
        }
        if decision.kind == .none, gate.candidate == nil {
            return Row(
                outcome: gate.outcome, rule: rule, cells: [], span: note, note: "",
                isWaived: gate.waiver != nil)
        }
        let bound = decision.kind == .value ? gate.bound : nil
        let own = Figure(
            unit: gate.unit, currency: currency,
            numbers: [gate.baseline?.value, gate.candidate?.value, bound])
        let cells = [
            gate.baseline.map { own.bare($0.value) } ?? "–",
            gate.candidate.map { own.value($0.value) } ?? "–",
            decision.value ?? "–",
            decision.interval ?? "no interval",
            Figure.count(gate.n),
        ]
        var row = Row(outcome: gate.outcome, rule: rule, cells: cells, span: nil, note: note)
        row.isWaived = gate.waiver != nil
        if gate.note.isEmpty, gate.waiver == nil { row.isPlain = true }
        if case .compare = gate.rule.form, gate.outcome == .passes { row.isPlain = true }
        return row
    }

    /// The members that fail or are open, worst first; those that hold are counted in the gate's own row.
    private static func members(_ gate: GateResult, _ currency: String?) -> [Row] {
        let telling = gate.members.filter { $0.outcome == .fails || $0.outcome == .unsure }
        let figure = Figure(
            unit: gate.unit, currency: currency, numbers: telling.flatMap { [$0.baseline, $0.candidate] })
        var rows: [Row] = []
        for member in telling.prefix(5) {
            let cells = [
                member.baseline.map(figure.bare) ?? "–", member.candidate.map(figure.value) ?? "–",
                difference(member, figure),
                member.difference.map { figure.interval($0, signed: true) } ?? "no interval",
                Figure.count(member.n),
            ]
            let name = VisibleText.excerpt(member.name, to: 60)
            rows.append(
                Row(
                    outcome: member.outcome, rule: name, cells: cells, span: nil,
                    note: ReportWords.adjusted(member.adjustedP) ?? "", isMember: true))
        }
        if telling.count > rows.count {
            let words = "and \(telling.count - rows.count) more, see the report"
            rows.append(Row(outcome: .notJudged, rule: "", cells: [], span: words, note: "", isMember: true))
        }
        return rows
    }

    private static func difference(_ member: GateResult.Member, _ figure: Figure) -> String {
        guard let baseline = member.baseline, let candidate = member.candidate else { return "–" }
        return figure.signed(candidate - baseline)
    }

    func write(_ text: inout TerminalText) {
        var line = text.padded("  gate", to: 2 + ruleWidth, style: .dim)
        for (column, heading) in headings.enumerated() {
            line += "  " + text.padded(heading, to: widths[column], right: true, style: .dim)
        }
        if 2 + ruleWidth + widths.reduce(0, { $0 + $1 + 2 }) <= text.width { text.line(line) }
        for row in rows { write(row, &text) }
    }

    /// The rule on its own line, its numbers under the headings, or one after the other where even they are
    /// too wide.
    private func stack(_ row: Row, _ text: inout TerminalText) {
        let indent = row.isMember ? "  " : ""
        let mark = text.styled(Self.mark(row), Self.style(row))
        for (index, line) in text.wrapped(row.rule, to: text.width - 4).enumerated() {
            text.line(indent + (index == 0 ? mark + " " : "  ") + line)
        }
        if let span = row.span {
            for line in text.wrapped(span, to: text.width - 6) { text.line("      " + line) }
            return
        }
        var line = String(repeating: " ", count: 2 + ruleWidth)
        for (column, cell) in row.cells.enumerated() {
            line += "  " + text.padded(cell, to: widths[column], right: true)
        }
        if DisplayWidth.of(line) <= text.width {
            text.line(line)
        } else {
            let pairs = zip(headings, row.cells).map { $0 + " " + $1 }
            for line in text.wrapped(pairs.joined(separator: "  "), to: text.width - 6) {
                text.line("      " + line)
            }
        }
        if !row.note.isEmpty, !row.isPlain {
            for line in text.wrapped(row.note, to: text.width - 6) {
                text.line("      " + text.styled(line, .dim))
            }
        }
    }

    private func write(_ row: Row, _ text: inout TerminalText) {
        if isStacked { return stack(row, &text) }
        let style = Self.style(row)
        let indent = row.isMember ? 2 : 0
        let rule = text.wrapped(row.rule, to: ruleWidth - indent)
        let numbers = widths.reduce(0) { $0 + $1 + 2 }
        let spanWidth = text.width - 4 - ruleWidth
        var beside = noteWidth > 0 && row.span == nil ? text.wrapped(row.note, to: noteWidth) : []
        if let span = row.span { beside = text.wrapped(span, to: spanWidth) }
        let lines = max(rule.count, beside.count)
        for index in 0..<lines {
            let mark = index == 0 ? text.styled(Self.mark(row), style) + " " : "  "
            var line = String(repeating: " ", count: indent) + mark
            line += text.padded(index < rule.count ? rule[index] : "", to: ruleWidth - indent)
            if row.span != nil {
                if index < beside.count { line += "  " + beside[index] }
            } else {
                if index == 0 {
                    for (column, cell) in row.cells.enumerated() {
                        let emphasis: TerminalText.Style = column == 2 ? style : .plain
                        line += "  " + text.padded(cell, to: widths[column], right: true, style: emphasis)
                    }
                } else {
                    line += String(repeating: " ", count: numbers)
                }
                if index < beside.count { line += "   " + text.styled(beside[index], .dim) }
            }
            text.line(line)
        }
        // Beneath its gate, a note that only says again what the numbers say would double the table.
        if row.span == nil, noteWidth == 0, !row.note.isEmpty, !row.isPlain {
            for line in text.wrapped(row.note, to: text.width - 6) {
                text.line("      " + text.styled(line, .dim))
            }
        }
    }

    private static func mark(_ row: Row) -> String { row.isWaived ? "~" : ReportWords.mark(row.outcome) }

    private static func style(_ row: Row) -> TerminalText.Style {
        if row.isWaived { return .unsure }
        switch row.outcome {
        case .passes: return .good
        case .fails: return .bad
        case .unsure: return .unsure
        case .notJudged: return .dim
        }
    }
}
