import Glibc

/// The share of sticky keys, or of requests, that went to the canary while some events were counted.
///
/// Known exactly (the configured hash weight), or to lie in an interval. What is claimed with it then holds
/// for every share inside: harm is judged as though the canary had got the largest, its absence as though the
/// smallest.
public struct CanaryShare: Sendable, Hashable {
    public let lower: Double
    public let upper: Double

    /// A share that is known exactly.
    /// - Throws: `EstimateError.invalidParameter` unless it lies strictly between 0 and 1: an arm without
    ///   traffic is no comparison.
    public init(_ share: Double) throws(EstimateError) {
        try requireProbability(share, "share")
        lower = share
        upper = share
    }

    /// A share that lies somewhere in an interval.
    /// - Throws: `EstimateError.invalidParameter` unless `0 < lower <= upper < 1`.
    public init(between lower: Double, and upper: Double) throws(EstimateError) {
        try requireProbability(lower, "lower share")
        try requireProbability(upper, "upper share")
        guard lower <= upper else { throw .invalidParameter("upper share", must: "be at least the lower") }
        self.lower = lower
        self.upper = upper
    }

    /// The share that was realised over a short time, where no sticky key fixes it: a cell of the grid below.
    ///
    /// Seconds whose shares fall into the same cell are counted together, so that memory stays bounded: odds
    /// from 1 : 10,000 to 1 : 1 have 922 cells. A cell is 1 % wide in the odds, and so costs at most 1 % of
    /// the ratio.
    ///
    /// - Parameters:
    ///   - canary: Requests of the canary in that time, however they ended.
    ///   - production: Requests of production in that time.
    /// - Returns: nil where either arm had none: that time compares nothing.
    /// - Throws: `EstimateError.invalidCounts` for negative counts.
    public static func realised(canary: Int, production: Int) throws(EstimateError) -> CanaryShare? {
        try requireCounts(canary, of: 1 << 52, "requests")
        try requireCounts(production, of: 1 << 52, "requests")
        guard canary > 0, production > 0 else { return nil }
        let cell = (log(Double(canary) / Double(production)) / cellWidth).rounded(.down)
        return CanaryShare(
            checkedLower: share(logOdds: cell * cellWidth), upper: share(logOdds: (cell + 1) * cellWidth))
    }

    private static let cellWidth = log1p(0.01)

    private static func share(logOdds: Double) -> Double { 1 / (1 + exp(-logOdds)) }

    private init(checkedLower lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }
}

extension CanaryShare: Codable {
    private enum CodingKeys: CodingKey {
        case lower
        case upper
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let lower = try container.decode(Double.self, forKey: .lower)
        let upper = try container.decode(Double.self, forKey: .upper)
        try self.init(between: lower, and: upper)
    }
}

extension CanaryShare: Comparable {
    public static func < (first: CanaryShare, second: CanaryShare) -> Bool {
        first.lower != second.lower ? first.lower < second.lower : first.upper < second.upper
    }
}
