import Domain
import Metrics

/// One drawing of scores: examples drawn from a run, with the rows that each arm has of them, and perhaps a loss
/// planted into the candidate.
struct DrawnTable: ScoreTable {
    let rows: ScoreRows
    let arms: [Arm]
    let pool: ScorePool
    /// For each row of this table its place in the pool's columns.
    let baseline: [Int32]
    let candidate: [Int32]
    let loss: PlantedLoss?
    /// For each example of this table the number that decides whether the loss hits it.
    let chances: [Double]

    func column(_ metric: String, _ arm: Arm) -> ScoreColumn? {
        guard let source = pool.column(metric) else { return nil }
        let places = arm == .baseline ? baseline : candidate
        let width = source.width
        var values = [Double](repeating: .nan, count: places.count * width)
        var states = [Int32](repeating: 0, count: places.count)
        for (row, place) in places.enumerated() {
            let from = Int(place)
            states[row] = source.states[from]
            for part in 0..<width { values[row * width + part] = source.values[from * width + part] }
        }
        var column = ScoreColumn(
            width: width, values: values, states: states, reasons: source.reasons, answered: source.answered,
            labels: source.labels)
        if arm == .candidate, let loss { loss.plant(metric, into: &column, rows, chances) }
        return column
    }
}
