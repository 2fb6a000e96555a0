import Domain

/// Confusion matrices side by side: before, after, and what moved.
struct HTMLConfusions {
    static let labelLimit = 14
    static let room = 40_000
    private let matrix: ConfusionResult
    /// The labels shown; each stands for one or, the last, for all others.
    private let groups: [(name: String, members: [Int])]

    init(_ matrix: ConfusionResult) {
        self.matrix = matrix
        let count = matrix.labels.count
        guard count > Self.labelLimit + 2 else {
            groups = matrix.labels.indices.map { (matrix.labels[$0], [$0]) }
            return
        }
        let weights = matrix.labels.indices.map { Self.interest(matrix, $0) }
        var ranked = Array(matrix.labels.indices)
        ranked.sort { weights[$0] == weights[$1] ? $0 < $1 : weights[$0] > weights[$1] }
        let chosen = ranked.prefix(Self.labelLimit).sorted()
        let rest = ranked.dropFirst(Self.labelLimit).sorted()
        groups = chosen.map { (matrix.labels[$0], [$0]) } + [("\(rest.count) others", rest)]
    }

    /// How much a label has to tell: errors in its row and column, moves counted threefold.
    private static func interest(_ matrix: ConfusionResult, _ label: Int) -> Double {
        var sum = 0.0
        for other in matrix.labels.indices where other != label {
            for (row, column) in [(label, other), (other, label)] {
                let after = value(matrix.candidate, row, column)
                sum += after
                if let baseline = matrix.baseline { sum += 3 * abs(after - value(baseline, row, column)) }
            }
        }
        return sum
    }

    private static func value(_ table: [[Double]], _ row: Int, _ column: Int) -> Double {
        guard table.indices.contains(row), table[row].indices.contains(column) else { return 0 }
        return table[row][column].isFinite ? table[row][column] : 0
    }

    private func cell(_ table: [[Double]], _ row: Int, _ column: Int) -> Double {
        var sum = 0.0
        for expected in groups[row].members {
            for predicted in groups[column].members { sum += Self.value(table, expected, predicted) }
        }
        return sum
    }

    static func write(_ result: RunResult, _ html: inout HTMLBuilder) {
        guard !result.confusions.isEmpty else { return }
        html.section(
            "confusion", "Confusion",
            "Rows: expected. Columns: what the app said. Shaded by the share of the row."
        ) { html in
            let start = html.bytes.count
            var shown = 0
            for matrix in result.confusions where html.bytes.count - start < room / 2 {
                HTMLConfusions(matrix).write(&html)
                shown += 1
            }
            html.left(result.confusions.count - shown, "matrix", "matrices")
        }
    }

    private func write(_ html: inout HTMLBuilder) {
        html.element("h3") { html in
            html.element("code", text: VisibleText.excerpt(matrix.metric, to: 60))
            if groups.count < matrix.labels.count {
                html.element(
                    "span", .class("note"),
                    text:
                        " \(matrix.labels.count) labels; the \(groups.count - 1) with most errors and moves stand alone"
                )
            }
        }
        html.element("div", groups.count > 8 ? .class("matrices wide") : .class("matrices")) { html in
            if let baseline = matrix.baseline { counts("Baseline", baseline, &html) }
            counts("Candidate", matrix.candidate, &html)
            if let baseline = matrix.baseline { moves(baseline, &html) }
        }
        if let baseline = matrix.baseline { largest(baseline, &html) }
    }

    private func counts(_ name: String, _ table: [[Double]], _ html: inout HTMLBuilder) {
        var total = 0.0
        for row in groups.indices { for column in groups.indices { total += cell(table, row, column) } }
        frame(name + ", n " + number(total), &html) { row, html in
            var sum = 0.0
            for column in groups.indices { sum += cell(table, row, column) }
            for column in groups.indices {
                let count = cell(table, row, column)
                guard count != 0 else {
                    html.element("td", text: "")
                    continue
                }
                html.element("td", shade(count / max(sum, 1e-9), isRight: row == column), text: number(count))
            }
        }
    }

    private func moves(_ baseline: [[Double]], _ html: inout HTMLBuilder) {
        frame("What moved (candidate − baseline)", &html) { row, html in
            for column in groups.indices {
                let move = cell(matrix.candidate, row, column) - cell(baseline, row, column)
                guard abs(move) >= 0.005 else {
                    html.element("td", text: "")
                    continue
                }
                let isBetter = (move > 0) == (row == column)
                let figure = Figure(suffix: "", decimals: move == move.rounded() ? 0 : 1)
                html.element("td", isBetter ? .class("g2") : .class("b2"), text: figure.signed(move))
            }
        }
    }

    private func frame(
        _ caption: String, _ html: inout HTMLBuilder, row: (Int, inout HTMLBuilder) -> Void
    ) {
        html.table("cm", caption: caption) { html in
            html.element("thead") { html in
                html.element("tr") { html in
                    html.raw("<td class=\"corner\"></td>")
                    for group in groups {
                        html.element("th", .fixed("scope", "col")) { html in
                            html.element("span", text: VisibleText.excerpt(group.name, to: 24))
                        }
                    }
                }
            }
            html.element("tbody") { html in
                for (index, group) in groups.enumerated() {
                    html.element("tr") { html in
                        html.element(
                            "th", .fixed("scope", "row"), text: VisibleText.excerpt(group.name, to: 24))
                        row(index, &html)
                    }
                }
            }
        }
    }

    private func shade(_ share: Double, isRight: Bool) -> HTMLBuilder.Attribute {
        if isRight { return share >= 0.8 ? .class("d2") : .class("d1") }
        switch share {
        case ..<0.02: return .class("b0")
        case ..<0.05: return .class("b1")
        case ..<0.12: return .class("b2")
        case ..<0.25: return .class("b3")
        default: return .class("b4")
        }
    }

    private func number(_ count: Double) -> String {
        Figure.fixed(count, decimals: count == count.rounded() ? 0 : 1)
    }

    /// The single confusions that grew most, over all labels.
    private func largest(_ baseline: [[Double]], _ html: inout HTMLBuilder) {
        var moves: [(row: Int, column: Int, move: Double)] = []
        for row in matrix.labels.indices {
            for column in matrix.labels.indices where row != column {
                let move = Self.value(matrix.candidate, row, column) - Self.value(baseline, row, column)
                if move >= 0.5 { moves.append((row, column, move)) }
            }
        }
        guard !moves.isEmpty else { return }
        moves.sort { left, right in
            if left.move != right.move { return left.move > right.move }
            return left.row == right.row ? left.column < right.column : left.row < right.row
        }
        html.element("p", .class("note"), text: "Confusions that grew most:")
        html.element("ul", .class("grew")) { html in
            for item in moves.prefix(5) {
                html.element("li", .fixed("dir", "auto")) { html in
                    html.element("b", text: VisibleText.excerpt(matrix.labels[item.row], to: 40))
                    html.text(" taken for ")
                    html.element("b", text: VisibleText.excerpt(matrix.labels[item.column], to: 40))
                    let before = Self.value(baseline, item.row, item.column)
                    let after = Self.value(matrix.candidate, item.row, item.column)
                    html.text(": \(number(before)) → \(number(after))")
                }
            }
            if moves.count > 5 { html.element("li", text: "\(moves.count - 5) more") }
        }
    }
}
