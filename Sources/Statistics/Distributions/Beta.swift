import CBoostMath

/// The beta distribution: the regularised incomplete beta function and its inverse.
///
/// Evaluated by Boost.Math in double precision, and by the saddle-point form where both shapes are large.
public struct Beta: ContinuousLaw, Hashable {
    public let alpha: Double
    public let beta: Double

    /// - Throws: `EstimateError.invalidParameter` unless both shapes are positive and finite.
    public init(alpha: Double, beta: Double) throws(EstimateError) {
        try requirePositive(alpha, "alpha")
        try requirePositive(beta, "beta")
        self.alpha = alpha
        self.beta = beta
    }

    private var law: IncompleteBeta { IncompleteBeta(a: alpha, b: beta) }

    /// P(X ≤ x) for x in `0...1`; throws elsewhere.
    public func cumulative(_ x: Double) throws(EstimateError) -> Double {
        try requireRate(x, "x")
        return try law.lower(x, 1 - x)
    }

    /// P(X > x) for x in `0...1`, without cancellation; throws elsewhere.
    public func survival(_ x: Double) throws(EstimateError) -> Double {
        try requireRate(x, "x")
        return try law.upper(x, 1 - x)
    }

    /// log P(X ≤ x), minus infinity at 0.
    public func logCumulative(_ x: Double) throws(EstimateError) -> Double {
        try requireRate(x, "x")
        return try law.logLower(x, 1 - x)
    }

    /// log P(X > x), minus infinity at 1.
    public func logSurvival(_ x: Double) throws(EstimateError) -> Double {
        try requireRate(x, "x")
        return try law.logUpper(x, 1 - x)
    }

    /// The x with P(X ≤ x) = `probability`, which lies in `(0, 1)`.
    public func quantile(_ probability: Double) throws(EstimateError) -> Double {
        try requireProbability(probability, "probability")
        return try answered(cboost_ibeta_inv(alpha, beta, probability))
    }

    /// The x with P(X > x) = `probability`, which lies in `(0, 1)`.
    public func upperQuantile(_ probability: Double) throws(EstimateError) -> Double {
        try requireProbability(probability, "probability")
        return try answered(cboost_ibetac_inv(alpha, beta, probability))
    }
}
