import Domain
import Metrics
import Statistics

/// A metric's value over lines that come one at a time, with its interval, in memory that does not grow with them.
///
/// Each line is an independent example. Intervals: Wilson's for shares of passes, Student's for means, and for functions of
/// a whole set (corpus BLEU, macro F1, calibration) the jackknife over 50 groups of lines, with Student's t.
///
/// R. G. Miller, Biometrika 61 (1974) 1–15; P. S. Kott, J. Official Statistics 17 (2001) 521–526.
public struct StreamedEstimate: Sendable {
    public let definition: MetricDefinition
    private let confidence: Double
    private var moments = RunningMoments()
    private var passes = 0
    private var groups: [[Double]] = []
    private var tables: [[Pair: Double]] = []
    private var labels: [String: Int32] = [:]
    private var texts: Set<String> = []
    private var isTooVaried = false

    /// Lines with a value, lines to which it does not apply, and lines where it failed.
    public private(set) var measured = 0
    public private(set) var notApplicable = 0
    public private(set) var failed = 0
    /// Why it did not apply or failed, by how often, as far as they are few.
    public private(set) var reasons: [String: Int] = [:]

    private struct Pair: Hashable {
        let expected: Int32
        /// -1: nothing.
        let predicted: Int32
    }

    private static let groupCount = 50
    private static let mostLabels = 5_000
    private static let mostReasons = 100

    public init(_ definition: MetricDefinition, confidence: Double) {
        self.definition = definition
        self.confidence = confidence
        switch definition.aggregate {
        case .sums:
            groups = Array(
                repeating: [Double](repeating: 0, count: definition.width), count: Self.groupCount)
        case .confusion: tables = Array(repeating: [:], count: Self.groupCount)
        case .mean, .text: break
        }
    }

    /// Takes in the measurement of one line.
    public mutating func add(_ measurement: Measurement) {
        switch measurement {
        case .value(let value):
            guard (try? moments.add(value)) != nil else { return miss("the metric gave no finite number") }
            if value == 1 { passes += 1 }
            measured += 1
        case .values(let values):
            let group = measured % Self.groupCount
            guard groups.indices.contains(group), values.allSatisfy(\.isFinite) else {
                return miss("the metric gave no finite number")
            }
            for (place, value) in values.prefix(definition.width).enumerated() {
                groups[group][place] += value
            }
            measured += 1
        case .labels(let names): addLabels(names)
        case .notApplicable(let reason):
            notApplicable += 1
            note(reason)
        case .failed(let reason), .unmeasured(let reason): miss(reason)
        }
    }

    private mutating func miss(_ reason: String) {
        failed += 1
        note(reason)
    }

    private mutating func note(_ reason: String) {
        if reasons.count < Self.mostReasons || reasons[reason] != nil { reasons[reason, default: 0] += 1 }
    }

    private mutating func addLabels(_ names: [String]) {
        guard let first = names.first else { return miss("the metric gave no label") }
        if tables.isEmpty {
            if texts.count < Self.mostLabels { texts.insert(first) }
        } else {
            guard let expected = code(first), let predicted = names.count > 1 ? code(names[1]) : -1 else {
                isTooVaried = true
                return miss("more than \(Self.mostLabels) labels")
            }
            tables[measured % Self.groupCount][Pair(expected: expected, predicted: predicted), default: 0] +=
                1
        }
        measured += 1
    }

    private mutating func code(_ label: String) -> Int32? {
        if let code = labels[label] { return code }
        guard labels.count < Self.mostLabels else { return nil }
        let code = Int32(labels.count)
        labels[label] = code
        return code
    }

    /// What the lines so far amount to.
    public struct Summary: Sendable {
        /// Nil: no line had a value, or there is none for the set.
        public let value: Double?
        /// The text that every line had, for metrics of texts.
        public let text: String?
        public let interval: Interval?
        /// How the value was formed.
        public let method: String
        /// Why there is no interval, or no value.
        public let note: String?
    }

    public var summary: Summary {
        switch definition.aggregate {
        case .mean: return mean
        case .sums(let combine):
            var total = [Double](repeating: 0, count: definition.width)
            for group in groups { for place in group.indices { total[place] += group[place] } }
            return jackknifed("of sums", measured > 0 ? combine(total) : nil) { left in
                combine(total.indices.map { total[$0] - groups[left][$0] })
            }
        case .confusion(let value, _):
            if isTooVaried { return Summary(none: "more than \(Self.mostLabels) labels") }
            return jackknifed("of a table of labels", measured > 0 ? value(matrix(without: nil)) : nil) {
                value(matrix(without: $0))
            }
        case .text:
            guard texts.count == 1, let only = texts.first else {
                return Summary(
                    none: texts.isEmpty ? "no line has a text" : "lines have \(texts.count) different texts")
            }
            return Summary(value: nil, text: only, interval: nil, method: "the text of all lines", note: nil)
        }
    }

    private var mean: Summary {
        guard measured > 0, let sample = try? moments.moments() else {
            return Summary(none: "no line was measured")
        }
        do throws(EstimateError) {
            let interval =
                definition.isPassFail
                ? try wilsonInterval(successes: passes, trials: measured, confidence: confidence)
                : try interval(of: sample)
            return Summary(
                value: sample.mean, text: nil, interval: clamped(interval),
                method: definition.isPassFail ? "share" : "mean", note: nil)
        } catch {
            let note = measured < 2 ? "an interval needs two lines" : "\(error)"
            return Summary(value: sample.mean, text: nil, interval: nil, method: "mean", note: note)
        }
    }

    /// Equal values have no spread to reckon with: there the metric's range speaks, as in an evaluation.
    private func interval(of sample: Moments) throws(EstimateError) -> Interval {
        if sample.isConstant, sample.n > 1, let low = definition.lowest, let high = definition.highest {
            return try allEqualInterval(
                value: sample.mean, range: low...high, n: sample.n, confidence: confidence)
        }
        return try studentInterval(sample, confidence: confidence)
    }

    private func matrix(without group: Int?) -> ConfusionMatrix {
        let sorted = labels.keys.sorted()
        var places = [Int](repeating: 0, count: labels.count)
        for (place, label) in sorted.enumerated() { places[Int(labels[label] ?? 0)] = place }
        var matrix = ConfusionMatrix(labels: sorted, keepsCells: false)
        for (number, table) in tables.enumerated() where number != group {
            // Counts are whole numbers: their order does not matter.
            for (pair, count) in table {
                let expected = places[Int(pair.expected)]
                if pair.predicted < 0 {
                    matrix.unanswered[expected] += count
                } else {
                    matrix.add(expected: expected, predicted: places[Int(pair.predicted)], count)
                }
            }
        }
        return matrix
    }

    /// Student's interval from the values with one group left out at a time.
    private func jackknifed(_ method: String, _ value: Double?, _ leaving: (Int) -> Double?) -> Summary {
        guard let value else { return Summary(none: "the lines give no value together") }
        let count = min(measured, Self.groupCount)
        func without(_ note: String) -> Summary {
            Summary(value: value, text: nil, interval: nil, method: method, note: note)
        }
        guard count >= 2 else { return without("an interval needs two lines") }
        var parts: [Double] = []
        for group in 0..<count {
            guard let part = leaving(group) else {
                return without("a group of lines gives no value without the others")
            }
            parts.append(part)
        }
        let mean = parts.reduce(0, +) / Double(count)
        var squares = 0.0
        for part in parts { squares += (part - mean) * (part - mean) }
        let deviation = (Double(count - 1) / Double(count) * squares).squareRoot()
        guard deviation > 0, let t = try? StudentT(degreesOfFreedom: Double(count - 1)),
            let reach = try? t.quantile((1 + confidence) / 2) * deviation,
            let interval = try? Interval(
                lower: value - reach, upper: value + reach, confidence: confidence,
                method: "jackknife over \(count) groups")
        else { return without("all groups of lines give the same value") }
        return Summary(value: value, text: nil, interval: clamped(interval), method: method, note: nil)
    }

    /// Never beyond the metric's range.
    private func clamped(_ interval: Interval) -> Interval? {
        let lower = max(interval.lower, definition.lowest ?? -.infinity)
        let upper = min(interval.upper, definition.highest ?? .infinity)
        if lower == interval.lower, upper == interval.upper { return interval }
        return try? Interval(
            lower: lower, upper: upper, confidence: interval.confidence, method: interval.method)
    }
}

extension StreamedEstimate.Summary {
    fileprivate init(none: String) { self.init(value: nil, text: nil, interval: nil, method: "", note: none) }
}
