/// How often each label of a fixed universe was seen, and how often any other: exact integers that add up to the same
/// in any order.
public struct CategoryCounts: Sendable, Hashable, Codable {
    /// The labels, in the order given.
    public let universe: [String]
    /// One a label of the universe.
    public private(set) var counts: [Int]
    /// Labels outside the universe.
    public private(set) var unseen = 0
    private let places: [String: Int]

    /// - Throws: `EstimateError.tooFew` for no label, `.invalidParameter` for a label that stands twice.
    public init(universe: [String]) throws(EstimateError) {
        try requireCount(universe.count, atLeast: 1, "labels of the universe")
        var places: [String: Int] = [:]
        for (place, label) in universe.enumerated() where places.updateValue(place, forKey: label) != nil {
            throw .invalidParameter("universe", must: "name each label once")
        }
        self.universe = universe
        self.places = places
        counts = [Int](repeating: 0, count: universe.count)
    }

    public var total: Int { counts.reduce(unseen, +) }

    /// Counts one label. O(1).
    public mutating func add(_ label: String) {
        if let place = places[label] { counts[place] += 1 } else { unseen += 1 }
    }

    /// Takes in what another one counted.
    ///
    /// - Throws: `EstimateError.invalidParameter` for another universe, `.overflow`; nothing is changed then.
    public mutating func merge(_ other: CategoryCounts) throws(EstimateError) {
        guard universe == other.universe else {
            throw .invalidParameter("universe", must: "be the same in both")
        }
        guard total <= 1 << 52, other.total <= 1 << 52 else { throw .overflow }
        for place in counts.indices { counts[place] += other.counts[place] }
        unseen += other.unseen
    }

    /// - Throws: `EstimateError.unequalLengths`, `.invalidCounts`, and what `init(universe:)` throws.
    public init(universe: [String], counts: [Int], unseen: Int) throws(EstimateError) {
        try self.init(universe: universe)
        guard counts.count == universe.count else {
            throw .unequalLengths(counts.count, universe.count, of: "counts and universe")
        }
        for count in counts + [unseen] { try requireCounts(count, of: 1 << 40, "counts and unseen") }
        self.counts = counts
        self.unseen = unseen
    }

    private enum CodingKeys: String, CodingKey {
        case universe
        case counts
        case unseen
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            universe: container.decode([String].self, forKey: .universe),
            counts: container.decode([Int].self, forKey: .counts),
            unseen: container.decode(Int.self, forKey: .unseen))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(universe, forKey: .universe)
        try container.encode(counts, forKey: .counts)
        try container.encode(unseen, forKey: .unseen)
    }
}
