import Domain
import Statistics

/// Slices as a heat map: one row a slice, one column a metric, the change in each cell with its sign and its
/// n.
struct HTMLSlices {
    static let rowLimit = 40
    static let columnLimit = 8

    private struct Row {
        let slice: String
        let value: String
        var cells: [SliceResult?]
        var worst: Double
        var fails = false
        var n = 0
    }

    let result: RunResult
    let notes: MethodNotes
    private let metrics: [String]
    private let rows: [Row]
    private let left: Int

    init(_ result: RunResult, _ notes: MethodNotes) {
        self.result = result
        self.notes = notes
        var metrics: [String] = []
        var seen: Set<String> = []
        for slice in result.slices where seen.insert(slice.metric).inserted { metrics.append(slice.metric) }
        let shown = Array(metrics.prefix(Self.columnLimit))
        self.metrics = shown
        var columns: [String: Int] = [:]
        for (index, metric) in shown.enumerated() { columns[metric] = index }
        var rows: [Row] = []
        var places: [String: Int] = [:]
        for slice in result.slices {
            guard let column = columns[slice.metric] else { continue }
            let key = slice.slice + "\u{0}" + slice.value
            let place: Int
            if let known = places[key] {
                place = known
            } else {
                place = rows.count
                places[key] = place
                rows.append(
                    Row(
                        slice: slice.slice, value: slice.value,
                        cells: Array(repeating: nil, count: shown.count), worst: 0))
            }
            rows[place].cells[column] = slice
            rows[place].n = max(rows[place].n, slice.n)
            if slice.n >= SliceChoice.support {
                rows[place].worst = min(rows[place].worst, slice.goodness ?? 0)
            }
            if slice.outcome == .fails { rows[place].fails = true }
        }
        left = max(0, rows.count - Self.rowLimit)
        self.rows = Self.gathered(Self.chosen(rows))
    }

    /// All rows in their order where they fit; else the worst, in their order.
    private static func chosen(_ rows: [Row]) -> [Row] {
        guard rows.count > rowLimit else { return rows }
        var ranked = Array(rows.indices)
        ranked.sort { left, right in
            if rows[left].fails != rows[right].fails { return rows[left].fails }
            return rows[left].worst == rows[right].worst ? left < right : rows[left].worst < rows[right].worst
        }
        return ranked.prefix(rowLimit).map { rows[$0] }
    }

    /// Rows of the same slice together, slices in the order in which they first appear.
    private static func gathered(_ rows: [Row]) -> [Row] {
        var names: [String] = []
        for row in rows where !names.contains(row.slice) { names.append(row.slice) }
        return names.flatMap { name in rows.filter { $0.slice == name } }
    }

    func write(_ html: inout HTMLBuilder) {
        guard !rows.isEmpty else { return }
        var lead = "Change of each metric within each slice, candidate minus baseline. "
        lead += "▲ better, ▼ worse, ✗ significantly worse. Slices may only block, never prove; "
        lead += "below \(SliceChoice.support) examples they are greyed and not judged."
        html.section("slices", "Slices", lead) { html in
            html.table("heat", caption: "Change by slice and metric, with the examples that carry it") {
                html in
                html.headings(["slice"] + metrics.map { "#" + VisibleText.excerpt($0, to: 40) } + ["#n"])
                html.element("tbody") { html in
                    for (index, row) in rows.enumerated() {
                        if index == 0 || rows[index - 1].slice != row.slice { group(row.slice, &html) }
                        self.row(row, &html)
                    }
                }
            }
            if left > 0 {
                let all = Figure.count(rows.count + left)
                html.element(
                    "p", .class("lead"),
                    text: "The worst \(rows.count) of \(all) slices; all are in the JSON report.")
            }
            legend(&html)
        }
    }

    private func group(_ name: String, _ html: inout HTMLBuilder) {
        html.element("tr", .class("group")) { html in
            html.element(
                "th", .fixed("scope", "rowgroup"), .count("colspan", metrics.count + 2),
                text: VisibleText.excerpt(name, to: 60))
        }
    }

    private func row(_ row: Row, _ html: inout HTMLBuilder) {
        html.element("tr") { html in
            html.element(
                "th", .fixed("scope", "row"), .fixed("dir", "auto"),
                text: VisibleText.excerpt(row.value, to: 60))
            for cell in row.cells {
                if let cell { self.cell(cell, of: row, &html) } else { html.number(nil) }
            }
            html.number(Figure.count(row.n))
        }
    }

    private func cell(_ cell: SliceResult, of row: Row, _ html: inout HTMLBuilder) {
        let unit = result.metrics.first { $0.name == cell.metric }?.unit ?? "ratio"
        let figure = Figure(
            unit: unit, currency: result.manifest.currency, numbers: [cell.baseline, cell.candidate])
        guard let baseline = cell.baseline, let candidate = cell.candidate else {
            html.number(cell.candidate.map(figure.value))
            return
        }
        var words = figure.bare(baseline) + " → " + figure.value(candidate) + ", n " + Figure.count(cell.n)
        if let interval = cell.difference {
            words +=
                ", \(ReportWords.coverage(interval.confidence)) interval "
                + figure.interval(interval, signed: true) + " by " + interval.method
        } else {
            words += ", no interval"
        }
        html.element("td", css(cell), .title(words)) { html in
            let goodness = cell.goodness ?? 0
            let arrow =
                cell.outcome == .fails ? "✗ " : goodness > 0.0005 ? "▲ " : goodness < -0.0005 ? "▼ " : ""
            html.text(arrow + figure.signed(candidate - baseline))
            // A cell's own n is told where it is not the row's.
            if cell.n != row.n { html.element("small", text: "n " + Figure.count(cell.n)) }
        }
    }

    private func css(_ cell: SliceResult) -> HTMLBuilder.Attribute {
        if cell.n < SliceChoice.support { return .class("few") }
        let goodness = cell.goodness ?? 0
        let isBad = goodness < 0
        if cell.outcome == .fails { return .class("b4 broken") }
        switch abs(goodness) {
        case ..<0.005: return .class("b0")
        case ..<0.03: return isBad ? .class("b1") : .class("g1")
        case ..<0.08: return isBad ? .class("b2") : .class("g2")
        case ..<0.15: return isBad ? .class("b3") : .class("g3")
        default: return isBad ? .class("b4") : .class("g4")
        }
    }

    private func legend(_ html: inout HTMLBuilder) {
        html.element("p", .class("key heatkey")) { html in
            html.raw("<span class=\"b4\">▼ 15 %</span><span class=\"b3\">▼ 8 %</span>")
            html.raw("<span class=\"b2\">▼ 3 %</span>")
            html.raw("<span class=\"b1\">▼</span><span class=\"b0\">0</span><span class=\"g1\">▲</span>")
            html.raw("<span class=\"g2\">▲ 3 %</span><span class=\"g3\">▲ 8 %</span>")
            html.raw("<span class=\"g4\">▲ 15 %</span>")
            html.raw("<span class=\"few\">few</span> of the metric’s range; point at a cell for its interval")
        }
    }
}
