/// Where a rollout stands in its plan.
struct StageClock: Sendable {
    let plan: RolloutPlan
    private(set) var stage = 0
    private(set) var opened = 0.0

    init(_ plan: RolloutPlan) { self.plan = plan }

    var current: RolloutPlan.Stage { plan.stages[stage] }
    /// Rounding of summed ticks must not cost a tick.
    func hasHeld(at time: Double) -> Bool { time - opened >= current.hold - 1e-6 }
    func isOverdue(at time: Double) -> Bool { time - opened >= current.hold * plan.patience - 1e-6 }

    /// The next stage, or the end of the plan.
    mutating func advance(at time: Double) -> RolloutStep {
        guard stage + 1 < plan.stages.count else { return .promote }
        stage += 1
        opened = time
        return .open(stage: stage, share: current.share)
    }
}

/// Requests and failures of the candidate and the baseline in a window that rolls from check to check.
struct RequestTally: Sendable {
    var requests = ArmCounts()
    /// Failing requests by metric.
    var failures: [ArmCounts]

    init(metrics: Int) { failures = [ArmCounts](repeating: ArmCounts(), count: metrics) }

    mutating func add(_ slot: TrafficSlot) {
        requests += slot.requests
        for event in slot.events {
            if event.isCandidate {
                failures[event.metric].candidate += event.requests
            } else {
                failures[event.metric].baseline += event.requests
            }
        }
    }
}
