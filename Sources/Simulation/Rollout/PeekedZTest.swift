import Statistics

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
            name: "peeked z-test",
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

/// z, positive where the candidate fails more; nil where it has no value.
func twoProportionZ(_ failures: ArmCounts, of requests: ArmCounts) -> Double? {
    let found = try? twoProportionZTest(
        baselineSuccesses: failures.baseline, baselineTrials: requests.baseline,
        candidateSuccesses: failures.candidate, candidateTrials: requests.candidate, alternative: .greater)
    return found.map { $0.difference / $0.standardError }
}
