import Metrics

/// Every class of a confusion against the rest, so that one pass over the examples serves all classes.
///
/// A measure of one class (its precision, recall, F1) sees of the others only that they are others: it is
/// computed on the table of two labels, the class and the rest.
struct ClassTable: Sendable {
    let labels: [String]
    private let rows: LabelRows
    private let codes: [Int32]

    init(_ rows: LabelRows, labels: [String]) {
        self.labels = labels
        self.rows = rows
        var position: [String: Int32] = [:]
        for (index, label) in labels.enumerated() { position[label] = Int32(index) }
        codes = rows.names.map { position[$0] ?? -1 }
    }

    /// Counts by class.
    struct Tally {
        var right: [Double]
        var expected: [Double]
        var predicted: [Double]
        var unanswered: [Double]
        var total = 0.0

        init(_ classes: Int) {
            right = [Double](repeating: 0, count: classes)
            expected = right
            predicted = right
            unanswered = right
        }

        /// The table of a class against the rest, written into a matrix of two labels.
        func fill(_ matrix: inout ConfusionMatrix, _ label: Int) {
            matrix.counts[0] = right[label]
            matrix.counts[1] = expected[label] - right[label] - unanswered[label]
            matrix.counts[2] = predicted[label] - right[label]
            matrix.counts[3] = 0
            matrix.unanswered[0] = unanswered[label]
            matrix.unanswered[1] = 0
            matrix.counts[3] = max(0, total - expected[label] - matrix.counts[2])
        }
    }

    static var empty: ConfusionMatrix { ConfusionMatrix(labels: ["class", "rest"]) }

    func tally(_ weights: Span<Int32>) -> Tally {
        var tally = Tally(labels.count)
        for example in 0..<rows.count {
            let weight = Double(weights[example])
            if weight == 0 { continue }
            let cells = rows.cells(of: example)
            let share = weight / Double(max(1, cells.count))
            for cell in cells {
                let expected = Int(codes[Int(rows.expected[cell])])
                tally.expected[expected] += share
                tally.total += share
                guard rows.predicted[cell] >= 0 else {
                    tally.unanswered[expected] += share
                    continue
                }
                let predicted = Int(codes[Int(rows.predicted[cell])])
                tally.predicted[predicted] += share
                if predicted == expected { tally.right[expected] += share }
            }
        }
        return tally
    }

    func tally() -> Tally {
        let ones = [Int32](repeating: 1, count: rows.count)
        return tally(ones.span)
    }
}
