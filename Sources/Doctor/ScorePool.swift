import Domain
import Gating
import Metrics

/// The scores of a run in memory: every column that the rules need, both arms stacked under one another.
struct ScorePool: Sendable {
    let rows: ScoreRows
    let rowCount: Int
    let arms: [Arm]
    private let columns: [String: ScoreColumn]

    /// - Throws: What the table's columns throw when they are read.
    init(_ table: any ScoreTable, metrics: [String], definitions: [MetricDefinition]) throws {
        rows = table.rows
        rowCount = table.rows.rowCount
        arms = table.arms
        var columns: [String: ScoreColumn] = [:]
        for name in metrics where columns[name] == nil {
            let before = try table.column(name, .baseline)
            let after = try table.column(name, .candidate)
            // A sheet keeps one list of labels for all its columns: only some hold codes.
            let isCoded = definitions.first { $0.name == name }.map(ScorePool.holdsLabels) ?? false
            guard let found = ScorePool.stacked(before, after, rows: rowCount, isCoded: isCoded) else {
                continue
            }
            columns[name] = found
        }
        self.columns = columns
    }

    private static func holdsLabels(_ definition: MetricDefinition) -> Bool {
        switch definition.aggregate {
        case .confusion, .text: true
        case .mean, .sums: false
        }
    }

    func column(_ metric: String) -> ScoreColumn? { columns[metric] }

    /// The arm that stands for the app as it is.
    var app: Arm { arms.contains(.baseline) ? .baseline : .candidate }

    /// Places in a stacked column.
    func rows(of example: Int, _ arm: Arm) -> Range<Int> {
        let own = rows.rows(of: example)
        let shift = arm == .candidate ? rowCount : 0
        return (own.lowerBound + shift)..<(own.upperBound + shift)
    }

    /// One column of both arms, with one list of labels and of reasons; an arm that lacks it is not shown there.
    private static func stacked(
        _ before: ScoreColumn?, _ after: ScoreColumn?, rows: Int, isCoded: Bool
    ) -> ScoreColumn? {
        guard let width = (before ?? after)?.width else { return nil }
        var out = ScoreColumn(width: width, values: [], states: [], reasons: [], answered: [])
        out.values.reserveCapacity(2 * rows * width)
        out.states.reserveCapacity(2 * rows)
        for column in [before, after] {
            guard let column else {
                out.reasons.append("not measured in this arm")
                out.answered.append(false)
                out.values += [Double](repeating: .nan, count: rows * width)
                out.states += [Int32](repeating: -Int32(out.reasons.count), count: rows)
                continue
            }
            let codes = isCoded ? column.labels.map { code(of: $0, in: &out.labels) } : []
            let shift = Int32(out.reasons.count)
            out.reasons += column.reasons
            // Unknown: taken for what was seen to fail.
            let answered = column.reasons.indices.map { $0 < column.answered.count && column.answered[$0] }
            out.answered += answered
            out.states += column.states.map { $0 == 0 ? 0 : $0 > 0 ? $0 + shift : $0 - shift }
            guard isCoded else {
                out.values += column.values
                continue
            }
            out.values += column.values.map { $0 >= 0 && $0 < Double(codes.count) ? codes[Int($0)] : $0 }
        }
        return out
    }

    private static func code(of label: String, in labels: inout [String]) -> Double {
        if let known = labels.firstIndex(of: label) { return Double(known) }
        labels.append(label)
        return Double(labels.count - 1)
    }
}
