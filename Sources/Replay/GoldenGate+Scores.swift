import Domain
import Gating
import Metrics
import Scoring

/// The scores of a run with all that would judge them: what tests of the gates themselves begin with.
public struct RunScores: Sendable {
    public let table: any ScoreTable
    public let rules: [GateRule]
    public let definitions: [MetricDefinition]
    public let kpi: KPIDefinition?
    /// As a first look would have them.
    public let options: GateOptions
    public let measurement: MeasurementCounts
    /// Whether both arms asked one app in the same way, and saw the same versions of it.
    public let isSameApp: Bool
    /// Repeats of an example that names none itself.
    public let repeats: Int
}

extension GoldenGate {
    /// Scores what the run recorded, or asks where it is no run that exists; judges nothing, and leaves the ledger
    /// alone.
    ///
    /// - Throws: `ReplayInterruption`, `MetricProblem`, `StoreError`.
    public func scores() async throws -> RunScores {
        let prepared = try prepare()
        let log = request.rescore ? nil : try openLog()
        let scored = try await score(prepared, try await firstLook(prepared, log), log)
        let before = scored.tally.observedVersions(.baseline)
        let after = scored.tally.observedVersions(.candidate)
        let identities = arms.compactMap { ports.targets[$0]?.identity }
        return RunScores(
            table: scored.table, rules: request.rules, definitions: scored.selection.definitions,
            kpi: scored.selection.kpi, options: options(1), measurement: scored.tally.measurement,
            isSameApp: identities.count == 2 && identities[0] == identities[1] && before == after,
            repeats: request.repeats)
    }
}
