import Domain

/// Two apps' scores of the same examples as the two arms of one table.
struct PairTable: ScoreTable {
    let baseline: any ScoreTable
    let candidate: any ScoreTable

    var rows: ScoreRows { baseline.rows }
    var arms: [Arm] { [.baseline, .candidate] }

    func column(_ metric: String, _ arm: Arm) throws -> ScoreColumn? {
        switch arm {
        case .baseline: try baseline.column(metric, .candidate)
        case .candidate: try candidate.column(metric, .candidate)
        }
    }
}
