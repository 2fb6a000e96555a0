/// How often each expected label met each predicted label. Labels are sorted; counts may be fractions, since
/// a repeat weighs 1/repeats.
///
/// Every score of classes needs the sums alone, which take memory and time in proportion to the labels; the cells
/// beside the diagonal are for showing, and are kept on request: an app that invents a label an answer must not
/// cost their square.
public struct ConfusionMatrix: Sendable, Hashable {
    public let labels: [String]
    private var right: [Double]
    private var byExpected: [Double]
    private var byPredicted: [Double]
    /// Row = expected, column = predicted, `labels.count` a row; empty where only the sums are kept.
    private var cells: [Double]
    /// Per expected label: how often the app predicted nothing (it failed, or showed no label). Counts as
    /// wrong for recall and accuracy; it is no class of its own.
    public var unanswered: [Double]

    /// - Parameter keepsCells: Whether what lies beside the diagonal can be read; labels² numbers.
    public init(labels: [String], keepsCells: Bool = true) {
        self.labels = labels
        let none = [Double](repeating: 0, count: labels.count)
        (right, byExpected, byPredicted, unanswered) = (none, none, none, none)
        cells = keepsCells ? Array(repeating: 0, count: labels.count * labels.count) : []
    }

    /// Back to no decision at all, in the memory it has.
    public mutating func removeAll() {
        for label in labels.indices {
            right[label] = 0
            byExpected[label] = 0
            byPredicted[label] = 0
            unanswered[label] = 0
        }
        for cell in cells.indices { cells[cell] = 0 }
    }

    /// Counts a decision. O(1).
    public mutating func add(expected: Int, predicted: Int, _ weight: Double) {
        byExpected[expected] += weight
        byPredicted[predicted] += weight
        if expected == predicted { right[expected] += weight }
        if !cells.isEmpty { cells[expected * labels.count + predicted] += weight }
    }

    /// A cell; one beside the diagonal can only be read where cells are kept.
    public subscript(expected: Int, predicted: Int) -> Double {
        get { expected == predicted ? right[expected] : cells[expected * labels.count + predicted] }
        set { add(expected: expected, predicted: predicted, newValue - self[expected, predicted]) }
    }

    public func expectedTotal(_ label: Int) -> Double { byExpected[label] + unanswered[label] }

    public func predictedTotal(_ label: Int) -> Double { byPredicted[label] }

    public var total: Double { byExpected.reduce(0, +) + unanswered.reduce(0, +) }
}

extension ConfusionMatrix {
    /// Right decisions for a label over all predictions of it; nil where it is never predicted.
    public func precision(_ label: Int) -> Double? {
        let predicted = predictedTotal(label)
        return predicted > 0 ? self[label, label] / predicted : nil
    }

    /// Right decisions for a label over all expectations of it; nil where it is never expected.
    public func recall(_ label: Int) -> Double? {
        let expected = expectedTotal(label)
        return expected > 0 ? self[label, label] / expected : nil
    }

    /// The harmonic mean of precision and recall; nil where the label is neither expected nor predicted.
    public func f1(_ label: Int) -> Double? {
        let both = expectedTotal(label) + predictedTotal(label)
        return both > 0 ? 2 * self[label, label] / both : nil
    }

    /// The mean of a score over the classes that are expected or predicted; nil where there are none.
    func macro(_ score: (ConfusionMatrix, Int) -> Double) -> Double? {
        var sum = 0.0
        var classes = 0
        for label in labels.indices {
            guard expectedTotal(label) + predictedTotal(label) > 0 else { continue }
            sum += score(self, label)
            classes += 1
        }
        return classes > 0 ? sum / Double(classes) : nil
    }

    /// F1 over all decisions together; where every example got one it equals accuracy.
    var microF1: Double? {
        let expected = total
        guard expected > 0 else { return nil }
        var right = 0.0
        var predicted = 0.0
        for label in labels.indices {
            right += self[label, label]
            predicted += predictedTotal(label)
        }
        return 2 * right / (expected + predicted)
    }

    /// The mean of F1 over classes, weighted with how often each is expected.
    var weightedF1: Double? {
        let all = total
        guard all > 0 else { return nil }
        var sum = 0.0
        for label in labels.indices {
            let expected = expectedTotal(label)
            if expected > 0 { sum += expected * (f1(label) ?? 0) }
        }
        return sum / all
    }
}
