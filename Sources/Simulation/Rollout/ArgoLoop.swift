/// Argo Rollouts' background analysis with the values of its documentation.
///
/// Every five minutes the candidate's success rate of the last five minutes is held against 95 %. More failed
/// measurements than `failureLimit` abort; five measurements in a row without data abort as errors
/// (`consecutiveErrorLimit` 4). Metrics other than the errors are not looked at.
///
/// Argo Rollouts documentation, "Analysis & Progressive Delivery" (interval 5m, `result >= 0.95`, weights 20, 40, 60,
/// 80 for ten minutes each); `failureLimit` is 0 unless set (`analysis_types.go`; the page's example sets 3).
public struct ArgoLoop: RolloutLoop {
    private static let interval = 300.0
    private static let least = 0.95
    private static let errorLimit = 4
    private static let documentedShares = [0.2, 0.4, 0.6, 0.8]

    private var clock: StageClock
    private var window: RequestTally
    private let watched: [Int]
    private let failureLimit: Int
    private var failed = 0
    private var errorsInARow = 0
    private var nextMeasurement = Self.interval

    public init(
        plan: RolloutPlan, model: TrafficModel, steps: FlaggerLoop.Steps = .plan, failureLimit: Int = 0
    ) {
        let stages = Self.documentedShares.map { RolloutPlan.Stage(share: $0, hold: 600, tolerance: 1) }
        let own = RolloutPlan(stages: stages, patience: plan.patience, tick: plan.tick)
        clock = StageClock(steps == .plan ? plan : own)
        window = RequestTally(metrics: model.metrics.count)
        watched = model.errorMetrics
        self.failureLimit = failureLimit
    }

    public static func detector(
        steps: FlaggerLoop.Steps = .plan, failureLimit: Int = 0
    ) -> RolloutDetector {
        RolloutDetector(
            name: "Argo Rollouts",
            summary:
                "success rate of each five minutes against 95 %, aborts after \(failureLimit) failed measurements are exceeded (Argo's documented values)",
            looksAtErrorsOnly: true
        ) { plan, model in
            ArgoLoop(plan: plan, model: model, steps: steps, failureLimit: failureLimit)
        }
    }

    public var firstShare: Double { clock.current.share }

    public mutating func see(_ slot: TrafficSlot) -> RolloutStep {
        window.add(slot)
        if slot.end >= nextMeasurement - 1e-6 {
            nextMeasurement += Self.interval
            if let cause = measure() { return .rollBack(at: slot.end, cause) }
            window = RequestTally(metrics: window.failures.count)
        }
        return clock.hasHeld(at: slot.end) ? clock.advance(at: slot.end) : .stay
    }

    private mutating func measure() -> RollbackCause? {
        let requests = window.requests.candidate
        guard requests > 0 else {
            errorsInARow += 1
            return errorsInARow > Self.errorLimit ? .noData : nil
        }
        errorsInARow = 0
        let isBad = watched.contains { metric in
            Double(window.failures[metric].candidate) / Double(requests) > 1 - Self.least
        }
        if isBad { failed += 1 }
        return failed > failureLimit ? .threshold : nil
    }
}
