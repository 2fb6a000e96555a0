import Glibc

/// The number of successes among draws without replacement.
///
/// Tails are sums of the mass from the asked count outwards, so that they keep their relative precision: O(deviations
/// until nothing is added), 10⁵ terms for a population of 10⁹.
public struct Hypergeometric: CountLaw, Hashable {
    /// Items in all.
    public let population: Int
    /// Items of the population that are successes.
    public let successes: Int
    /// Items drawn.
    public let draws: Int

    /// - Throws: `EstimateError.invalidCounts` unless `0 <= successes, draws <= population <= 2⁵²`.
    public init(population: Int, successes: Int, draws: Int) throws(EstimateError) {
        try requireCounts(successes, of: population, "successes and population")
        try requireCounts(draws, of: population, "draws and population")
        self.population = population
        self.successes = successes
        self.draws = draws
    }

    /// The counts that are possible.
    public var support: ClosedRange<Int> {
        max(0, draws - (population - successes))...min(draws, successes)
    }

    /// P(X = k).
    public func mass(_ k: Int) -> Double { exp(logMass(k)) }

    /// log P(X = k), minus infinity where k is impossible.
    ///
    /// By three binomial masses. C. Loader, Fast and accurate computation of binomial probabilities (2000).
    public func logMass(_ k: Int) -> Double {
        let possible = support
        guard possible.contains(k) else { return -.infinity }
        if possible.count == 1 { return 0 }
        let total = Double(population)
        let p = Residual(Double(draws) / total)
        let q = Residual(Double(population - draws) / total)
        let hit = logBinomialMass(Double(k), of: Double(successes), p, q)
        let missed = logBinomialMass(Double(draws - k), of: Double(population - successes), p, q)
        return hit + missed - logBinomialMass(Double(draws), of: total, p, q)
    }

    /// P(X ≤ k).
    public func cumulative(_ k: Int) throws(EstimateError) -> Double { exp(try logCumulative(k)) }

    /// P(X > k), without cancellation.
    public func survival(_ k: Int) throws(EstimateError) -> Double { exp(try logSurvival(k)) }

    /// P(X ≥ k). Note that it includes k.
    public func atLeast(_ k: Int) throws(EstimateError) -> Double { try survival(k - 1) }

    /// log P(X ≤ k), minus infinity where that is impossible.
    public func logCumulative(_ k: Int) throws(EstimateError) -> Double {
        let possible = support
        guard k >= possible.lowerBound else { return -.infinity }
        guard k < possible.upperBound else { return 0 }
        if Double(k) <= mean { return min(0, logMass(k) + log(sumDown(from: k))) }
        return log1p(-exp(logMass(k + 1) + log(sumUp(from: k + 1))))
    }

    /// log P(X > k), minus infinity where that is impossible.
    public func logSurvival(_ k: Int) throws(EstimateError) -> Double {
        let possible = support
        guard k >= possible.lowerBound else { return 0 }
        guard k < possible.upperBound else { return -.infinity }
        if Double(k) > mean { return min(0, logMass(k + 1) + log(sumUp(from: k + 1))) }
        return log1p(-exp(logMass(k) + log(sumDown(from: k))))
    }

    /// The smallest k with P(X ≤ k) ≥ `level`, which lies in `(0, 1)`.
    public func quantile(_ level: Double) throws(EstimateError) -> Int {
        try countQuantile(
            level, in: support, mean: mean, deviation: deviation, cumulative: cumulative, survival: survival)
    }

    /// The smallest k with P(X > k) ≤ `level`, which lies in `(0, 1)`.
    public func upperQuantile(_ level: Double) throws(EstimateError) -> Int {
        try countUpperQuantile(
            level, in: support, mean: mean, deviation: deviation, cumulative: cumulative, survival: survival)
    }

    private var mean: Double { Double(draws) * (Double(successes) / Double(max(1, population))) }

    private var deviation: Double {
        guard population > 1 else { return 0 }
        let rest = 1 - Double(successes) / Double(population)
        return (mean * rest * Double(population - draws) / Double(population - 1)).squareRoot()
    }

    /// P(X ≤ k) / P(X = k).
    private func sumDown(from k: Int) -> Double {
        var term = 1.0
        var total = 1.0
        var place = k
        let last = support.lowerBound
        while place > last {
            let odds = Double(place) * Double(population - successes - draws + place)
            term *= odds / (Double(successes - place + 1) * Double(draws - place + 1))
            total += term
            if term < total * 1e-17 { break }
            place -= 1
        }
        return total
    }

    /// P(X ≥ k) / P(X = k).
    private func sumUp(from k: Int) -> Double {
        var term = 1.0
        var total = 1.0
        var place = k
        let last = support.upperBound
        while place < last {
            let odds = Double(successes - place) * Double(draws - place)
            term *= odds / (Double(place + 1) * Double(population - successes - draws + place + 1))
            total += term
            if term < total * 1e-17 { break }
            place += 1
        }
        return total
    }
}
