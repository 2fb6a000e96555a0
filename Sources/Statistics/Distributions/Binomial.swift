import Glibc

/// The number of successes in independent trials of one probability.
///
/// Through the incomplete beta function and Loader's form of the mass: 12 digits in either tail, up to 2⁵² trials.
public struct Binomial: CountLaw, Hashable {
    public let trials: Int
    public let probability: Double

    /// - Throws: `EstimateError.invalidCounts` for negative trials or more than 2⁵², `.invalidParameter` unless the
    ///   probability lies in `0...1`.
    public init(trials: Int, probability: Double) throws(EstimateError) {
        try requireCounts(0, of: trials, "trials")
        try requireRate(probability, "probability")
        self.trials = trials
        self.probability = probability
    }

    /// P(X = k), without overflow or cancellation.
    ///
    /// C. Loader, Fast and accurate computation of binomial probabilities (2000).
    public func mass(_ k: Int) throws(EstimateError) -> Double { exp(logMass(k)) }

    /// log P(X = k), minus infinity where k is impossible.
    public func logMass(_ k: Int) -> Double {
        guard k >= 0, k <= trials else { return -.infinity }
        if probability == 0 { return k == 0 ? 0 : -.infinity }
        if probability == 1 { return k == trials ? 0 : -.infinity }
        return logBinomialMass(
            Double(k), of: Double(trials), Residual(probability), Residual(oneMinus: probability))
    }

    /// P(X ≤ k).
    public func cumulative(_ k: Int) throws(EstimateError) -> Double {
        guard k >= 0 else { return 0 }
        guard k < trials else { return 1 }
        if isCentre(k) { return 0.5 }
        return try tail(k).upper(probability, 1 - probability)
    }

    /// P(X > k), without cancellation.
    public func survival(_ k: Int) throws(EstimateError) -> Double {
        guard k >= 0 else { return 1 }
        guard k < trials else { return 0 }
        if isCentre(k) { return 0.5 }
        return try tail(k).lower(probability, 1 - probability)
    }

    /// P(X ≥ k). Note that it includes k.
    public func atLeast(_ k: Int) throws(EstimateError) -> Double {
        k > trials ? 0 : try survival(k - 1)
    }

    /// log P(X ≤ k), minus infinity where that is impossible.
    public func logCumulative(_ k: Int) throws(EstimateError) -> Double {
        guard k >= 0 else { return -.infinity }
        guard k < trials else { return 0 }
        return try tail(k).logUpper(probability, 1 - probability)
    }

    /// log P(X > k), minus infinity where that is impossible.
    public func logSurvival(_ k: Int) throws(EstimateError) -> Double {
        guard k >= 0 else { return 0 }
        guard k < trials else { return -.infinity }
        return try tail(k).logLower(probability, 1 - probability)
    }

    /// The smallest k with P(X ≤ k) ≥ `level`, which lies in `(0, 1)`. O(log trials).
    public func quantile(_ level: Double) throws(EstimateError) -> Int {
        try countQuantile(
            level, in: 0...trials, mean: mean, deviation: deviation, cumulative: cumulative,
            survival: survival)
    }

    /// The smallest k with P(X > k) ≤ `level`, which lies in `(0, 1)`. O(log trials).
    public func upperQuantile(_ level: Double) throws(EstimateError) -> Int {
        try countUpperQuantile(
            level, in: 0...trials, mean: mean, deviation: deviation, cumulative: cumulative,
            survival: survival)
    }

    /// Whether by symmetry both tails are ½ exactly.
    private func isCentre(_ k: Int) -> Bool { probability == 0.5 && 2 * k + 1 == trials }

    private var mean: Double { Double(trials) * probability }

    private var deviation: Double { (mean * (1 - probability)).squareRoot() }

    /// P(X > k) = I(k + 1, n − k) at the probability.
    private func tail(_ k: Int) -> IncompleteBeta {
        IncompleteBeta(a: Double(k) + 1, b: Double(trials - k))
    }
}
