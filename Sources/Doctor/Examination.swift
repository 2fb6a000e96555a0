import Domain
import Gating
import Metrics
import Statistics

/// Tests the gate itself, on the user's own scores and rules: what it says of an app that did not change, and from
/// which loss on it speaks.
///
/// Each trial draws examples with replacement, deals their scores to two arms as an unchanged app would have them,
/// and has the real evaluator judge; then the same drawing with losses planted into the candidate. All is a function
/// of the scores, the rules and the seed, on any number of threads.
public struct Examination: Sendable {
    /// The losses tried besides none.
    public static let sizes = [0.01, 0.02, 0.03, 0.05, 0.075, 0.10, 0.15, 0.20, 0.30, 0.50]

    let input: DoctorInput
    let pool: ScorePool
    let dealer: Dealer
    let rehearsal: Rehearsal
    let losses: [PlantedLoss]
    /// What the gates say of the examples as they are.
    let today: Rehearsal.Outcome
    /// Rules that drawing examples would only confuse: the order of two anchors.
    private let fixed: [Int]
    private let paired: [Int]
    private let single: [Int]
    private let profiles: [String: MetricProfile]
    private let ways: [String: Double]

    /// - Throws: What the table's columns throw when they are read.
    public init(_ input: DoctorInput) throws {
        self.input = input
        rehearsal = Rehearsal(
            rules: input.rules, definitions: input.definitions, kpi: input.kpi, options: input.options)
        var names = rehearsal.metrics
        names += (input.kpi?.parts ?? []).map { MetricCatalogue.definitionName(for: $0.metric) }
        pool = try ScorePool(input.table, metrics: names, definitions: input.definitions)
        dealer = Dealer(pool, input)
        var fixed: [Int] = []
        var paired: [Int] = []
        var single: [Int] = []
        for (place, rule) in input.rules.enumerated() {
            if case .order = rule.form {
                fixed.append(place)
            } else if rehearsal.isRelative[place] {
                paired.append(place)
            } else {
                single.append(place)
            }
        }
        self.fixed = fixed
        self.paired = paired
        self.single = single
        var drafts = try rehearsal.drafts(dealer.whole().alone, rules: fixed + single, seed: input.seed)
        if let pair = dealer.whole().pair {
            drafts = drafts.merging(try rehearsal.drafts(pair, rules: paired, seed: input.seed))
        }
        let today = try rehearsal.settle(drafts)
        self.today = today
        let profiles = Examination.profiles(pool, input.definitions)
        let ways = Examination.ways(rehearsal, today)
        self.profiles = profiles
        self.ways = ways
        losses = input.losses.map { PlantedLoss(size: $0, profiles, ways: ways) }
    }

    func loss(of size: Double) -> PlantedLoss { PlantedLoss(size: size, profiles, ways: ways) }

    /// How far the limits of gates lie from what their metrics are, as a share of that: the furthest of a metric.
    private static func ways(_ rehearsal: Rehearsal, _ today: Rehearsal.Outcome) -> [String: Double] {
        var ways: [String: Double] = [:]
        for (place, gate) in today.gates.enumerated() {
            guard let value = gate.candidate ?? gate.baseline, abs(value) > 1e-300 else { continue }
            let way = gate.margin ?? gate.bound.map { abs($0 - value) } ?? 0
            let name = rehearsal.metrics[place]
            ways[name] = max(ways[name] ?? 0, way / abs(value))
        }
        return ways
    }

    private static func profiles(
        _ pool: ScorePool, _ definitions: [MetricDefinition]
    ) -> [String: MetricProfile] {
        var found: [String: MetricProfile] = [:]
        let rows = pool.app == .baseline ? 0..<pool.rowCount : pool.rowCount..<(2 * pool.rowCount)
        for definition in definitions {
            guard let column = pool.column(definition.name) else { continue }
            found[definition.name] = MetricProfile(definition, column, rows: rows)
        }
        return found
    }

    /// Runs all trials, in parallel over so many workers, and says what came of them.
    ///
    /// - Throws: What the table's columns throw when they are read, and `EstimateError`.
    public func examine(
        project: String, policyPath: String, source: String, workers: Int = 1
    ) async throws -> DoctorReport {
        let count = pool.rows.count > 0 ? input.trials : 0
        let share = max(1, (count + max(1, workers) - 1) / max(1, workers))
        var parts: [Int: [Trial]] = [:]
        try await withThrowingTaskGroup(of: (Int, [Trial]).self) { group in
            for first in stride(from: 1, through: count, by: share) {
                let range = first..<min(first + share, count + 1)
                group.addTask { [self] in (first, try self.trials(range)) }
            }
            for try await (first, trials) in group { parts[first] = trials }
        }
        let all = parts.keys.sorted().flatMap { parts[$0, default: []] }
        let caught = try await caughtLosses(all, workers: workers)
        return try report(all, caught, project: project, policyPath: policyPath, source: source)
    }

    /// What one drawing came to.
    struct Trial: Sendable {
        let unchanged: Rehearsal.Outcome
        /// By size of loss; empty beyond the trials of the curve.
        let planted: [Planted]
    }

    struct Planted: Sendable {
        /// Every metric lost.
        let whole: Rehearsal.Outcome
        /// For each rule: its outcome where its own metric lost, and no other.
        let alone: [GateResult.Outcome]
    }

    func trials(_ range: Range<Int>) throws -> [Trial] {
        let fixed = try rehearsal.drafts(dealer.whole().alone, rules: fixed, seed: input.seed)
        var trials: [Trial] = []
        trials.reserveCapacity(range.count)
        for number in range { trials.append(try trial(number, fixed)) }
        return trials
    }

    private func trial(_ number: Int, _ fixed: Rehearsal.Drafts) throws -> Trial {
        let drawing = dealer.drawing(number)
        let seed = seed(of: number)
        let base = try drafts(drawing, seed).merging(fixed)
        let unchanged = try rehearsal.settle(base)
        guard number <= input.curveTrials, !losses.isEmpty else {
            return Trial(unchanged: unchanged, planted: [])
        }
        var planted: [Planted] = []
        for loss in losses {
            let drafts = try drafts(drawing.planted(loss), seed).merging(fixed)
            let whole = try rehearsal.settle(drafts)
            var alone = whole.gates.map(\.outcome)
            for rule in input.rules.indices where drafts.hasClaims(rule) {
                alone[rule] = try rehearsal.settle(base.replacing(rule, by: drafts)).gates[rule].outcome
            }
            planted.append(Planted(whole: whole, alone: alone))
        }
        return Trial(unchanged: unchanged, planted: planted)
    }

    /// Another draw within for each trial: one pattern for all would err the same way in all.
    private func seed(of trial: Int) -> UInt64 { input.seed &+ UInt64(trial) &* 0x9E37_79B9_7F4A_7C15 }

    /// One drawing again, each of some rules with a loss of its own metric.
    func alone(_ number: Int, _ losses: [Int: PlantedLoss]) throws -> [Int: Rehearsal.Gate] {
        let drawing = dealer.drawing(number)
        let seed = seed(of: number)
        let base = try drafts(drawing, seed)
        var found: [Int: Rehearsal.Gate] = [:]
        for (rule, loss) in losses {
            let planted = drawing.planted(loss)
            let table = rehearsal.isRelative[rule] ? planted.pair : planted.alone
            guard let table else { continue }
            let draft = try rehearsal.drafts(table, rules: [rule], seed: seed)
            found[rule] = try rehearsal.settle(base.replacing(rule, by: draft)).gates[rule]
        }
        return found
    }

    private func drafts(_ drawing: Dealer.Drawing, _ seed: UInt64) throws -> Rehearsal.Drafts {
        let own = try rehearsal.drafts(drawing.alone, rules: single, seed: seed)
        guard let pair = drawing.pair else { return own }
        return own.merging(try rehearsal.drafts(pair, rules: paired, seed: seed))
    }
}
