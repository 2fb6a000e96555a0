/// The stages of a rollout, and how long one waits in each.
public struct RolloutPlan: Sendable, Hashable {
    public struct Stage: Sendable, Hashable {
        /// The candidate's share of users, in `(0, 1]`.
        public let share: Double
        /// Seconds that the stage takes at least.
        public let hold: Double
        /// The largest rate ratio that may be left open when the stage ends.
        public let tolerance: Double

        public init(share: Double, hold: Double, tolerance: Double) {
            self.share = share
            self.hold = hold
            self.tolerance = tolerance
        }
    }

    public let stages: [Stage]
    /// A stage that is still undecided after so many times its hold ends the rollout *on hold*.
    public let patience: Double
    /// Seconds between two moments at which counts are put together.
    public let tick: Double

    public init(stages: [Stage], patience: Double = 4, tick: Double = 10) {
        self.stages = stages
        self.patience = patience
        self.tick = tick
    }

    /// Shares with the default tolerances: 10, 3, 1.5, and 1.5 from the third stage on.
    public static func stages(
        _ shares: [Double], hold: Double, patience: Double = 4, tick: Double = 10
    ) -> RolloutPlan {
        let stages = shares.enumerated().map { index, share in
            Stage(share: share, hold: hold, tolerance: index == 0 ? 10 : index == 1 ? 3 : 1.5)
        }
        return RolloutPlan(stages: stages, patience: patience, tick: tick)
    }

    /// Seconds after which every rollout under this plan has ended.
    public var longest: Double {
        var seconds = 0.0
        for stage in stages { seconds += stage.hold * patience }
        return seconds
    }
}
