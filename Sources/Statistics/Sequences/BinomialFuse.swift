/// The fuse: trips where so many failures in the last W outcomes would be next to impossible at the limit.
///
/// A window trips at the smallest k with P(Bin(W, limit) ≥ k) < 10⁻⁵; for a limit of 5 % at 8 of 20, 12 of
/// 50, 17 of 100, 26 of 200. A window that is not yet full trips at the same k, which is rarer still.
/// Comparing the share of failures with the limit itself would trip nearly every healthy rollout within
/// minutes.
///
/// An unbroken run of failures trips likewise, at a level of its own: over many requests a run of a few is
/// found by chance much sooner than 8 of 20 is. At 5 % and 10⁻⁷ it is six.
///
/// The level is of one look, and looks are many. Over 20,000 independent outcomes with the limit and windows
/// above, arms that fail at 1 % trip never, at 3 % in 4 of 10,000 rollouts, at 4 % in 6 of 1,000, at 5 %
/// itself in 6 of 100. That holds for failures that do not come together: where each unlucky user fails six
/// times in a row, an arm that fails at 1 % trips within 20,000 requests nearly always (in 66 % with four
/// others between each two of the six, in 2 % with nineteen). So count an outcome of a sticky key at most
/// once in a window.
///
/// Memory: a bit for each of the last W outcomes of the longest window. An update is O(windows) and allocates
/// nothing. Not mergeable: it is about an order, which only the gateway that saw it knows.
public struct BinomialFuse: Sendable, Hashable {
    /// The rate of failures that is still allowed.
    public let limit: Double
    /// The chance below which a window's count is no accident.
    public let level: Double
    /// Ascending in length; the run of consecutive failures, where one is watched, is a window whose
    /// threshold is its length.
    public private(set) var windows: [Window]
    /// What tripped first; stays.
    public private(set) var trip: Trip?
    /// Outcomes seen in all.
    public private(set) var outcomes = 0
    /// The last outcomes, a bit each, 1 for a failure; a power of two of words.
    private var ring: [UInt64]
    private let mask: Int

    /// The last outcomes that are watched together.
    public struct Window: Sendable, Hashable, Codable {
        public let length: Int
        /// Failures that trip it.
        public let threshold: Int
        /// Failures among the last `length` outcomes.
        public fileprivate(set) var failures = 0

        init(length: Int, threshold: Int) {
            self.length = length
            self.threshold = threshold
        }
    }

    /// Why the fuse tripped: `failures` of the last `length`.
    public struct Trip: Sendable, Hashable, Codable {
        public let length: Int
        public let failures: Int
        /// The number of outcomes seen when it did.
        public let outcome: Int
    }

    /// - Parameters:
    ///   - limit: The rate of failures that is still allowed, in `(0, 1)`.
    ///   - windows: Lengths, each at most 2²⁰.
    ///   - level: For each window.
    ///   - runLevel: For the run of consecutive failures; nil to watch none.
    /// - Throws: `EstimateError.tooFew` without windows, `.invalidParameter` for a limit or level outside
    ///   `(0, 1)`, and for a window that could not trip even if everything in it failed.
    public init(
        limit: Double, windows: [Int] = [20, 50, 100, 200], level: Double = 1e-5, runLevel: Double? = 1e-7
    ) throws(EstimateError) {
        try requireCount(windows.count, atLeast: 1, "windows")
        var watched: [Window] = []
        for length in Set(windows).sorted() {
            guard let threshold = try Self.threshold(length: length, limit: limit, level: level) else {
                throw .invalidParameter("window of \(length)", must: "be longer for this limit and level")
            }
            watched.append(Window(length: length, threshold: threshold))
        }
        if let runLevel {
            let run = try Self.run(limit: limit, level: runLevel)
            if !watched.contains(where: { $0.length == run }) {
                watched.append(Window(length: run, threshold: run))
            }
        }
        watched.sort { $0.length < $1.length }
        self.init(limit: limit, level: level, windows: watched)
    }

    private init(limit: Double, level: Double, windows: [Window]) {
        self.limit = limit
        self.level = level
        self.windows = windows
        var words = 1
        while words * 64 < windows[windows.count - 1].length { words *= 2 }
        ring = [UInt64](repeating: 0, count: words)
        mask = words * 64 - 1
    }

    /// The smallest k with P(Bin(length, limit) ≥ k) < level; nil where even all of them are not rare enough.
    ///
    /// - Throws: `EstimateError.invalidParameter` for a limit or level outside `(0, 1)`, or a length outside
    ///   `1...2²⁰`.
    /// - Complexity: O(log length).
    public static func threshold(
        length: Int, limit: Double, level: Double = 1e-5
    ) throws(EstimateError) -> Int? {
        try requireProbability(limit, "limit")
        try requireProbability(level, "level")
        guard length >= 1, length <= 1 << 20 else {
            throw .invalidParameter("window", must: "lie in 1...1,048,576")
        }
        let outcomes = try Binomial(trials: length, probability: limit)
        guard try outcomes.atLeast(length) < level else { return nil }
        var low = 0
        var high = length
        while low < high {
            let middle = low + (high - low) / 2
            if try outcomes.atLeast(middle) < level { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The shortest run of failures that is rarer than the level: limitᵏ < level.
    ///
    /// - Throws: `EstimateError.invalidParameter` for a limit or level outside `(0, 1)`, or where the run
    ///   would be longer than 2²⁰.
    public static func run(limit: Double, level: Double) throws(EstimateError) -> Int {
        try requireProbability(limit, "limit")
        try requireProbability(level, "level")
        var chance = limit
        var length = 1
        while chance >= level {
            chance *= limit
            length += 1
            guard length <= 1 << 20 else {
                throw .invalidParameter("limit", must: "leave a run of failures that is rare")
            }
        }
        return length
    }

    /// Takes the next outcome.
    /// - Returns: Whether the fuse has tripped, now or before.
    @discardableResult
    public mutating func record(failed: Bool) -> Bool {
        let incoming = failed ? 1 : 0
        for index in windows.indices {
            let length = windows[index].length
            // A bit that was never written is 0, as though a success left.
            let leaving = bit(outcomes - length)
            let failures = windows[index].failures + incoming - leaving
            windows[index].failures = failures
            if failures >= windows[index].threshold, trip == nil {
                trip = Trip(length: length, failures: failures, outcome: outcomes + 1)
            }
        }
        let place = outcomes & mask
        let flag = UInt64(1) << UInt64(place & 63)
        if failed { ring[place >> 6] |= flag } else { ring[place >> 6] &= ~flag }
        outcomes += 1
        return trip != nil
    }

    private func bit(_ position: Int) -> Int {
        let place = position & mask
        return Int((ring[place >> 6] >> UInt64(place & 63)) & 1)
    }
}

extension BinomialFuse: Codable {
    private enum CodingKeys: CodingKey {
        case limit
        case level
        case windows
        case trip
        case outcomes
        case ring
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let limit = try container.decode(Double.self, forKey: .limit)
        let level = try container.decode(Double.self, forKey: .level)
        try requireProbability(limit, "limit")
        try requireProbability(level, "level")
        let windows = try container.decode([Window].self, forKey: .windows)
        try requireCount(windows.count, atLeast: 1, "windows")
        for (index, window) in windows.enumerated() {
            let isLonger = index == 0 || windows[index - 1].length < window.length
            let isPossible = window.length >= 1 && window.length <= 1 << 20
            guard isLonger, isPossible, window.threshold >= 1, window.threshold <= window.length else {
                throw EstimateError.invalidParameter(
                    "windows", must: "ascend, each with a threshold within it")
            }
        }
        self.init(limit: limit, level: level, windows: windows)
        let ring = try container.decode([UInt64].self, forKey: .ring)
        guard ring.count == self.ring.count else {
            throw EstimateError.invalidParameter("ring", must: "fit the longest window")
        }
        outcomes = try container.decode(Int.self, forKey: .outcomes)
        try requireCounts(outcomes, of: 1 << 52, "outcomes")
        trip = try container.decodeIfPresent(Trip.self, forKey: .trip)
        self.ring = ring
        // Counted anew, so that no file can make them disagree with the outcomes.
        for index in self.windows.indices {
            var failures = 0
            for back in 1...min(max(outcomes, 1), self.windows[index].length) {
                failures += bit(outcomes - back)
            }
            self.windows[index].failures = failures
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(limit, forKey: .limit)
        try container.encode(level, forKey: .level)
        try container.encode(windows, forKey: .windows)
        try container.encodeIfPresent(trip, forKey: .trip)
        try container.encode(outcomes, forKey: .outcomes)
        try container.encode(ring, forKey: .ring)
    }
}
