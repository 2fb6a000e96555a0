import Domain
import Metrics

/// The value of a metric over a set of examples with one observation each, worked out plainly: what the gates
/// do with weights and repeats.
func aggregate(_ definition: MetricDefinition, _ inputs: [MeasureInput], member: String? = nil) -> Double? {
    var measurements: [Measurement] = []
    for var input in inputs { measurements.append(definition.measured(&input)) }
    switch definition.aggregate {
    case .mean:
        let values = measurements.compactMap(\.number)
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    case .sums(let combine):
        var sums = [Double](repeating: 0, count: definition.width)
        for case .values(let values) in measurements {
            for (index, value) in values.enumerated() { sums[index] += value }
        }
        return combine(sums)
    case .confusion(let value, let perClass):
        var pairs: [[String]] = []
        for case .labels(let labels) in measurements { pairs.append(labels) }
        var matrix = ConfusionMatrix(labels: Set(pairs.joined()).sorted())
        for pair in pairs {
            let row = matrix.labels.firstIndex(of: pair[0]) ?? 0
            if pair.count == 1 {
                matrix.unanswered[row] += 1
            } else {
                matrix[row, matrix.labels.firstIndex(of: pair[1]) ?? 0] += 1
            }
        }
        guard let member else { return value(matrix) }
        return matrix.labels.firstIndex(of: member).flatMap { perClass?(matrix, $0) }
    case .text: return nil
    }
}
