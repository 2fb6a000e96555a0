/// A first-order autoregression, x(t) − μ = φ (x(t−1) − μ) + e(t), fitted by least squares.
public struct AutoregressiveFit: Sendable, Hashable {
    /// Pairs of neighbouring points that are both there.
    public let pairs: Int
    /// φ as least squares gives it.
    public let coefficient: Double
    /// φ with its small-sample bias of −(1 + 3φ)/n taken off, kept below 1 in size.
    public let corrected: Double
    /// c of x(t) = c + φ x(t−1) + e(t).
    public let intercept: Double
    /// The deviation of e, with denominator pairs − 2.
    public let innovation: Double

    /// M. G. Kendall, Biometrika 41 (1954) 403–404, for the bias.
    init(_ sums: PairSums) throws(EstimateError) {
        try requireCount(sums.count, atLeast: 3, "pairs of neighbouring points")
        guard sums.xx > 0 else { throw .allEqual(value: sums.meanX) }
        let n = Double(sums.count)
        let slope = sums.xy / sums.xx
        pairs = sums.count
        coefficient = slope
        corrected = min(0.99, max(-0.99, slope + (1 + 3 * slope) / n))
        intercept = sums.meanY - slope * sums.meanX
        innovation = (max(0, sums.yy - slope * sums.xy) / (n - 2)).squareRoot()
        guard slope.isFinite, intercept.isFinite, innovation.isFinite else { throw .overflow }
    }

    /// - Parameter series: In order of time; nil is a point that is missing, and joins no pair. O(n).
    /// - Throws: `EstimateError.tooFew` below 3 pairs, `.allEqual`, `.notFinite`, `.overflow`.
    public init(_ series: [Double?]) throws(EstimateError) {
        var sums = PairSums()
        var last: Double?
        for (index, value) in series.enumerated() {
            guard value?.isFinite ?? true else { throw .notFinite(index: index, of: "series") }
            if let last, let value { sums.add(last, value) }
            last = value
        }
        try self.init(sums)
    }
}

/// Means and products of pairs, updated one at a time without cancellation.
struct PairSums: Sendable, Hashable, Codable {
    private(set) var count = 0
    private(set) var meanX = 0.0
    private(set) var meanY = 0.0
    private(set) var xx = 0.0
    private(set) var xy = 0.0
    private(set) var yy = 0.0

    mutating func add(_ x: Double, _ y: Double) {
        count += 1
        let n = Double(count)
        let dx = x - meanX
        let dy = y - meanY
        meanX += dx / n
        meanY += dy / n
        xx += dx * (x - meanX)
        xy += dx * (y - meanY)
        yy += dy * (y - meanY)
    }
}
