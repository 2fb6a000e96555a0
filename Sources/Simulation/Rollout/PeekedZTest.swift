/// A two-proportion z-test on request counts, looked at again and again: what dashboards do.
///
/// At each interval the counts of the stage so far are tested as if this were the only look, each metric by itself.
/// It rolls back where the candidate is worse and |z| exceeds the limit; a stage lasts as long as its hold.
public struct PeekedZTest: RolloutLoop {
    private var clock: StageClock
    private var tally: RequestTally
    private let interval: Double
    private let limit: Double
    private var nextLook: Double

    public init(plan: RolloutPlan, model: TrafficModel, interval: Double = 60, limit: Double = 1.96) {
        clock = StageClock(plan)
        tally = RequestTally(metrics: model.metrics.count)
        self.interval = interval
        self.limit = limit
        nextLook = interval
    }

    public static func detector(interval: Double = 60, limit: Double = 1.96) -> RolloutDetector {
        RolloutDetector(
            name: "z-test, peeked at",
            summary:
                "two-proportion z-test on request counts of the stage, looked at every minute; rolls back at |z| > 1.96"
        ) { plan, model in PeekedZTest(plan: plan, model: model, interval: interval, limit: limit) }
    }

    public var firstShare: Double { clock.current.share }

    public mutating func see(_ slot: TrafficSlot) -> RolloutStep {
        tally.add(slot)
        if slot.end >= nextLook - 1e-6 {
            nextLook += interval
            for failures in tally.failures {
                if let z = twoProportionZ(failures, of: tally.requests), z > limit {
                    return .rollBack(at: slot.end, .difference)
                }
            }
        }
        guard clock.hasHeld(at: slot.end) else { return .stay }
        tally = RequestTally(metrics: tally.failures.count)
        return clock.advance(at: slot.end)
    }
}

/// The pooled two-proportion z, positive where the candidate fails more; nil where it has no value.
func twoProportionZ(_ failures: ArmCounts, of requests: ArmCounts) -> Double? {
    guard requests.baseline > 0, requests.candidate > 0 else { return nil }
    let baseline = Double(requests.baseline)
    let candidate = Double(requests.candidate)
    let pooled = Double(failures.total) / Double(requests.total)
    let variance = pooled * (1 - pooled) * (1 / baseline + 1 / candidate)
    guard variance > 0 else { return nil }
    let difference = Double(failures.candidate) / candidate - Double(failures.baseline) / baseline
    return difference / variance.squareRoot()
}
