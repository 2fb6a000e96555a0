import Glibc

/// Which order statistics bound a quantile, at every n together: the confidence sequence of a quantile.
///
/// Among n observations the number below the true quantile is a sum of coin tosses with chance `level`.
/// Against it bets a beta mixture of other chances, cut to one side, so that
///
///     E(s) = ∫ (θ/p)ˢ ((1 − θ)/(1 − p))ⁿ⁻ˢ dBeta(θ; rp, r(1 − p))
///
/// over θ > p for the upper bound, θ < p for the lower, has a mean of at most 1, ties or not. The ranks are
/// the first counts at which E reaches 1/α. They depend on n alone: the values may come from a sorted sample,
/// from a sketch, or from counts below fixed thresholds.
///
/// Finite bounds (90 %, tuned to 5,000) begin at 767 observations for p99 and at 291 for p95; the paper's
/// closed form needs some 2,800 and 520. At a fixed n 299 and 59 would do.
///
/// S. R. Howard, A. Ramdas, Bernoulli 28 (2022) 1704–1728, arXiv 1906.09712; the beta-binomial mixture: S. R.
/// Howard et al., Annals of Statistics 49 (2021) 1055–1080.
public struct QuantileRanks: Sendable, Hashable {
    /// In `(0, 1)`: `0.99` for p99.
    public let level: Double
    /// Of both bounds together; each is a one-sided bound of (1 + confidence) / 2.
    public let confidence: Double
    /// The number of observations at which the ranks lie closest.
    public let tunedTo: Double
    /// r: what the mixture weighs as, in observations.
    private let weight: Double

    /// - Parameter tunedTo: Fixed before the first observation; it decides when the bounds are tightest, not
    ///   whether they hold.
    /// - Throws: `EstimateError.invalidParameter` unless level and confidence lie in `(0, 1)` and `tunedTo`
    ///   is positive and finite.
    public init(level: Double, confidence: Double = 0.90, tunedTo: Double = 5_000) throws(EstimateError) {
        try requireProbability(level, "level")
        try requireProbability(confidence, "confidence")
        guard tunedTo >= 1, tunedTo <= 1e12 else {
            throw .invalidParameter("the number that is tuned to", must: "lie in 1...1e12")
        }
        let rho = try NormalMixture(tunedTo: tunedTo, alpha: (1 - confidence) / 2).rho
        self.level = level
        self.confidence = confidence
        self.tunedTo = tunedTo
        weight = 1 / (rho * rho)
    }

    /// The rank, from 1, of the smallest order statistic that is at or above the quantile.
    ///
    /// - Returns: nil where even the largest is not known to be.
    /// - Throws: `EstimateError.invalidCounts` for a negative n, or one above 10¹².
    /// - Complexity: O(log n) incomplete beta functions: some 10 µs.
    public func upperRank(n: Int) throws(EstimateError) -> Int? {
        try firstRank(n, chance: level)
    }

    /// The rank, from 1, of the largest order statistic that is at or below the quantile.
    ///
    /// - Returns: nil where even the smallest is not known to be.
    public func lowerRank(n: Int) throws(EstimateError) -> Int? {
        // The mirror image: the observations above a quantile of level 1 − p.
        try firstRank(n, chance: 1 - level).map { n + 1 - $0 }
    }

    /// Observations before both bounds are finite.
    public func observationsNeeded() throws(EstimateError) -> Int {
        let harder = max(level, 1 - level)
        let table = try BetaMixture(chance: harder, weight: weight)
        let limit = -log((1 - confidence) / 2)
        var high = 1
        while try table.logEValue(high, of: high) < limit {
            high *= 2
            guard high < 1 << 50 else { throw .overflow }
        }
        var low = high / 2
        while high - low > 1 {
            let middle = (low + high) / 2
            if try table.logEValue(middle, of: middle) < limit { low = middle } else { high = middle }
        }
        return high
    }

    private func firstRank(_ n: Int, chance: Double) throws(EstimateError) -> Int? {
        guard n >= 0, n <= 1_000_000_000_000 else { throw .invalidCounts("the observations") }
        guard n > 0 else { return nil }
        let table = try BetaMixture(chance: chance, weight: weight)
        let limit = -log((1 - confidence) / 2)
        guard try table.logEValue(n, of: n) >= limit else { return nil }
        var low = 0
        var high = n
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if try table.logEValue(middle, of: n) < limit { low = middle } else { high = middle }
        }
        return high
    }
}

extension QuantileRanks: Codable {
    private enum CodingKeys: CodingKey {
        case level
        case confidence
        case tunedTo
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            level: container.decode(Double.self, forKey: .level),
            confidence: container.decode(Double.self, forKey: .confidence),
            tunedTo: container.decode(Double.self, forKey: .tunedTo))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(level, forKey: .level)
        try container.encode(confidence, forKey: .confidence)
        try container.encode(tunedTo, forKey: .tunedTo)
    }
}

/// E-values of tosses against a chance of at most p, mixed over larger chances.
private struct BetaMixture {
    let chance: Double
    let alpha: Double
    let beta: Double
    /// ln of the mixture's mass above p, before it is cut.
    let norm: Double

    init(chance: Double, weight: Double) throws(EstimateError) {
        self.chance = chance
        alpha = max(weight * chance, 1e-6)
        beta = max(weight * (1 - chance), 1e-6)
        norm = try logBeta(alpha, beta) + log(Beta(alpha: alpha, beta: beta).survival(chance))
    }

    /// Rises with `count`.
    func logEValue(_ count: Int, of n: Int) throws(EstimateError) -> Double {
        let hits = Double(count)
        let misses = Double(n - count)
        let posterior = try Beta(alpha: alpha + hits, beta: beta + misses)
        // A tail that underflows stands for no evidence at all.
        let tail = try log(posterior.survival(chance))
        let mixed = logBeta(alpha + hits, beta + misses) + tail - norm
        return mixed - hits * log(chance) - misses * log1p(-chance)
    }
}

/// ln B(a, b), without the cancellation of three logarithms of large gamma functions where that matters.
private func logBeta(_ a: Double, _ b: Double) -> Double {
    var sign: Int32 = 0
    return lgamma_r(a, &sign) + lgamma_r(b, &sign) - lgamma_r(a + b, &sign)
}
