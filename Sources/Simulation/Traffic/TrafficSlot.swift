/// Numbers of the two arms.
public struct ArmCounts: Sendable, Hashable {
    public var baseline: Int
    public var candidate: Int

    public init(baseline: Int = 0, candidate: Int = 0) {
        self.baseline = baseline
        self.candidate = candidate
    }

    public var total: Int { baseline + candidate }

    static func += (left: inout ArmCounts, right: ArmCounts) {
        left.baseline += right.baseline
        left.candidate += right.candidate
    }
}

/// Something bad that happened, as it is learnt.
public struct HarmEvent: Sendable, Hashable {
    /// When it is learnt, in seconds from the start of the rollout.
    public let time: Double
    /// The index of the metric in the model.
    public let metric: Int
    /// By assigned arm, when the request was made.
    public let isCandidate: Bool
    /// The stage in which the request was made, 0 the first.
    public let stage: Int
    /// Whether it is the first of this metric for its sticky key.
    public let isFirst: Bool
    /// Whether it is the candidate's, and nothing of the candidate's went wrong for this key before.
    public let harmsNewUser: Bool
    /// Failing requests: more than one where errors come in bursts.
    public let requests: Int
}

/// What happened between two moments.
public struct TrafficSlot: Sendable {
    public let start: Double
    public let seconds: Double
    /// By the arm that was assigned, failing requests included.
    public internal(set) var requests = ArmCounts()
    /// Sticky keys that were seen for the first time since the rollout began, by the arm assigned then.
    public internal(set) var newKeys = ArmCounts()
    /// Distinct users that met the candidate for the first time.
    public internal(set) var newlyExposed = 0
    /// In order of time.
    public internal(set) var events: [HarmEvent] = []

    public var end: Double { start + seconds }
}
