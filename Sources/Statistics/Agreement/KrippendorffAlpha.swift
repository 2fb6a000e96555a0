import Glibc

/// How far apart two values are: the scale that they are measured on.
public enum MeasurementLevel: Sendable, Hashable, CaseIterable {
    /// Equal or not.
    case nominal
    /// By how many values lie between, as they occur.
    case ordinal
    /// (a − b)².
    case interval
    /// ((a − b)/(a + b))², for values of zero and more.
    case ratio
}

/// Krippendorff's α: any number of raters, any level of measurement, missing values.
public struct KrippendorffAlpha: Sendable, Hashable {
    /// 1 − observed/expected: 1 is perfect, 0 what chance gives.
    public let value: Double
    /// Mean disagreement within units, in the scale of the level.
    public let observedDisagreement: Double
    /// Mean disagreement between any two values.
    public let expectedDisagreement: Double
    /// Units with at least two values; the others say nothing.
    public let units: Int
    /// Values in those units.
    public let values: Int
}

/// Krippendorff's α.
///
/// - Parameter ratings: A row a unit, a column a rater, nil where a value is missing.
/// - Throws: `EstimateError.tooFew` where no unit has two values, `.notFinite`, `.invalidParameter` where all
///   values are the same (α is undefined there), or for a negative value on the ratio scale.
/// - Complexity: O(values + distinct values), and on the ratio scale O(distinct values²).
///
/// K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011).
public func krippendorffAlpha(
    _ ratings: [[Double?]], level: MeasurementLevel
) throws(EstimateError) -> KrippendorffAlpha {
    let table = try ReliabilityData(ratings, level: level)
    let ones = [Int32](repeating: 1, count: table.units.count)
    let found = table.disagreements(ones.span)
    guard found.expected > 0 else { throw .invalidParameter("ratings", must: "not all be the same") }
    return KrippendorffAlpha(
        value: 1 - found.observed / found.expected, observedDisagreement: found.observed,
        expectedDisagreement: found.expected, units: table.units.count, values: table.count)
}

/// The BCa bootstrap of α over units.
///
/// - Parameter resamples: nil for `defaultResamples`.
/// - Throws: As `krippendorffAlpha`, and `EstimateError.tooFew` for fewer than two units, `.allEqual` where no
///   resample changes α (perfect agreement), `.undefinedStatistic` where too many have none.
/// - Complexity: O(resamples) times that of α.
public func krippendorffAlphaInterval(
    _ ratings: [[Double?]], level: MeasurementLevel, confidence: Double = 0.90, resamples: Int? = nil,
    seed: UInt64
) throws(EstimateError) -> Interval {
    let table = try ReliabilityData(ratings, level: level)
    let drawn = try bootstrap(
        count: table.units.count, resamples: resamples, seed: seed, name: "BCa bootstrap of units"
    ) { weights in
        let found = table.disagreements(weights)
        return found.expected > 0 ? 1 - found.observed / found.expected : .nan
    }
    return try drawn.interval(confidence: confidence).clamped(to: -1...1)
}

/// The pairable values, as places among the distinct ones.
private struct ReliabilityData {
    let level: MeasurementLevel
    /// Distinct values, ascending, scaled so that nothing overflows.
    let distinct: [Double]
    /// Places of each unit's values; every unit has two at least.
    let units: [[Int32]]
    /// Disagreement within each unit, where resampling does not change it: all but the ordinal level.
    let within: [Double]
    let count: Int

    init(_ ratings: [[Double?]], level: MeasurementLevel) throws(EstimateError) {
        var kept: [[Double]] = []
        var largest = 0.0
        for row in ratings {
            var values: [Double] = []
            for (rater, value) in row.enumerated() {
                guard let value else { continue }
                guard value.isFinite else { throw .notFinite(index: rater, of: "rating") }
                if level == .ratio, value < 0 {
                    throw .invalidParameter("ratings", must: "be zero or more on the ratio scale")
                }
                values.append(value)
            }
            guard values.count >= 2 else { continue }
            for value in values { largest = max(largest, abs(value)) }
            kept.append(values)
        }
        try requireCount(kept.count, atLeast: 1, "units with two ratings")
        // A power of two keeps every digit.
        let shift = largest > 0 ? Int32(-largest.exponent) : 0
        let sorted = Set(kept.joined()).sorted()
        var places: [Double: Int32] = [:]
        for (place, value) in sorted.enumerated() { places[value] = Int32(place) }
        distinct = sorted.map { scalbn($0, shift) }
        self.level = level
        units = kept.map { row in row.map { places[$0] ?? 0 } }
        count = units.reduce(0) { $0 + $1.count }
        var within: [Double] = []
        if level != .ordinal {
            for unit in units { within.append(ReliabilityData.spread(unit, level, distinct)) }
        }
        self.within = within
    }

    /// Observed and expected disagreement under weights: how often each unit counts.
    func disagreements(_ weights: Span<Int32>) -> (observed: Double, expected: Double) {
        var counts = [Double](repeating: 0, count: distinct.count)
        var total = 0.0
        for unit in units.indices where weights[unit] > 0 {
            let weight = Double(weights[unit])
            for place in units[unit] { counts[Int(place)] += weight }
            total += weight * Double(units[unit].count)
        }
        guard total > 1 else { return (0, 0) }
        let scale = level == .ordinal ? ReliabilityData.middles(counts) : distinct
        var observed = 0.0
        for unit in units.indices where weights[unit] > 0 {
            let spread =
                level == .ordinal ? ReliabilityData.spread(units[unit], .interval, scale) : within[unit]
            observed += Double(weights[unit]) * spread
        }
        return (observed / total, expected(counts, scale, total))
    }

    /// Mean disagreement of two different values drawn from all.
    private func expected(_ counts: [Double], _ scale: [Double], _ total: Double) -> Double {
        var sum = 0.0
        guard counts.count(where: { $0 > 0 }) > 1 else { return 0 }
        switch level {
        case .nominal:
            for count in counts { sum += count * (total - count) }
        case .ordinal, .interval:
            var mean = 0.0
            for place in counts.indices { mean += counts[place] / total * scale[place] }
            for place in counts.indices {
                let deviation = scale[place] - mean
                sum += counts[place] * deviation * deviation
            }
            sum *= 2 * total
        case .ratio:
            for high in counts.indices where counts[high] > 0 {
                var inner = 0.0
                for low in 0..<high {
                    inner += counts[low] * ReliabilityData.ratioDistance(scale[low], scale[high])
                }
                sum += 2 * counts[high] * inner
            }
        }
        return sum / (total * (total - 1))
    }

    /// Sum over a unit's pairs, each way, over one less than its values.
    private static func spread(_ unit: [Int32], _ level: MeasurementLevel, _ scale: [Double]) -> Double {
        let size = Double(unit.count)
        var sum = 0.0
        switch level {
        case .interval:
            var mean = 0.0
            for place in unit { mean += scale[Int(place)] }
            mean /= size
            for place in unit {
                let deviation = scale[Int(place)] - mean
                sum += deviation * deviation
            }
            // Equal values, whose mean may be off by rounding, do not disagree.
            if unit.allSatisfy({ $0 == unit[0] }) { sum = 0 }
            sum *= 2 * size
        case .nominal, .ordinal, .ratio:
            for first in unit.indices {
                for second in 0..<first where unit[first] != unit[second] {
                    sum +=
                        level == .ratio
                        ? 2 * ratioDistance(scale[Int(unit[first])], scale[Int(unit[second])]) : 2
                }
            }
        }
        return sum / (size - 1)
    }

    private static func ratioDistance(_ one: Double, _ other: Double) -> Double {
        let sum = one + other
        guard sum > 0 else { return 0 }
        let share = (one - other) / sum
        return share * share
    }

    /// The middle of each value's ranks: ordinal distance is the distance of these.
    private static func middles(_ counts: [Double]) -> [Double] {
        var below = 0.0
        return counts.map { count in
            defer { below += count }
            return below + count / 2
        }
    }
}
