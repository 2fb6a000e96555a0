/// How one arm's answer to one live request went, in numbers: what fuses and counters look at.
public struct LiveOutcome: Sendable, Hashable {
    public var plan: Int?
    public var stage: String?
    public var assigned: LiveArm
    /// Whose outcome it is. Where production answered in the candidate's stead there are two: the candidate's failure
    /// and production's answer; what happened to the request as assigned is in the first.
    public var arm: LiveArm
    /// Whether it is a copy that no user saw.
    public var isCopy: Bool
    /// The hash of the sticky key.
    public var key: UInt64?
    /// Who sent it, for what counts senders: the key, or what stands for a request that has none.
    public var sender: UInt64
    public var status: Int?
    public var failure: LiveFailure?
    public var events: LiveEvents
    public var timings: LiveTimings
    public var usage: Usage?
    /// Whether the answer came as a stream.
    public var isStream: Bool
    /// Whether the answer is what its plan calls valid; nil where that cannot be told: it failed otherwise, or too
    /// little of it was kept.
    public var isValid: Bool?

    /// The first token of a stream, the first byte of another answer; nil where it was not seen.
    public var firstTokenMilliseconds: Double? {
        timings.firstTokenMilliseconds ?? (isStream ? nil : timings.firstByteMilliseconds)
    }

    public init(
        plan: Int? = nil, stage: String? = nil, assigned: LiveArm, arm: LiveArm, isCopy: Bool = false,
        key: UInt64? = nil, sender: UInt64? = nil, status: Int? = nil, failure: LiveFailure? = nil,
        events: LiveEvents = [],
        timings: LiveTimings = LiveTimings(), usage: Usage? = nil, isStream: Bool = false,
        isValid: Bool? = nil
    ) {
        self.plan = plan
        self.stage = stage
        self.assigned = assigned
        self.arm = arm
        self.isCopy = isCopy
        self.key = key
        self.sender = sender ?? key ?? 0
        self.status = status
        self.failure = failure
        self.events = events
        self.timings = timings
        self.usage = usage
        self.isStream = isStream
        self.isValid = isValid
    }
}
