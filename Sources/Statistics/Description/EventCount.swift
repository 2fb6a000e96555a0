/// Events among trials, as exact integers: parts add up to the same in any order.
public struct EventCount: Sendable, Hashable, Codable {
    public private(set) var events = 0
    public private(set) var trials = 0

    public init() {}

    /// - Throws: `EstimateError.invalidCounts` unless `0 <= events <= trials <= 2⁵²`.
    public init(events: Int, trials: Int) throws(EstimateError) {
        try requireCounts(events, of: trials, "events and trials")
        self.events = events
        self.trials = trials
    }

    /// Takes in one trial.
    public mutating func add(_ isEvent: Bool) throws(EstimateError) {
        try merge(EventCount(events: isEvent ? 1 : 0, trials: 1))
    }

    /// Takes in what another one counted.
    ///
    /// - Throws: `EstimateError.overflow` beyond 2⁵² trials; nothing is changed then.
    public mutating func merge(_ other: EventCount) throws(EstimateError) {
        guard trials + other.trials <= 1 << 52 else { throw .overflow }
        events += other.events
        trials += other.trials
    }

    /// Events a trial, or nothing where there are no trials.
    public var rate: Double? { trials == 0 ? nil : Double(events) / Double(trials) }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            events: container.decode(Int.self, forKey: .events),
            trials: container.decode(Int.self, forKey: .trials))
    }
}
