import Domain
import Metrics
import Statistics

/// A metric's value as a function of how often each example counts: what resampling recomputes.
///
/// NaN: the metric has no value on that set (a class that was not drawn).
struct Functional: Sendable {
    let value: @Sendable (Span<Int32>) -> Double

    /// The metric over the listed examples of one arm; weight i belongs to `examples[i]`.
    init(_ sample: ArmSample, examples: [Int], member: String? = nil, statistic: String? = nil) {
        switch sample.definition.aggregate {
        case .mean:
            let values = examples.map(sample.value)
            if let level = Functional.percentile(statistic) {
                value = Functional.weightedQuantile(values, level)
            } else if statistic == "max" || statistic == "min" {
                value = Functional.weightedExtreme(values, largest: statistic == "max")
            } else {
                value = Functional.weightedMean(values)
            }
        case .sums(let combine):
            value = Functional.weightedSums(sample, examples, combine)
        case .confusion(let whole, let perClass):
            let table = LabelTable(sample, examples)
            if let member {
                guard let perClass, let label = table.labels.firstIndex(of: member) else {
                    value = { _ in .nan }
                    return
                }
                value = { weights in perClass(table.matrix(weights), label) ?? .nan }
            } else {
                value = { weights in whole(table.matrix(weights)) ?? .nan }
            }
        case .text:
            value = { _ in .nan }
        }
    }

    init(value: @escaping @Sendable (Span<Int32>) -> Double) { self.value = value }

    /// With every example counted once.
    func whole(_ count: Int) -> Double {
        let ones = [Int32](repeating: 1, count: count)
        return value(ones.span)
    }

    /// `p95` → 0.95; nil where it names no percentile.
    static func percentile(_ statistic: String?) -> Double? {
        guard let statistic, statistic.first == "p", let number = Double(statistic.dropFirst()) else { return nil }
        return number > 0 && number < 100 ? number / 100 : nil
    }

    private static func weightedMean(_ values: [Double]) -> @Sendable (Span<Int32>) -> Double {
        { weights in
            var sum = 0.0
            var count = 0
            for index in 0..<values.count {
                let weight = Int(weights[index])
                sum += Double(weight) * values[index]
                count += weight
            }
            return count == 0 ? .nan : sum / Double(count)
        }
    }

    /// R-7 on the multiset that the weights describe; the values are put in order once.
    private static func weightedQuantile(
        _ values: [Double], _ level: Double
    ) -> @Sendable (Span<Int32>) -> Double {
        let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        let sorted = order.map { values[$0] }
        return { weights in
            var total = 0
            for index in 0..<weights.count { total += Int(weights[index]) }
            guard total > 0 else { return .nan }
            let place = level * Double(total - 1)
            let below = Int(place)
            let share = place - Double(below)
            // From the top: percentiles that gates ask for lie there.
            var above = total
            var low = Double.nan
            var high = Double.nan
            var index = sorted.count - 1
            while index >= 0 {
                let weight = Int(weights[order[index]])
                if weight > 0 {
                    above -= weight
                    if high.isNaN, above <= below + 1 { high = sorted[index] }
                    if above <= below {
                        low = sorted[index]
                        break
                    }
                }
                index -= 1
            }
            if below + 1 >= total || high.isNaN { high = low }
            return low + share * (high - low)
        }
    }

    private static func weightedExtreme(
        _ values: [Double], largest: Bool
    ) -> @Sendable (Span<Int32>) -> Double {
        { weights in
            var found = Double.nan
            for index in 0..<values.count where weights[index] > 0 {
                let value = values[index]
                if found.isNaN || (largest ? value > found : value < found) { found = value }
            }
            return found
        }
    }

    private static func weightedSums(
        _ sample: ArmSample, _ examples: [Int], _ combine: @escaping @Sendable ([Double]) -> Double?
    ) -> @Sendable (Span<Int32>) -> Double {
        let width = sample.width
        var parts: [Double] = []
        parts.reserveCapacity(examples.count * width)
        for example in examples {
            for part in 0..<width { parts.append(sample.values[example * width + part]) }
        }
        return { [parts] weights in
            var sums = [Double](repeating: 0, count: width)
            for index in 0..<weights.count {
                let weight = Double(weights[index])
                if weight == 0 { continue }
                for part in 0..<width { sums[part] += weight * parts[index * width + part] }
            }
            return combine(sums) ?? .nan
        }
    }
}

/// Label pairs of examples, coded over one sorted list of labels.
struct LabelTable: Sendable {
    let labels: [String]
    private let starts: [Int32]
    private let cells: [Int32]
    private let cellWeights: [Double]

    /// - Parameter fixed: Labels to use instead of those that occur, so that two arms share them.
    init(_ sample: ArmSample, _ examples: [Int], labels fixed: [String]? = nil) {
        let known = fixed ?? LabelTable.labels(of: [(sample, examples)])
        var position: [String: Int32] = [:]
        for (index, label) in known.enumerated() { position[label] = Int32(index) }
        let recode = sample.column.labels.map { position[$0] ?? -1 }
        var starts: [Int32] = [0]
        var cells: [Int32] = []
        var weights: [Double] = []
        starts.reserveCapacity(examples.count + 1)
        let count = Int32(known.count)
        for example in examples {
            for pair in sample.pairs[example] {
                let expected = recode[Int(pair.expected)]
                guard expected >= 0 else { continue }
                // A missing prediction is a column of its own beyond the labels.
                let predicted = pair.predicted < 0 ? count : recode[Int(pair.predicted)]
                cells.append(expected * (count + 1) + predicted)
                weights.append(pair.weight)
            }
            starts.append(Int32(cells.count))
        }
        labels = known
        self.starts = starts
        self.cells = cells
        cellWeights = weights
    }

    /// Labels that occur, expected or predicted, sorted.
    static func labels(of parts: [(ArmSample, [Int])]) -> [String] {
        var seen = Set<String>()
        for (sample, examples) in parts {
            var codes = [Bool](repeating: false, count: sample.column.labels.count)
            for example in examples {
                for pair in sample.pairs[example] {
                    codes[Int(pair.expected)] = true
                    if pair.predicted >= 0 { codes[Int(pair.predicted)] = true }
                }
            }
            for (code, used) in codes.enumerated() where used { seen.insert(sample.column.labels[code]) }
        }
        return seen.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    func matrix(_ weights: Span<Int32>) -> ConfusionMatrix {
        var matrix = ConfusionMatrix(labels: labels)
        let count = labels.count
        let wide = count + 1
        for index in 0..<weights.count {
            let weight = Double(weights[index])
            if weight == 0 { continue }
            for cell in Int(starts[index])..<Int(starts[index + 1]) {
                let place = Int(cells[cell])
                let (row, column) = place.quotientAndRemainder(dividingBy: wide)
                if column == count {
                    matrix.unanswered[row] += weight * cellWeights[cell]
                } else {
                    matrix[row, column] += weight * cellWeights[cell]
                }
            }
        }
        return matrix
    }

    func matrix() -> ConfusionMatrix {
        let ones = [Int32](repeating: 1, count: starts.count - 1)
        return matrix(ones.span)
    }
}
