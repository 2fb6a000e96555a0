import Statistics

/// Sluice's canary rule.
///
/// - Harm: the first event of each sticky key and metric, by assigned arm, in one mixture e-process per metric; the
///   alarm is on their weighted sum, after every event, and carries over all stages.
/// - The split: first-seen keys against the configured shares.
/// - The fuse: failing users of the candidate against a hard limit, over windows of its last requests.
/// - A stage ends after its hold, where for each metric either the ratio's upper bound (one-sided 95 %) is below the
///   stage's tolerance, or as many production events were seen as would have given the alarm at that ratio in 90 %.
///   Else it holds, until the plan's patience ends.
public struct SluiceLoop: RolloutLoop {
    /// What one event is.
    public enum Counting: Sendable, Hashable {
        /// The first of each sticky key and metric, as it should be.
        case keys
        /// Every failing request: what goes wrong where the key is forgotten.
        case requests
    }

    private static let secondsBetweenBounds = 60.0

    private let setup: Setup
    private let counting: Counting
    private var clock: StageClock
    private var monitor: HarmMonitor
    private var split: SampleRatioEProcess
    private var fuses: [BinomialFuse?]
    /// Candidate requests since the last failing one, over which a fuse's windows empty.
    private var quiet: [Double]
    /// Production events of the present stage, by metric.
    private var production: [Int]
    private var nextBound = 0.0

    /// - Parameters:
    ///   - budget: What each kind of trigger may spend.
    ///   - toleratedRatio: Of every metric; nil: 1, and 1.1 where the base rate is 5 % or more.
    ///   - limits: Of the fuse, by the name of a metric; a metric without one has no fuse.
    /// - Throws: `EstimateError.invalidParameter` for shares, tolerances, limits or names that are none.
    public init(
        plan: RolloutPlan, model: TrafficModel, budget: AlarmBudget = .release,
        toleratedRatio: Double? = nil, limits: [(metric: String, rate: Double)] = [],
        counting: Counting = .keys
    ) throws(EstimateError) {
        setup = try Setup(plan: plan, model: model, budget: budget, toleratedRatio: toleratedRatio)
        self.counting = counting
        clock = StageClock(plan)
        monitor = setup.monitor
        split = try SampleRatioEProcess()
        production = [Int](repeating: 0, count: model.metrics.count)
        quiet = [Double](repeating: 0, count: model.metrics.count)
        var fuses: [BinomialFuse?] = []
        for metric in model.metrics {
            guard let limit = limits.first(where: { $0.metric == metric.name }) else {
                fuses.append(nil)
                continue
            }
            fuses.append(try BinomialFuse(limit: limit.rate))
        }
        self.fuses = fuses
    }

    public static func detector(
        budget: AlarmBudget = .release, toleratedRatio: Double? = nil,
        limits: [(metric: String, rate: Double)] = [], counting: Counting = .keys
    ) -> RolloutDetector {
        RolloutDetector(
            name: counting == .keys ? "Sluice" : "Sluice on requests",
            summary: "counts the first event of each user, judges after every event, α over the whole release"
        ) { plan, model in
            try SluiceLoop(
                plan: plan, model: model, budget: budget, toleratedRatio: toleratedRatio, limits: limits,
                counting: counting)
        }
    }

    public var firstShare: Double { clock.current.share }

    /// The hold at which each stage would bring as many production events as are planned for it, in seconds, on
    /// traffic without repeated users; nil where no hold does.
    public func plannedHolds(for model: TrafficModel) -> [Double?] {
        zip(setup.planned, clock.plan.stages).map { planned, stage in
            var longest = 0.0
            for (metric, events) in zip(model.metrics, planned) {
                guard let events else { return nil }
                let starts = model.rate * (1 - stage.share) * metric.base / Double(metric.burst)
                longest = max(longest, Double(events) / starts)
            }
            return longest
        }
    }

    public mutating func see(_ slot: TrafficSlot) -> RolloutStep {
        var last = slot.start
        let density = Double(slot.requests.candidate) / slot.seconds
        for event in slot.events {
            for index in quiet.indices { quiet[index] += density * (event.time - last) }
            last = event.time
            if let cause = record(event) { return .rollBack(at: event.time, cause) }
        }
        for index in quiet.indices { quiet[index] += density * (slot.end - last) }
        if isMissplit(slot) { return .rollBack(at: slot.end, .shareMismatch) }
        guard clock.hasHeld(at: slot.end) else { return .stay }
        if maySettle(at: slot.end) {
            for index in production.indices { production[index] = 0 }
            return clock.advance(at: slot.end)
        }
        return clock.isOverdue(at: slot.end) ? .giveUp : .stay
    }

    /// Why to roll back now, where the event gives reason to.
    private mutating func record(_ event: HarmEvent) -> RollbackCause? {
        guard event.isFirst || counting == .requests else { return nil }
        let share = setup.shares[event.stage]
        let times = counting == .requests ? event.requests : 1
        for _ in 0..<times {
            monitor.record(metric: event.metric, inCanary: event.isCandidate, share: share)
            guard event.isCandidate else { continue }
            // Production events only lower the evidence, so that there is nothing to ask after one.
            if monitor.isAlarmed { return .harm }
            if trips(event.metric) { return .fuse }
        }
        if !event.isCandidate, event.stage == clock.stage { production[event.metric] += times }
        return nil
    }

    private mutating func trips(_ metric: Int) -> Bool {
        guard var fuse = fuses[metric], let longest = fuse.windows.last?.length else { return false }
        // What lies further back than the longest window is forgotten anyway.
        for _ in 0..<min(longest, Int(quiet[metric])) { fuse.record(failed: false) }
        quiet[metric] = 0
        let tripped = fuse.record(failed: true)
        fuses[metric] = fuse
        return tripped
    }

    private mutating func isMissplit(_ slot: TrafficSlot) -> Bool {
        guard setup.splitAlpha > 0, slot.newKeys.total > 0 else { return false }
        let keys = [slot.newKeys.baseline, slot.newKeys.candidate]
        guard (try? split.add(keys: keys, shares: setup.splits[clock.stage])) != nil else { return false }
        return (try? split.alarms(alpha: setup.splitAlpha)) ?? false
    }

    private mutating func maySettle(at time: Double) -> Bool {
        let planned = setup.planned[clock.stage]
        let open = production.indices.filter { index in
            guard let needed = planned[index] else { return true }
            return production[index] < needed
        }
        if open.isEmpty { return true }
        // A bound costs more than a thousand events; once a minute is often enough.
        guard time >= nextBound else { return false }
        nextBound = time + Self.secondsBetweenBounds
        return open.allSatisfy { index in
            guard let bound = try? monitor.processes[index].upperBound(confidence: 0.95) else { return false }
            return bound < clock.current.tolerance
        }
    }

    /// What is worked out once for all replications.
    private struct Setup: Sendable {
        let shares: [CanaryShare]
        let monitor: HarmMonitor
        let splits: [SampleShares]
        let splitAlpha: Double
        /// By stage and metric.
        let planned: [[Int?]]

        init(
            plan: RolloutPlan, model: TrafficModel, budget: AlarmBudget, toleratedRatio: Double?
        ) throws(EstimateError) {
            var shares: [CanaryShare] = []
            var splits: [SampleShares] = []
            for stage in plan.stages {
                shares.append(try CanaryShare(stage.share))
                splits.append(try SampleShares(canary: stage.share))
            }
            self.splits = splits
            splitAlpha = budget.sampleRatio
            var metrics: [HarmMonitor.Metric] = []
            for metric in model.metrics {
                let tolerated = toleratedRatio ?? (metric.base >= 0.05 ? 1.1 : 1)
                metrics.append(HarmMonitor.Metric(name: metric.name, toleratedRatio: tolerated))
            }
            monitor = try HarmMonitor(metrics: metrics, alpha: budget.counts)
            self.shares = shares
            var planned: [[Int?]] = []
            let alpha = budget.counts / Double(metrics.count)
            for (stage, share) in zip(plan.stages, shares) {
                var row: [Int?] = []
                for process in monitor.processes {
                    row.append(try Self.productionEvents(stage, share, process, alpha: alpha))
                }
                planned.append(row)
            }
            self.planned = planned
        }

        /// Production's events after which silence means something: their number does not depend on how bad the
        /// candidate is. Nil where there is no such number.
        private static func productionEvents(
            _ stage: RolloutPlan.Stage, _ share: CanaryShare, _ process: RateRatioEProcess, alpha: Double
        ) throws(EstimateError) -> Int? {
            guard stage.tolerance > process.toleratedRatio else { return nil }
            let forecast = try process.detectionForecast(
                ratio: stage.tolerance, share: share, alpha: alpha, limit: 20_000)
            guard let events = try forecast.events(chance: 0.9) else { return nil }
            let others = (1 - stage.share) / (1 - stage.share + stage.share * stage.tolerance)
            return Int((Double(events) * others).rounded(.up))
        }
    }
}
