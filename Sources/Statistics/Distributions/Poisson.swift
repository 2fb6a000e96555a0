import Glibc

/// The number of independent rare events whose mean is known.
///
/// Through the incomplete gamma function and Loader's form of the mass.
public struct Poisson: CountLaw, Hashable {
    public let mean: Double

    /// - Throws: `EstimateError.invalidParameter` unless the mean is positive and at most 2⁵².
    public init(mean: Double) throws(EstimateError) {
        guard mean > 0, mean <= 0x1p52 else { throw .invalidParameter("mean", must: "lie in (0, 2⁵²]") }
        self.mean = mean
    }

    /// P(X = k).
    public func mass(_ k: Int) -> Double { exp(logMass(k)) }

    /// log P(X = k), minus infinity below 0.
    ///
    /// C. Loader, Fast and accurate computation of binomial probabilities (2000).
    public func logMass(_ k: Int) -> Double {
        guard k >= 0 else { return -.infinity }
        if k == 0 { return -mean }
        let count = Double(k)
        return -halfLogTwoPi - 0.5 * log(count) - stirlingRemainder(count)
            - deviance(count, mean: Residual(mean))
    }

    /// P(X ≤ k).
    public func cumulative(_ k: Int) throws(EstimateError) -> Double {
        k < 0 ? 0 : try tail(k).upper(mean)
    }

    /// P(X > k), without cancellation.
    public func survival(_ k: Int) throws(EstimateError) -> Double {
        k < 0 ? 1 : try tail(k).lower(mean)
    }

    /// P(X ≥ k). Note that it includes k.
    public func atLeast(_ k: Int) throws(EstimateError) -> Double {
        k <= 0 ? 1 : try survival(k - 1)
    }

    /// log P(X ≤ k), minus infinity below 0.
    public func logCumulative(_ k: Int) throws(EstimateError) -> Double {
        k < 0 ? -.infinity : try tail(k).logUpper(mean)
    }

    /// log P(X > k).
    public func logSurvival(_ k: Int) throws(EstimateError) -> Double {
        k < 0 ? 0 : try tail(k).logLower(mean)
    }

    /// The smallest k with P(X ≤ k) ≥ `level`, which lies in `(0, 1)`.
    public func quantile(_ level: Double) throws(EstimateError) -> Int {
        try countQuantile(
            level, in: 0...(1 << 53), mean: mean, deviation: mean.squareRoot(), cumulative: cumulative,
            survival: survival)
    }

    /// The smallest k with P(X > k) ≤ `level`, which lies in `(0, 1)`.
    public func upperQuantile(_ level: Double) throws(EstimateError) -> Int {
        try countUpperQuantile(
            level, in: 0...(1 << 53), mean: mean, deviation: mean.squareRoot(), cumulative: cumulative,
            survival: survival)
    }

    /// P(X > k) = P(k + 1, mean).
    private func tail(_ k: Int) -> IncompleteGamma { IncompleteGamma(a: Double(k) + 1) }
}
