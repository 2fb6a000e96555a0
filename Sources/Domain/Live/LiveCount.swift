import Statistics

/// What was counted of the requests of one stage, assigned arm and slice.
public struct LiveCount: Sendable, Hashable {
    /// Which requests are counted.
    public struct Place: Sendable, Hashable {
        public var plan: Int?
        public var stage: String?
        public var assigned: LiveArm
        /// The arm that answered a copy which no user saw; nil for the answers to users.
        public var copy: LiveArm?
        /// nil: all requests of the stage and arm.
        public var slice: LiveField?

        public init(
            plan: Int? = nil, stage: String? = nil, assigned: LiveArm, copy: LiveArm? = nil,
            slice: LiveField? = nil
        ) {
            self.plan = plan
            self.stage = stage
            self.assigned = assigned
            self.copy = copy
            self.slice = slice
        }

        /// By plan, stage, arm, copy and slice; what has none comes first.
        public func precedes(_ other: Place) -> Bool {
            if plan != other.plan { return (plan ?? .min) < (other.plan ?? .min) }
            let mine = [
                stage ?? "", assigned.rawValue, copy?.rawValue ?? "", slice?.name ?? "", slice?.value ?? "",
            ]
            let others = [
                other.stage ?? "", other.assigned.rawValue, other.copy?.rawValue ?? "",
                other.slice?.name ?? "", other.slice?.value ?? "",
            ]
            for (one, another) in zip(mine, others) where !one.utf8.elementsEqual(another.utf8) {
                return one.utf8.lexicographicallyPrecedes(another.utf8)
            }
            return false
        }
    }

    public var place: Place
    /// Requests whose answers ended in this second; a client's retry (the same id again) is not among them.
    public var requests = 0
    /// Retries.
    public var repeats = 0
    /// Requests without a sticky key: their events are in no first event.
    public var withoutKey = 0
    /// Sticky keys that were new to the stage and arm.
    public var keys = 0
    /// New keys and first events that could not be remembered since the memory was full; not in `keys` nor
    /// `firstEvents`.
    public var unremembered = 0
    /// Requests with the event, in the order of `LiveEvents.named`.
    public var events = [Int](repeating: 0, count: LiveEvents.named.count)
    /// First events of sticky keys in this stage and arm, in that order.
    public var firstEvents = [Int](repeating: 0, count: LiveEvents.named.count)
    /// Milliseconds to the last byte, of answers that came whole.
    public var latency: QuantileSketch
    /// Milliseconds to the first token, of streams.
    public var firstToken: QuantileSketch
    /// Output tokens.
    public var length: QuantileSketch
    /// Cost, as the app or the prices say.
    public var cost: QuantileSketch
    public var inputTokens = 0
    public var outputTokens = 0

    /// Nothing counted yet.
    ///
    /// - Parameter relativeError: Of the sketches, in `0.001...0.5`.
    public init(_ place: Place, relativeError: Double = 0.01) throws(EstimateError) {
        self.init(place, sketch: try QuantileSketch(relativeError: relativeError))
    }

    /// - Parameter sketch: An empty one, whose error the count's sketches have.
    public init(_ place: Place, sketch: QuantileSketch) {
        self.place = place
        latency = sketch
        firstToken = sketch
        length = sketch
        cost = sketch
    }

    /// Adds another count of the same place.
    public mutating func merge(_ other: LiveCount) throws(EstimateError) {
        requests += other.requests
        repeats += other.repeats
        withoutKey += other.withoutKey
        keys += other.keys
        unremembered += other.unremembered
        for index in events.indices {
            events[index] += other.events[index]
            firstEvents[index] += other.firstEvents[index]
        }
        try latency.merge(other.latency)
        try firstToken.merge(other.firstToken)
        try length.merge(other.length)
        try cost.merge(other.cost)
        inputTokens += other.inputTokens
        outputTokens += other.outputTokens
    }

    /// How many requests had the event.
    public func events(_ event: LiveEvents) -> Int {
        LiveEvents.named.firstIndex { $0.event == event }.map { events[$0] } ?? 0
    }

    /// How many keys had the event for the first time.
    public func firstEvents(_ event: LiveEvents) -> Int {
        LiveEvents.named.firstIndex { $0.event == event }.map { firstEvents[$0] } ?? 0
    }
}
