/// Count, mean and squared deviations of a stream: 24 bytes, O(1) an update, mergeable.
///
/// Unlike `RunningMoments` it keeps no third moment, no extremes and no second word of the mean: an update is a
/// third of the time, and a request's path pays for it. Updates by Welford, merges by Chan. Merging is associative up to rounding.
///
/// B. P. Welford, Technometrics 4 (1962) 419–420; T. F. Chan, G. H. Golub, R. J. LeVeque, The American
/// Statistician 37 (1983) 242–247.
struct SequenceMoments: Sendable, Hashable {
    private(set) var count = 0
    private(set) var mean = 0.0
    /// Σ (x − mean)².
    private(set) var squares = 0.0

    init() {}

    @inline(__always)
    mutating func add(_ value: Double) {
        count += 1
        let before = value - mean
        mean += before / Double(count)
        squares += before * (value - mean)
    }

    mutating func merge(_ other: SequenceMoments) {
        guard other.count > 0 else { return }
        guard count > 0 else {
            self = other
            return
        }
        let both = Double(count + other.count)
        let gap = other.mean - mean
        squares += other.squares + gap * gap * (Double(count) * Double(other.count) / both)
        mean += gap * (Double(other.count) / both)
        count += other.count
    }

    /// With denominator n − 1.
    var variance: Double { squares / Double(count - 1) }
}

extension SequenceMoments: Codable {
    private enum CodingKeys: CodingKey {
        case count
        case mean
        case squares
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        count = try container.decode(Int.self, forKey: .count)
        mean = try container.decode(Double.self, forKey: .mean)
        squares = try container.decode(Double.self, forKey: .squares)
        try requireCounts(count, of: 1 << 52, "observations")
        guard mean.isFinite else { throw EstimateError.notFinite(index: 0, of: "mean") }
        guard squares >= 0, squares.isFinite else {
            throw EstimateError.invalidParameter("squares", must: "be 0 or above")
        }
    }
}
