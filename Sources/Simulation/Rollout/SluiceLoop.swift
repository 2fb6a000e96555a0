import Statistics

/// Sluice's canary rule.
///
/// - Harm: the first event of each sticky key and metric, by assigned arm, in one mixture e-process per metric; the
///   alarm is on their weighted sum, after every event, and carries over all stages.
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
    /// Production events of the present stage, by metric.
    private var production: [Int]
    private var nextBound = 0.0

    /// - Parameters:
    ///   - budget: What each kind of trigger may spend.
    ///   - toleratedRatio: Of every metric; nil: 1, and 1.1 where the base rate is 5 % or more.
    /// - Throws: `EstimateError.invalidParameter` for shares, tolerances or names that are none.
    public init(
        plan: RolloutPlan, model: TrafficModel, budget: AlarmBudget = .release,
        toleratedRatio: Double? = nil, counting: Counting = .keys
    ) throws(EstimateError) {
        setup = try Setup(plan: plan, model: model, budget: budget, toleratedRatio: toleratedRatio)
        self.counting = counting
        clock = StageClock(plan)
        monitor = setup.monitor
        production = [Int](repeating: 0, count: model.metrics.count)
    }

    public static func detector(
        budget: AlarmBudget = .release, toleratedRatio: Double? = nil, counting: Counting = .keys
    ) -> RolloutDetector {
        RolloutDetector(
            name: counting == .keys ? "Sluice" : "Sluice on requests",
            summary: "counts the first event of each user, judges after every event, α over the whole release"
        ) { plan, model in
            try SluiceLoop(
                plan: plan, model: model, budget: budget, toleratedRatio: toleratedRatio, counting: counting)
        }
    }

    public var firstShare: Double { clock.current.share }

    public mutating func see(_ slot: TrafficSlot) -> RolloutStep {
        for event in slot.events {
            if let time = record(event) { return .rollBack(at: time, .harm) }
        }
        guard clock.hasHeld(at: slot.end) else { return .stay }
        if maySettle(at: slot.end) {
            for index in production.indices { production[index] = 0 }
            return clock.advance(at: slot.end)
        }
        return clock.isOverdue(at: slot.end) ? .giveUp : .stay
    }

    /// The time of an alarm, where the event raises one.
    private mutating func record(_ event: HarmEvent) -> Double? {
        guard event.isFirst || counting == .requests else { return nil }
        let share = setup.shares[event.stage]
        let times = counting == .requests ? event.requests : 1
        for _ in 0..<times {
            monitor.record(metric: event.metric, inCanary: event.isCandidate, share: share)
            // Production events only lower the evidence.
            if event.isCandidate, monitor.isAlarmed { return event.time }
        }
        if !event.isCandidate, event.stage == clock.stage { production[event.metric] += times }
        return nil
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
        /// By stage and metric.
        let planned: [[Int?]]

        init(
            plan: RolloutPlan, model: TrafficModel, budget: AlarmBudget, toleratedRatio: Double?
        ) throws(EstimateError) {
            var shares: [CanaryShare] = []
            for stage in plan.stages { shares.append(try CanaryShare(stage.share)) }
            var metrics: [HarmMonitor.Metric] = []
            for metric in model.metrics {
                let tolerated = toleratedRatio ?? (metric.base >= 0.05 ? 1.1 : 1)
                metrics.append(HarmMonitor.Metric(name: metric.name, toleratedRatio: tolerated))
            }
            monitor = try HarmMonitor(metrics: metrics, alpha: budget.counts)
            self.shares = shares
            var planned: [[Int?]] = []
            for stage in plan.stages {
                var row: [Int?] = []
                for metric in metrics {
                    row.append(
                        try productionEventsPlanned(
                            ratio: stage.tolerance, share: stage.share,
                            toleratedRatio: metric.toleratedRatio,
                            alpha: budget.counts / Double(metrics.count)))
                }
                planned.append(row)
            }
            self.planned = planned
        }
    }
}
