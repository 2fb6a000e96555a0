import Domain
import Metrics

/// One metric in one arm, an entry an example: its numbers averaged over the example's repeats, or why not.
struct ArmSample: Sendable {
    enum State: UInt8, Sendable { case value, notApplicable, failed }

    let definition: MetricDefinition
    let states: [State]
    /// `width` numbers an example; for labels, see `pairs`.
    let width: Int
    var values: [Double]
    /// For confusion metrics: the label pairs of every measured repeat, by example.
    let pairs: [[LabelPair]]
    let column: ScoreColumn

    struct LabelPair: Sendable {
        let expected: Int32
        /// Index of the predicted label; negative where the app gave none.
        let predicted: Int32
        let weight: Double
    }

    init(_ definition: MetricDefinition, _ column: ScoreColumn, _ rows: ScoreRows) {
        self.definition = definition
        self.column = column
        let width = column.width
        var states = [State](repeating: .notApplicable, count: rows.count)
        var values = [Double](repeating: .nan, count: rows.count * width)
        var isConfusion = false
        if case .confusion = definition.aggregate { isConfusion = true }
        var pairs: [[LabelPair]] = isConfusion ? Array(repeating: [], count: rows.count) : []
        for example in 0..<rows.count {
            var measured = 0.0
            var anyFailed = false
            for row in rows.rows(of: example) {
                let state = column.states[row]
                if state == 0 { measured += 1 } else if state < 0 { anyFailed = true }
            }
            guard measured > 0 else {
                if anyFailed { states[example] = .failed }
                continue
            }
            states[example] = .value
            for part in 0..<width { values[example * width + part] = 0 }
            for row in rows.rows(of: example) where column.states[row] == 0 {
                for part in 0..<width {
                    values[example * width + part] += column.values[row * width + part] / measured
                }
                if isConfusion {
                    pairs[example].append(
                        LabelPair(
                            expected: Int32(column.values[row * width]),
                            predicted: Int32(column.values[row * width + 1]), weight: 1 / measured))
                }
            }
        }
        self.states = states
        self.values = values
        self.width = width
        self.pairs = pairs
    }

    func value(_ example: Int) -> Double { values[example * width] }

    /// Rows with a reason, by kind.
    var notApplicableCount: Int { states.count { $0 == .notApplicable } }
    var failedCount: Int { states.count { $0 == .failed } }
    var valueCount: Int { states.count { $0 == .value } }
}
