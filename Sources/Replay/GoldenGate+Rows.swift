import Domain
import Interchange
import Metrics

/// A run record by record, with its scores.
extension GoldenGate {
    /// Scores what the run recorded and hands on each observation that counted, in the order of the record.
    ///
    /// Metrics that are no mean over examples have no score an example, and are left out. Memory: the columns of
    /// scores, eight bytes a score.
    ///
    /// - Parameter begin: Told the names before the first row.
    /// - Throws: `MetricProblem`, `StoreError`, and what the two throw.
    public func rows(begin: ([String]) throws -> Void, each: (ExportRow) throws -> Void) async throws {
        let prepared = try prepare()
        let index = prepared.index
        let scored = try await score(prepared, try await firstLook(prepared))
        var columns: [ExportColumn] = []
        for definition in scored.selection.definitions {
            guard case .mean = definition.aggregate, definition.width == 1 else { continue }
            var own: [Arm: ScoreColumn] = [:]
            for arm in arms { own[arm] = try scored.table.column(definition.name, arm) }
            columns.append(ExportColumn(definition: definition, columns: own))
        }
        try begin(columns.map(\.definition.name))
        func hand(_ observation: Observation, _ unit: ReplayPlan.Unit) throws {
            let row = Int(index.rows.starts[unit.example]) + unit.repetition
            try each(
                ExportRow(
                    example: try ports.examples.example(unit.example), observation: observation,
                    scores: columns.compactMap { $0.score(row, observation.arm) }))
        }
        var settled = Settled(starts: index.rows.starts, arms: arms)
        var open: [ReplayPlan.Unit: Observation] = [:]
        try ports.evidence.read(
            run: request.manifest.runID,
            each: { observation in
                guard let unit = unit(of: observation, index), !settled[unit] else { return }
                guard isSettled(observation) else {
                    open[unit] = observation
                    return
                }
                settled[unit] = true
                open[unit] = nil
                try hand(observation, unit)
            }, problem: notice)
        let units = open.keys.sorted(by: ReplayPlan.Unit.precedes)
        for unit in units { if let observation = open[unit] { try hand(observation, unit) } }
    }
}

/// A metric's scores of both arms.
private struct ExportColumn {
    let definition: MetricDefinition
    let columns: [Arm: ScoreColumn]

    func score(_ row: Int, _ arm: Arm) -> ExportRow.Score? {
        guard let column = columns[arm], row < column.rowCount else { return nil }
        let state = column.states[row]
        if state == 0 {
            let value = column.values[row]
            let good = definition.direction == .lower ? 0.0 : 1.0
            let judges = definition.isPassFail && definition.direction != .neither
            return ExportRow.Score(
                name: definition.name, value: value, absence: nil, passes: judges ? value == good : nil)
        }
        let reason = column.reasons[Int(state.magnitude) - 1]
        return ExportRow.Score(
            name: definition.name, value: nil, absence: state > 0 ? .notApplicable(reason) : .failed(reason))
    }
}
