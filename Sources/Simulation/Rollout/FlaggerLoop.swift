/// Flagger's progressive canary with the values of its documentation.
///
/// Every minute the candidate's success rate of the last minute is held against 99 %. A check that fails, or finds no
/// requests, halts the advance and is counted; the counter is never reset. The check that finds the counter at the
/// threshold of 5 rolls back. Metrics other than the errors are not looked at.
///
/// Flagger documentation, "Istio Canary Deployments" (interval 1m, threshold 5, maxWeight 50, stepWeight 10,
/// request-success-rate min 99 over 1m); `pkg/controller/scheduler.go` for the order of its steps.
public struct FlaggerLoop: RolloutLoop {
    /// Which stages it runs through.
    public enum Steps: Sendable, Hashable {
        /// Those of the plan, each for its hold.
        case plan
        /// 10 % more each minute up to 50 %, as documented.
        case documented
    }

    private static let interval = 60.0
    private static let threshold = 5
    private static let least = 0.99
    private static let documentedShares = [0.1, 0.2, 0.3, 0.4, 0.5]

    private var clock: StageClock
    private var window: RequestTally
    private let watched: [Int]
    private var failedChecks = 0
    private var nextCheck = Self.interval
    private var cause = RollbackCause.threshold

    public init(plan: RolloutPlan, model: TrafficModel, steps: Steps = .plan) {
        let stages = Self.documentedShares.map {
            RolloutPlan.Stage(share: $0, hold: Self.interval, tolerance: 1)
        }
        let own = RolloutPlan(stages: stages, patience: plan.patience, tick: plan.tick)
        clock = StageClock(steps == .plan ? plan : own)
        window = RequestTally(metrics: model.metrics.count)
        watched = model.errorMetrics
    }

    public static func detector(steps: Steps = .plan) -> RolloutDetector {
        RolloutDetector(
            name: "Flagger",
            summary:
                "success rate of each minute against 99 %, rolls back after 5 failed checks (Flagger's documented values)",
            looksAtErrorsOnly: true
        ) { plan, model in FlaggerLoop(plan: plan, model: model, steps: steps) }
    }

    public var firstShare: Double { clock.current.share }

    public mutating func see(_ slot: TrafficSlot) -> RolloutStep {
        window.add(slot)
        guard slot.end >= nextCheck - 1e-6 else { return .stay }
        nextCheck += Self.interval
        if failedChecks >= Self.threshold { return .rollBack(at: slot.end, cause) }
        let passed = passes()
        window = RequestTally(metrics: window.failures.count)
        guard passed else {
            failedChecks += 1
            return .stay
        }
        return clock.hasHeld(at: slot.end) ? clock.advance(at: slot.end) : .stay
    }

    private mutating func passes() -> Bool {
        guard window.requests.candidate > 0 else {
            cause = .noData
            return false
        }
        for metric in watched {
            let share = Double(window.failures[metric].candidate) / Double(window.requests.candidate)
            if share > 1 - Self.least {
                cause = .threshold
                return false
            }
        }
        return true
    }
}
