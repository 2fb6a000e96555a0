import Statistics

/// What one detector did in many rollouts.
public struct DetectorResult: Sendable {
    public let name: String
    public let summary: String
    /// Whether it is blind to every metric but `TrafficModel.errorMetrics`.
    public let looksAtErrorsOnly: Bool
    /// Rollouts of a candidate that is as the baseline.
    public let healthy: [RolloutOutcome]
    /// Rollouts of the candidate as planted; nil where nothing was.
    public let harmed: [RolloutOutcome]?

    public init(
        name: String, summary: String, looksAtErrorsOnly: Bool = false, healthy: [RolloutOutcome],
        harmed: [RolloutOutcome]?
    ) {
        self.name = name
        self.summary = summary
        self.looksAtErrorsOnly = looksAtErrorsOnly
        self.healthy = healthy
        self.harmed = harmed
    }

    /// Healthy rollouts that were rolled back.
    public var falseAlarms: SimulatedShare { SimulatedShare(healthy) { $0.isRolledBack } }

    public func share(ofHealthy ending: RolloutOutcome.Ending) -> SimulatedShare {
        SimulatedShare(healthy) { $0.ending == ending }
    }

    /// Harmful rollouts that were rolled back once the harm had begun.
    public var detected: SimulatedShare? {
        harmed.map { SimulatedShare($0) { isDetected($0) } }
    }

    /// Harmful rollouts that went to all users.
    public var missed: SimulatedShare? {
        harmed.map { SimulatedShare($0) { $0.ending == .promoted } }
    }

    /// Harmful rollouts that were rolled back by mistake, before the harm had begun.
    public var tooEarly: SimulatedShare? {
        harmed.map { SimulatedShare($0) { $0.isRolledBack && !isDetected($0) } }
    }

    private func isDetected(_ outcome: RolloutOutcome) -> Bool {
        outcome.isRolledBack && outcome.changeBegan != nil
    }

    /// Seconds from the beginning of the harm to the rollback; a rollout without one comes after all others.
    public func detectionTime(_ level: Double) -> SimulatedQuantile? {
        harmed.map {
            SimulatedQuantile(
                $0.map { isDetected($0) ? $0.seconds - ($0.changeBegan ?? 0) : nil }, level)
        }
    }

    /// Requests that the candidate answered before it was rolled back.
    public func requestsUntilRollback(_ level: Double) -> SimulatedQuantile? {
        harmed.map {
            SimulatedQuantile($0.map { isDetected($0) ? Double($0.candidateRequests) : nil }, level)
        }
    }

    public func usersExposed(_ level: Double) -> SimulatedQuantile? {
        harmed.map { SimulatedQuantile($0.map { isDetected($0) ? Double($0.usersExposed) : nil }, level) }
    }

    public func usersHarmed(_ level: Double) -> SimulatedQuantile? {
        harmed.map { SimulatedQuantile($0.map { isDetected($0) ? Double($0.usersHarmed) : nil }, level) }
    }

    /// The share of harmful rollouts that were rolled back by each of these seconds of the rollout.
    public func curve(at times: [Double], healthy wantsHealthy: Bool = false) -> [Double] {
        let outcomes = wantsHealthy ? healthy : harmed ?? []
        let stops = outcomes.filter(\.isRolledBack).map(\.seconds).sorted()
        var out: [Double] = []
        var index = 0
        for time in times {
            while index < stops.count, stops[index] <= time { index += 1 }
            out.append(outcomes.isEmpty ? 0 : Double(index) / Double(outcomes.count))
        }
        return out
    }

    /// Why rollouts were rolled back, the most frequent first.
    public func causes(healthy wantsHealthy: Bool) -> [(cause: RollbackCause, count: Int)] {
        let outcomes = wantsHealthy ? healthy : harmed ?? []
        var counts: [(cause: RollbackCause, count: Int)] = []
        for cause in RollbackCause.allCases {
            let count = outcomes.count { $0.ending == .rolledBack(cause) }
            if count > 0 { counts.append((cause, count)) }
        }
        return counts.sorted { $0.count > $1.count }
    }
}
