import Domain
import Gating
import Metrics
import Statistics

/// Who dominates whom on the axes: by the estimates, and surely.
///
/// By the estimates, A dominates B where A is at least as good on every axis and better on one. Surely, where the paired
/// differences prove it: on every axis A is better by test and interval, or no example differs at all, and on one at
/// least it is better. A union of axes needs no correction for their number, since every one of them
/// must hold (R. L. Berger, Technometrics 24 (1982) 295–300); the ordered pairs share the error (Bonferroni).
struct Frontier {
    /// An entry a variant; nil where it was not measured.
    let tables: [(any ScoreTable)?]
    let names: [String]
    /// Estimates by variant and axis.
    let values: [[Double?]]
    let axes: [(metric: MetricReference, direction: Direction)]
    let definitions: [MetricDefinition]
    let options: GateOptions

    func standings() throws -> [SweepReport.Standing] {
        var standings = names.map { _ in SweepReport.Standing() }
        let placed = names.indices.filter { tables[$0] != nil && values[$0].allSatisfy { $0 != nil } }
        guard !axes.isEmpty, !placed.isEmpty else { return standings }
        let pairs = max(1, placed.count * (placed.count - 1))
        // One-sided bounds at α over the ordered pairs, as the ends of a two-sided interval.
        let coverage = 1 - 2 * (1 - options.confidence) / Double(max(2, pairs))
        for other in placed {
            for one in placed where one != other && dominates(one, other) {
                standings[other].dominatedBy.append(names[one])
                if try surely(one, other, coverage) { standings[other].surelyDominatedBy.append(names[one]) }
            }
            standings[other].isOnFrontier = standings[other].dominatedBy.isEmpty
        }
        return standings
    }

    /// By the estimates.
    private func dominates(_ one: Int, _ other: Int) -> Bool {
        var isBetter = false
        for (axis, direction) in axes.map(\.direction).enumerated() {
            guard let mine = values[one][axis], let theirs = values[other][axis] else { return false }
            let gain = direction == .lower ? theirs - mine : mine - theirs
            if gain < 0 { return false }
            if gain > 0 { isBetter = true }
        }
        return isBetter
    }

    private func surely(_ one: Int, _ other: Int, _ coverage: Double) throws -> Bool {
        guard let mine = tables[one], let theirs = tables[other] else { return false }
        let contrasts = Contrasts(
            PairTable(baseline: theirs, candidate: mine), definitions: definitions, options: options)
        var isBetter = false
        for (metric, direction) in axes {
            guard let found = try contrasts.contrast(metric, coverage: coverage, tests: true), found.n >= 2,
                found.problem == nil
            else { return false }
            if found.changed == 0, found.unmeasured == 0 { continue }
            // No worse at all is proven by nothing less than better: at 0 there is no margin between them.
            guard let interval = found.interval, let p = found.p, p < 1 - coverage else { return false }
            let bound = direction == .lower ? -interval.upper : interval.lower
            if bound <= 0 { return false }
            isBetter = true
        }
        return isBetter
    }
}
