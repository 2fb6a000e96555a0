import CBoostMath

/// The F distribution: the ratio of two variances.
///
/// Through the incomplete beta function, so that both tails keep their relative precision.
public struct FisherF: ContinuousLaw, Hashable {
    /// Degrees of freedom of the numerator.
    public let numerator: Double
    /// Degrees of freedom of the denominator.
    public let denominator: Double

    /// - Throws: `EstimateError.invalidParameter` unless both degrees of freedom are positive and finite.
    public init(numerator: Double, denominator: Double) throws(EstimateError) {
        try requirePositive(numerator, "numerator degrees of freedom")
        try requirePositive(denominator, "denominator degrees of freedom")
        self.numerator = numerator
        self.denominator = denominator
    }

    private var law: IncompleteBeta { IncompleteBeta(a: numerator / 2, b: denominator / 2) }

    /// P(X ≤ x). Throws for NaN.
    public func cumulative(_ x: Double) throws(EstimateError) -> Double {
        let (share, rest) = try shares(x)
        return try law.lower(share, rest)
    }

    /// P(X > x), without cancellation: the p-value of an F test. Throws for NaN.
    public func survival(_ x: Double) throws(EstimateError) -> Double {
        let (share, rest) = try shares(x)
        return try law.upper(share, rest)
    }

    /// log P(X ≤ x), minus infinity from 0 down. Throws for NaN.
    public func logCumulative(_ x: Double) throws(EstimateError) -> Double {
        let (share, rest) = try shares(x)
        return try law.logLower(share, rest)
    }

    /// log P(X > x). Throws for NaN.
    public func logSurvival(_ x: Double) throws(EstimateError) -> Double {
        let (share, rest) = try shares(x)
        return try law.logUpper(share, rest)
    }

    /// The x with P(X ≤ x) = `probability`, which lies in `(0, 1)`.
    public func quantile(_ probability: Double) throws(EstimateError) -> Double {
        try requireProbability(probability, "probability")
        return try answered(cboost_f_quantile(probability, numerator, denominator))
    }

    /// The x with P(X > x) = `probability`, which lies in `(0, 1)`.
    public func upperQuantile(_ probability: Double) throws(EstimateError) -> Double {
        try requireProbability(probability, "probability")
        return try answered(cboost_f_upper_quantile(probability, numerator, denominator))
    }

    /// The beta variable d₁x / (d₁x + d₂) and one minus it.
    private func shares(_ x: Double) throws(EstimateError) -> (Double, Double) {
        try requireNumber(x, "x")
        guard x > 0 else { return (0, 1) }
        let ratio = x / denominator * numerator
        return ratio.isFinite ? (ratio / (1 + ratio), 1 / (1 + ratio)) : (1, 0)
    }
}
