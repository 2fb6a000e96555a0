/// How often each expected label met each predicted label. Labels are sorted; counts may be fractions, since a
/// repeat weighs 1/repeats.
public struct ConfusionMatrix: Sendable, Hashable {
    public let labels: [String]
    /// Row = expected, column = predicted, `labels.count` a row.
    public var counts: [Double]
    /// Per expected label: how often the app predicted nothing (it failed, or showed no label). Counts as wrong
    /// for recall and accuracy; it is no class of its own.
    public var unanswered: [Double]

    public init(labels: [String]) {
        self.labels = labels
        unanswered = Array(repeating: 0, count: labels.count)
        counts = Array(repeating: 0, count: labels.count * labels.count)
    }

    public subscript(expected: Int, predicted: Int) -> Double {
        get { counts[expected * labels.count + predicted] }
        set { counts[expected * labels.count + predicted] = newValue }
    }

    public func expectedTotal(_ label: Int) -> Double {
        var total = unanswered[label]
        for predicted in labels.indices { total += self[label, predicted] }
        return total
    }

    public func predictedTotal(_ label: Int) -> Double {
        var total = 0.0
        for expected in labels.indices { total += self[expected, label] }
        return total
    }

    public var total: Double { counts.reduce(0, +) + unanswered.reduce(0, +) }
}
