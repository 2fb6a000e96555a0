/// Something that watches a rollout and decides its next step: Sluice's rule, or a peer's.
///
/// A value with the state of one rollout. Pure: time comes with the traffic.
public protocol RolloutLoop: Sendable {
    /// The share that the candidate gets from the start on.
    var firstShare: Double { get }
    /// What to do after this slot of traffic.
    mutating func see(_ slot: TrafficSlot) -> RolloutStep
}

/// What a loop asks for.
public enum RolloutStep: Sendable, Hashable {
    case stay
    /// The next stage, by its number from 0, with its share.
    case open(stage: Int, share: Double)
    case promote
    /// No decision within the time that the plan allows.
    case giveUp
    /// Back to the baseline, at this second of the rollout and for this reason.
    case rollBack(at: Double, RollbackCause)
}

/// Why a loop rolled back.
public enum RollbackCause: String, Sendable, Hashable, CaseIterable {
    case harm = "more harm than the baseline"
    case fuse = "fuse: far above the hard limit"
    case shareMismatch = "users are not split as configured"
    case threshold = "below the fixed threshold"
    case noData = "no data in the window"
    case difference = "z beyond its limit"
}

/// How a rollout is watched: the name and rule of a loop, and its start.
public struct RolloutDetector: Sendable {
    /// As tables show it.
    public let name: String
    /// The rule in one sentence, with its defaults and their source.
    public let summary: String
    /// Whether it is blind to every metric but `TrafficModel.errorMetrics`.
    public let looksAtErrorsOnly: Bool
    public let start: @Sendable (RolloutPlan, TrafficModel) throws -> any RolloutLoop

    public init(
        name: String, summary: String, looksAtErrorsOnly: Bool = false,
        start: @escaping @Sendable (RolloutPlan, TrafficModel) throws -> any RolloutLoop
    ) {
        self.name = name
        self.summary = summary
        self.looksAtErrorsOnly = looksAtErrorsOnly
        self.start = start
    }
}
