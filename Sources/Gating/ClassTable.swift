import Metrics

/// Every class of a confusion against the rest, so that one pass over the examples serves all classes.
///
/// A measure of one class (its precision, recall, F1) sees of the others only that they are others: it is
/// computed on the table of two labels, the class and the rest.
struct ClassTable: Sendable {
    let labels: [String]
    private let starts: [Int32]
    private let expected: [Int32]
    private let predicted: [Int32]

    init(_ rows: LabelRows, labels: [String]) {
        self.labels = labels
        starts = rows.starts
        var position: [String: Int32] = [:]
        for (index, label) in labels.enumerated() { position[label] = Int32(index) }
        let codes = rows.names.map { position[$0] ?? -1 }
        expected = rows.expected.map { codes[Int($0)] }
        predicted = rows.predicted.map { $0 < 0 ? -1 : codes[Int($0)] }
    }

    /// Counts by class.
    struct Tally {
        let right: [Double]
        let expected: [Double]
        let predicted: [Double]
        let unanswered: [Double]
        let total: Double

        /// The table of a class against the rest, written into a matrix of two labels.
        ///
        /// - Parameter shift: What is added to the counts of this class.
        func fill(_ matrix: inout ConfusionMatrix, _ label: Int, _ shift: Part = Part()) {
            let right = right[label] + shift.right
            let expected = expected[label] + shift.expected
            let unanswered = unanswered[label] + shift.unanswered
            let wrong = predicted[label] + shift.predicted - right
            matrix.removeAll()
            matrix.add(expected: 0, predicted: 0, right)
            matrix.add(expected: 0, predicted: 1, expected - right - unanswered)
            matrix.add(expected: 1, predicted: 0, wrong)
            matrix.add(expected: 1, predicted: 1, max(0, total - expected - wrong))
            matrix.unanswered[0] = unanswered
        }
    }

    /// What one example adds to the counts of a class.
    struct Part: Equatable {
        var right = 0.0
        var expected = 0.0
        var predicted = 0.0
        var unanswered = 0.0

        func minus(_ other: Part) -> Part {
            Part(
                right: right - other.right, expected: expected - other.expected,
                predicted: predicted - other.predicted, unanswered: unanswered - other.unanswered)
        }
    }

    func part(_ example: Int, _ label: Int) -> Part {
        var part = Part()
        let cells = Int(starts[example])..<Int(starts[example + 1])
        let share = 1 / Double(max(1, cells.count))
        for cell in cells {
            let isExpected = expected[cell] == Int32(label)
            if isExpected { part.expected += share }
            if isExpected, predicted[cell] < 0 { part.unanswered += share }
            if predicted[cell] == Int32(label) {
                part.predicted += share
                if isExpected { part.right += share }
            }
        }
        return part
    }

    static let empty = ConfusionMatrix(labels: ["class", "rest"], keepsCells: false)

    func tally(_ weights: Span<Int32>) -> Tally {
        let none = [Double](repeating: 0, count: labels.count)
        var (right, byExpected, byPredicted, unanswered) = (none, none, none, none)
        var total = 0.0
        for example in 0..<(starts.count - 1) {
            let weight = Double(weights[example])
            if weight == 0 { continue }
            let cells = Int(starts[example])..<Int(starts[example + 1])
            let share = cells.count == 1 ? weight : weight / Double(max(1, cells.count))
            for cell in cells {
                let (one, other) = (Int(expected[cell]), Int(predicted[cell]))
                byExpected[one] += share
                total += share
                if other < 0 {
                    unanswered[one] += share
                } else {
                    byPredicted[other] += share
                    if one == other { right[one] += share }
                }
            }
        }
        return Tally(
            right: right, expected: byExpected, predicted: byPredicted, unanswered: unanswered, total: total)
    }

    func tally() -> Tally {
        let ones = [Int32](repeating: 1, count: starts.count - 1)
        return tally(ones.span)
    }
}
