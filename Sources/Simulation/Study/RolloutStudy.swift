import Statistics

/// Detectors over the same traffic, with the candidate as planted and with one that is as the baseline.
public struct RolloutStudy: Sendable {
    public let model: TrafficModel
    public let plan: RolloutPlan
    public let detectors: [RolloutDetector]
    /// Rollouts of each kind.
    public let replications: Int
    public let seed: UInt64

    public init(
        model: TrafficModel, plan: RolloutPlan, detectors: [RolloutDetector], replications: Int, seed: UInt64
    ) {
        self.model = model
        self.plan = plan
        self.detectors = detectors
        self.replications = replications
        self.seed = seed
    }

    /// Whether a change was planted, for the worse or not.
    public var hasHarm: Bool { model.metrics.contains { $0.harm != nil } }

    /// What was planted: 1 if any metric becomes worse, otherwise −1 if any becomes better, 0 if none moves.
    public var harmSign: Int {
        let moves = model.metrics.compactMap { metric in
            metric.harm.map { $0.fullRate(base: metric.base) - metric.base }
        }
        if moves.contains(where: { $0 > 0 }) { return 1 }
        return moves.contains { $0 < 0 } ? -1 : 0
    }

    /// - Parameters:
    ///   - workers: Replications at once; no influence on the result.
    ///   - progress: Called with the share of the work that is done.
    /// - Throws: What a detector says of a plan or model that it cannot run on.
    public func run(
        workers: Int, progress: (Double) -> Void = { _ in }
    ) async throws -> [DetectorResult] {
        var results: [DetectorResult] = []
        let steps = Double(detectors.count * (hasHarm ? 2 : 1))
        var done = 0.0
        for detector in detectors {
            let healthy = try await outcomes(detector, model.withoutHarm, workers)
            done += 1
            progress(done / steps)
            var harmed: [RolloutOutcome]?
            if hasHarm {
                harmed = try await outcomes(detector, model, workers)
                done += 1
                progress(done / steps)
            }
            results.append(
                DetectorResult(
                    name: detector.name, summary: detector.summary,
                    looksAtErrorsOnly: detector.looksAtErrorsOnly, healthy: healthy, harmed: harmed))
        }
        return results
    }

    private func outcomes(
        _ detector: RolloutDetector, _ model: TrafficModel, _ workers: Int
    ) async throws -> [RolloutOutcome] {
        let loop = try detector.start(plan, model)
        let tick = plan.tick
        let longest = plan.longest
        let seed = seed
        return await Replications.run(replications, workers: workers) { number in
            RolloutRun.outcome(
                loop, model: model, tick: tick, longest: longest, seed: seed, replication: number)
        }
    }
}
