import Domain
import Metrics
import Statistics

/// One metric in one arm, an entry an example: its numbers over the example's repeats, or why there are none.
struct ArmSample: Sendable {
    enum State: UInt8, Sendable {
        case value
        /// It says nothing of this example.
        case notApplicable
        /// The app gave no answer that could be measured.
        case noAnswer
        /// The answer lacks what is measured.
        case notShown
        /// Nobody has seen it: infrastructure or a judge failed.
        case failed
    }

    let definition: MetricDefinition
    let states: [State]
    let numbers: ArmNumbers
    /// The repeats apart, of a metric that is a mean; nil where no example has more than one.
    let repeats: RepeatRows?
    /// One reason why something could not be measured, for messages.
    let reason: String?

    init(_ definition: MetricDefinition, _ column: ScoreColumn, _ table: GateTable) {
        self.definition = definition
        let reading = Reading(column: column, table: table)
        states = (0..<table.count).map(reading.state)
        switch definition.aggregate {
        case .mean: numbers = .scores(reading.scores())
        case .sums: numbers = .sums(reading.sums())
        case .confusion: numbers = .labels(reading.labels())
        case .text: numbers = .texts(count: table.count)
        }
        if case .mean = definition.aggregate, table.hasRepeats {
            repeats = reading.repeats()
        } else {
            repeats = nil
        }
        let missing = column.states.first { $0 < 0 } ?? column.states.first { $0 > 0 }
        reason = missing.map { column.reasons[Int($0.magnitude) - 1] }
    }

    /// The numbers that a statistic is of: a percentile or an extreme knows single repeats, since the mean of an
    /// example's repeats has no tail.
    func read(_ statistic: String?) -> ArmSample {
        guard let repeats, !Functional.isMean(statistic) else { return self }
        return ArmSample(self, .repeats(repeats))
    }

    init(_ other: ArmSample, _ numbers: ArmNumbers) {
        definition = other.definition
        states = other.states
        reason = other.reason
        repeats = other.repeats
        self.numbers = numbers
    }

    func measured(_ examples: [Int]) -> [Int] { examples.filter { states[$0] == .value } }

    func count(_ state: State) -> Int { states.count { $0 == state } }

    /// The score of one example where the metric is a mean or a confusion: there, the share of right labels.
    func grade(_ example: Int) -> Double? {
        guard states[example] == .value else { return nil }
        switch numbers {
        case .scores(let values): return values[example]
        case .repeats(let rows): return mean(Array(rows.values(of: example)))
        case .labels(let rows): return rows.rightShare(example)
        case .sums, .texts: return nil
        }
    }
}

/// A column read example by example.
private struct Reading {
    let column: ScoreColumn
    let table: GateTable

    func state(_ example: Int) -> ArmSample.State {
        var found = ArmSample.State.notApplicable
        for row in table.rows(of: example) {
            let state = column.states[row]
            if state == 0 { return .value }
            // Of several repeats the least certain one speaks.
            let own = missing(state)
            if own.rawValue > found.rawValue { found = own }
        }
        return found
    }

    private func missing(_ state: Int32) -> ArmSample.State {
        let reason = Int(state.magnitude) - 1
        let isKnown = reason < column.answered.count
        if state > 0 { return isKnown && !column.answered[reason] ? .noAnswer : .notApplicable }
        return isKnown && column.answered[reason] ? .notShown : .failed
    }

    func scores() -> [Double] {
        var scores = [Double](repeating: .nan, count: table.count)
        for example in 0..<table.count {
            var mean = RunningMean()
            for row in table.rows(of: example) where column.states[row] == 0 {
                mean.add(column.values[row * column.width])
            }
            if let score = mean.value { scores[example] = score }
        }
        return scores
    }

    func repeats() -> RepeatRows {
        var rows = RepeatRows()
        for example in 0..<table.count {
            rows.append(
                table.rows(of: example).lazy.filter { column.states[$0] == 0 }.map {
                    column.values[$0 * column.width]
                })
        }
        return rows
    }

    func sums() -> SparseRows {
        let cells = column.values.count { $0 != 0 && !$0.isNaN }
        var rows = SparseRows(width: column.width, rows: table.count, cells: cells)
        var sums = [Double](repeating: 0, count: column.width)
        for example in 0..<table.count {
            var repeats = 0
            for part in sums.indices { sums[part] = 0 }
            for row in table.rows(of: example) where column.states[row] == 0 {
                repeats += 1
                for part in sums.indices { sums[part] += column.values[row * column.width + part] }
            }
            if repeats > 1 { for part in sums.indices { sums[part] /= Double(repeats) } }
            rows.append(sums)
        }
        return rows
    }

    func labels() -> LabelRows {
        var rows = LabelRows(names: column.labels)
        for example in 0..<table.count {
            for row in table.rows(of: example) where column.states[row] == 0 {
                let cell = row * column.width
                rows.append(expected: Int32(column.values[cell]), predicted: Int32(column.values[cell + 1]))
            }
            rows.close()
        }
        return rows
    }
}
