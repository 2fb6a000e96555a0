import Domain
import Metrics

/// What an app put out on each example, as numbers that are equal where it did the same: intent, documents, text and
/// guardrail.
struct AnswerPrint {
    private let columns: [ScoreColumn?]

    private static let stages: [Stage] = [.routing, .retrieval, .generation, .guardrail]

    init(_ table: any ScoreTable) throws {
        var columns: [ScoreColumn?] = []
        for stage in AnswerPrint.stages { columns.append(try table.column(stage.signalName, .candidate)) }
        self.columns = columns
    }

    /// How many answers differ, of those that show anything in both; nil where none does.
    func changes(from other: AnswerPrint) -> (answers: Int, of: Int)? {
        let count = columns.compactMap { $0?.rowCount }.max() ?? 0
        var seen = 0
        var changed = 0
        for row in 0..<count {
            var isSeen = false
            var differs = false
            for (one, two) in zip(columns, other.columns) {
                let first = AnswerPrint.value(one, row)
                let second = AnswerPrint.value(two, row)
                if first != nil || second != nil { isSeen = true }
                if first != second { differs = true }
            }
            if isSeen { seen += 1 }
            if isSeen, differs { changed += 1 }
        }
        return seen == 0 ? nil : (changed, seen)
    }

    private static func value(_ column: ScoreColumn?, _ row: Int) -> Double? {
        guard let column, row < column.rowCount, column.states[row] == 0 else { return nil }
        return column.values[row * column.width]
    }
}
