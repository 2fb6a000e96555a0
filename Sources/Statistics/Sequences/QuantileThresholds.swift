/// A quantile that may be looked at after every observation, known to within fixed thresholds.
///
/// Counts how many observations lie at or below each threshold and bounds the quantile by thresholds: exact,
/// whatever the distribution, O(thresholds) memory (8 bytes each, for instance 64 latencies in steps of 10
/// %), an update O(log thresholds) without allocation, and counts of gateways add exactly in any order.
///
/// Where the observations themselves are at hand, or a sketch of them, use `QuantileRanks` with their order
/// statistics. An observation is one **unit of randomisation** where the bound must hold for users; for
/// display, requests do.
public struct QuantileThresholds: Sendable, Hashable {
    public let ranks: QuantileRanks
    /// Ascending.
    public let thresholds: [Double]
    /// Observations above the threshold before and at or below this one; the last: above all.
    private var counts: [Int]
    public private(set) var count = 0

    /// - Throws: `EstimateError.tooFew` for no threshold, `.notFinite`, `.invalidParameter` unless they
    ///   ascend.
    public init(ranks: QuantileRanks, thresholds: [Double]) throws(EstimateError) {
        try requireCount(thresholds.count, atLeast: 1, "thresholds")
        try requireFinite(thresholds, "threshold")
        for index in thresholds.indices.dropFirst() where thresholds[index] <= thresholds[index - 1] {
            throw .invalidParameter("thresholds", must: "ascend")
        }
        self.ranks = ranks
        self.thresholds = thresholds
        counts = Array(repeating: 0, count: thresholds.count + 1)
    }

    /// Takes one observation; above the last threshold is as good as any (a timeout, say).
    /// - Throws: `EstimateError.notFinite` for NaN; nothing is counted then.
    public mutating func add(_ value: Double) throws(EstimateError) {
        guard !value.isNaN else { throw .notFinite(index: count) }
        var low = 0
        var high = thresholds.count
        while low < high {
            let middle = (low + high) / 2
            if thresholds[middle] < value { low = middle + 1 } else { high = middle }
        }
        counts[low] += 1
        count += 1
    }

    /// Adds another gateway's counts. Associative and commutative, exactly.
    /// - Throws: `EstimateError.invalidParameter` where ranks or thresholds differ.
    public mutating func merge(_ other: QuantileThresholds) throws(EstimateError) {
        guard ranks == other.ranks, thresholds == other.thresholds else {
            throw .invalidParameter("ranks and thresholds", must: "be the same in both")
        }
        for index in counts.indices { counts[index] += other.counts[index] }
        count += other.count
    }

    /// The smallest threshold that is known to be at or above the quantile, nil where none is.
    public func upperBound() throws(EstimateError) -> Double? {
        guard let rank = try ranks.upperRank(n: count) else { return nil }
        var below = 0
        for index in thresholds.indices {
            below += counts[index]
            if below >= rank { return thresholds[index] }
        }
        return nil
    }

    /// The largest threshold that is known to be below the quantile, nil where none is.
    public func lowerBound() throws(EstimateError) -> Double? {
        guard let rank = try ranks.lowerRank(n: count) else { return nil }
        var below = 0
        var bound: Double?
        for index in thresholds.indices {
            below += counts[index]
            if below >= rank { break }
            bound = thresholds[index]
        }
        return bound
    }
}

extension QuantileThresholds: Codable {
    private enum CodingKeys: CodingKey {
        case ranks
        case thresholds
        case counts
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            ranks: container.decode(QuantileRanks.self, forKey: .ranks),
            thresholds: container.decode([Double].self, forKey: .thresholds))
        let stored = try container.decode([Int].self, forKey: .counts)
        guard stored.count == counts.count else {
            throw EstimateError.unequalLengths(stored.count, counts.count)
        }
        for value in stored {
            try requireCounts(value, of: 1 << 44, "counts")
            count += value
            guard count <= 1 << 52 else { throw EstimateError.invalidCounts("counts") }
        }
        counts = stored
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(ranks, forKey: .ranks)
        try container.encode(thresholds, forKey: .thresholds)
        try container.encode(counts, forKey: .counts)
    }
}
