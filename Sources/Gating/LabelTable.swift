import Metrics

/// Label pairs of examples as places in a confusion matrix over one sorted list of labels.
struct LabelTable: Sendable {
    let labels: [String]
    private let starts: [Int32]
    private let expected: [Int32]
    /// Negative: an answer without a label.
    private let predicted: [Int32]
    /// Whether every example has one pair: then no repeat has to be weighed.
    private let isPlain: Bool

    /// - Parameter labels: All that occur; two arms share them.
    init(_ rows: LabelRows, labels: [String]) {
        self.labels = labels
        var position: [String: Int32] = [:]
        for (index, label) in labels.enumerated() { position[label] = Int32(index) }
        let recode = rows.names.map { position[$0] ?? -1 }
        expected = rows.expected.map { recode[Int($0)] }
        predicted = rows.predicted.map { $0 < 0 ? -1 : recode[Int($0)] }
        starts = rows.starts
        isPlain =
            rows.count == rows.expected.count && rows.starts.indices.allSatisfy { rows.starts[$0] == $0 }
    }

    /// Labels that occur, expected or predicted, sorted by their bytes.
    static func labels(of parts: [LabelRows]) -> [String] {
        var seen = Set<String>()
        for rows in parts {
            var isUsed = [Bool](repeating: false, count: rows.names.count)
            for cell in rows.expected.indices {
                isUsed[Int(rows.expected[cell])] = true
                if rows.predicted[cell] >= 0 { isUsed[Int(rows.predicted[cell])] = true }
            }
            for (code, used) in isUsed.enumerated() where used { seen.insert(rows.names[code]) }
        }
        return seen.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    var count: Int { starts.count - 1 }

    /// The matrix in which each example counts as often as its weight says, a repeat as its share of it.
    func matrix(_ weights: Span<Int32>, keepsCells: Bool = false) -> ConfusionMatrix {
        var matrix = ConfusionMatrix(labels: labels, keepsCells: keepsCells)
        for index in 0..<count {
            let weight = Double(weights[index])
            if weight == 0 { continue }
            let first = isPlain ? index : Int(starts[index])
            let end = isPlain ? index + 1 : Int(starts[index + 1])
            let share = isPlain ? weight : weight / Double(end - first)
            for cell in first..<end {
                let row = Int(expected[cell])
                if predicted[cell] >= 0 {
                    matrix.add(expected: row, predicted: Int(predicted[cell]), share)
                } else {
                    matrix.unanswered[row] += share
                }
            }
        }
        return matrix
    }

    /// Every example once, cells and all: to be shown.
    func matrix() -> ConfusionMatrix {
        let ones = [Int32](repeating: 1, count: count)
        return matrix(ones.span, keepsCells: true)
    }
}
