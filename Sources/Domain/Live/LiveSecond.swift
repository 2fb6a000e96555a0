import Statistics

/// What one gateway, or several together, counted within one second: integers and sketches that add up.
public struct LiveSecond: Sendable, Hashable {
    /// Seconds since 1970.
    public var second: Int
    /// Whose counts these are, sorted.
    public var gateways: [String]
    /// One a stage, assigned arm, copy and slice, in their order.
    public var counts: [LiveCount]
    /// What remembers which keys had which event, and how far it may err.
    public var memory: KeyMemory
    /// Exchanges of this second whose numbers were lost because the recorder was behind: they are in no count.
    public var lost: Int

    /// The bounded memory of keys and their first events.
    public struct KeyMemory: Sendable, Hashable {
        /// What it holds, and what it has room for.
        public var entries: Int
        public var capacity: Int
        public var bytes: Int
        /// The chance at most that one first event, or one new key, is taken for a known one and not counted as first.
        public var falsePositive: Double
        /// First events and new keys of this second that were expected to be missed so.
        public var expectedMissed: Double
        /// Since when it remembers: seconds since 1970. What happened to a key before is counted as first again.
        public var since: Int

        public init(
            entries: Int = 0, capacity: Int = 0, bytes: Int = 0, falsePositive: Double = 0,
            expectedMissed: Double = 0, since: Int = 0
        ) {
            self.entries = entries
            self.capacity = capacity
            self.bytes = bytes
            self.falsePositive = falsePositive
            self.expectedMissed = expectedMissed
            self.since = since
        }
    }

    public init(
        second: Int, gateways: [String], counts: [LiveCount] = [], memory: KeyMemory = KeyMemory(),
        lost: Int = 0
    ) {
        self.second = second
        self.gateways = gateways
        self.counts = counts
        self.memory = memory
        self.lost = lost
    }

    /// Adds what another gateway counted, of the same second or a later one: sums and merged sketches.
    ///
    /// A sticky key that several gateways saw counts once at each: keys and first events are exact where a key
    /// comes to one gateway, and sums otherwise.
    ///
    /// - Throws: `EstimateError` where sketches have different errors.
    public mutating func merge(_ other: LiveSecond) throws(EstimateError) {
        var merged = counts
        var places: [LiveCount.Place: Int] = [:]
        for (index, count) in merged.enumerated() { places[count.place] = index }
        for count in other.counts {
            if let index = places[count.place] {
                try merged[index].merge(count)
            } else {
                places[count.place] = merged.count
                merged.append(count)
            }
        }
        merged.sort { $0.place.precedes($1.place) }
        counts = merged
        gateways = Set(gateways + other.gateways).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        second = max(second, other.second)
        lost += other.lost
        memory.entries += other.memory.entries
        memory.capacity += other.memory.capacity
        memory.bytes += other.memory.bytes
        memory.falsePositive = max(memory.falsePositive, other.memory.falsePositive)
        memory.expectedMissed += other.memory.expectedMissed
        memory.since = max(memory.since, other.memory.since)
    }
}
