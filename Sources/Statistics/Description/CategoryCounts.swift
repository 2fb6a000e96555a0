/// Counts over a fixed universe of categories; whatever lies outside it is counted as `unseen`.
///
/// The universe is fixed when the reference is, so that a category which appears later is itself a drift and
/// does not change what the counts before it mean.
public struct CategoryCounts: Sendable, Hashable, Codable {
    /// Ascending, without repeats.
    public let categories: [String]
    /// One a category in the order of `categories`, and a last one for `unseen`.
    public private(set) var counts: [Int]

    /// - Parameter categories: In any order.
    /// - Throws: `EstimateError.tooFew` for none, `.invalidParameter` for a name that stands twice.
    public init(categories: [String]) throws(EstimateError) {
        try requireCount(categories.count, atLeast: 1, "categories")
        let sorted = categories.sorted()
        for index in 1..<max(1, sorted.count) where sorted[index - 1] == sorted[index] {
            throw .invalidParameter("categories", must: "be named once: '\(sorted[index])' stands twice")
        }
        self.categories = sorted
        counts = [Int](repeating: 0, count: sorted.count + 1)
    }

    /// - Throws: `DecodingError` for counts that do not fit the categories.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let counts = try container.decode([Int].self, forKey: .counts)
        try self.init(categories: container.decode([String].self, forKey: .categories))
        guard counts.count == self.counts.count, counts.allSatisfy({ $0 >= 0 && $0 <= 1 << 52 }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .counts, in: container, debugDescription: "one count a category, and one for unseen")
        }
        self.counts = counts
    }

    /// Counts that lie outside the universe.
    public var unseen: Int { counts[categories.count] }

    public var total: Int { counts.reduce(0, +) }

    /// Counts one of a category. O(log categories), without allocation.
    public mutating func add(_ category: String) {
        counts[place(of: category)] += 1
    }

    /// Adds the counts of another part of the same traffic.
    ///
    /// - Throws: `EstimateError.invalidParameter` where its universe is another.
    public mutating func merge(_ other: CategoryCounts) throws(EstimateError) {
        guard other.categories == categories else {
            throw .invalidParameter("categories", must: "be the same in both parts")
        }
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    private func place(of category: String) -> Int {
        var low = 0
        var high = categories.count
        while low < high {
            let middle = (low + high) / 2
            if categories[middle] < category { low = middle + 1 } else { high = middle }
        }
        return low < categories.count && categories[low] == category ? low : categories.count
    }
}
