import Domain
import Metrics
import Statistics

/// What a true loss of a given size does to the scores of each metric.
///
/// Scores with two ends, pass and fail among them: so many examples fall to the worst that the mean falls by `size` of
/// the range. Labels: so many right ones are lost that the share of right ones falls by `size`. Times, costs and other
/// numbers without an end: each is worse by `size` of their mean, or of five times the way to the metric's limit where that
/// is more. Ratios of sums: `size` of the examples turn into the worst that was seen. What fails, fails on the same
/// examples for all metrics.
///
/// A loss that is spread thin over all examples would be caught sooner than one that breaks a few.
struct PlantedLoss: Sendable {
    let size: Double
    private let changes: [String: Change]

    private enum Change: Sendable {
        /// An example fails whose number is below `share`: its rows become `worst`.
        case flip(share: Double, worst: Double)
        /// Every value moves by this.
        case shift(Double)
        /// An example whose number is below `share` loses the label it had right.
        case mislabel(share: Double)
        /// An example whose number is below `share` becomes this row.
        case replace(share: Double, row: [Double])
    }

    /// - Parameters:
    ///   - app: The scores of the app as it is, a profile a metric.
    ///   - ways: For metrics without an end, how far their limit is, as a share of their value.
    init(size: Double, _ app: [String: MetricProfile], ways: [String: Double] = [:]) {
        self.size = size
        var changes: [String: Change] = [:]
        for (name, profile) in app {
            changes[name] = PlantedLoss.change(profile, size, reach: max(1, 5 * (ways[name] ?? 0)))
        }
        self.changes = changes
    }

    private static func change(
        _ profile: MetricProfile, _ size: Double, reach: Double
    ) -> Change? {
        let definition = profile.definition
        let isLower = definition.direction == .lower
        switch definition.aggregate {
        case .text: return nil
        case .confusion:
            return profile.goodShare > 0 ? .mislabel(share: size / profile.goodShare) : nil
        case .sums:
            return profile.worstSums.map { .replace(share: size, row: $0) }
        case .mean: break
        }
        if definition.direction != .neither, let low = definition.lowest, let high = definition.highest {
            let worst = isLower ? high : low
            return profile.goodShare > 0 ? .flip(share: size / profile.goodShare, worst: worst) : nil
        }
        // Where neither way is better, longer stands for worse.
        let shift = size * reach * profile.size
        return .shift(definition.direction == .higher ? -shift : shift)
    }

    func plant(_ metric: String, into column: inout ScoreColumn, _ rows: ScoreRows, _ chances: [Double]) {
        guard size > 0, let change = changes[metric] else { return }
        switch change {
        case .flip(let share, let worst):
            hit(share, rows, chances) { row in
                if column.states[row] == 0 { column.values[row] = worst }
            }
        case .shift(let shift):
            for row in column.states.indices where column.states[row] == 0 { column.values[row] += shift }
        case .mislabel(let share):
            hit(share, rows, chances) { row in
                let cell = row * column.width
                guard column.states[row] == 0, column.values[cell] == column.values[cell + 1] else { return }
                column.values[cell + 1] = -1
            }
        case .replace(let share, let sums):
            hit(share, rows, chances) { row in
                guard column.states[row] == 0 else { return }
                for part in sums.indices { column.values[row * column.width + part] = sums[part] }
            }
        }
    }

    private func hit(_ share: Double, _ rows: ScoreRows, _ chances: [Double], _ body: (Int) -> Void) {
        for example in 0..<rows.count where chances[example] < share {
            for row in rows.rows(of: example) { body(row) }
        }
    }
}

/// What has to be known of a metric in the app as it is before a loss can be planted.
struct MetricProfile: Sendable {
    let definition: MetricDefinition
    /// How far the mean lies from the metric's worst end, as a share of the range: of pass and fail the share that
    /// passes. Of labels the share of right ones.
    let goodShare: Double
    /// The mean's distance from 0.
    let size: Double
    /// Of the rows that were seen, the one that moves a ratio of sums furthest to its bad side.
    let worstSums: [Double]?

    /// - Parameter rows: The app's rows in the column.
    init(_ definition: MetricDefinition, _ column: ScoreColumn, rows: Range<Int>) {
        self.definition = definition
        let seen = rows.filter { column.states[$0] == 0 }
        var goodShare = 0.0
        var size = 0.0
        var worst: [Double]?
        switch definition.aggregate {
        case .confusion:
            let right = seen.count {
                column.values[$0 * column.width] == column.values[$0 * column.width + 1]
            }
            if !seen.isEmpty { goodShare = Double(right) / Double(seen.count) }
        case .sums(let combine): worst = MetricProfile.worstRow(definition, column, seen, combine)
        case .mean:
            size = abs((try? moments(seen.map { column.values[$0] }).mean) ?? 0)
            if let low = definition.lowest, let high = definition.highest {
                let end = definition.direction == .lower ? high : low
                let heads = seen.map { abs(column.values[$0] - end) }
                goodShare = ((try? moments(heads).mean) ?? 0) / max(high - low, 1e-300)
            }
        case .text: break
        }
        self.goodShare = goodShare
        self.size = size
        worstSums = worst
    }

    private static func worstRow(
        _ definition: MetricDefinition, _ column: ScoreColumn, _ seen: [Int],
        _ combine: ([Double]) -> Double?
    ) -> [Double]? {
        var totals = [Double](repeating: 0, count: column.width)
        for row in seen {
            for part in totals.indices { totals[part] += column.values[row * column.width + part] }
        }
        var found: (row: [Double], value: Double)?
        let isHighWorst = definition.direction != .higher
        for row in seen {
            let own = Array(column.values[(row * column.width)..<((row + 1) * column.width)])
            var moved = totals
            for part in own.indices { moved[part] += own[part] }
            guard let value = combine(moved) else { continue }
            if found.map({ isHighWorst ? value > $0.value : value < $0.value }) ?? true {
                found = (own, value)
            }
        }
        return found?.row
    }
}
