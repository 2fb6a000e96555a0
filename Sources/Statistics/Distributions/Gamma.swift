import CBoostMath

/// The gamma distribution of unit scale: the regularised incomplete gamma functions and their inverses.
///
/// Evaluated by Boost.Math in double precision.
public struct Gamma: ContinuousLaw, Hashable {
    public let shape: Double

    /// - Throws: `EstimateError.invalidParameter` unless the shape is positive and finite.
    public init(shape: Double) throws(EstimateError) {
        try requirePositive(shape, "shape")
        self.shape = shape
    }

    private var law: IncompleteGamma { IncompleteGamma(a: shape) }

    /// P(X ≤ x). Throws for NaN.
    public func cumulative(_ x: Double) throws(EstimateError) -> Double {
        try requireNumber(x, "x")
        return x <= 0 ? 0 : try law.lower(x)
    }

    /// P(X > x), without cancellation. Throws for NaN.
    public func survival(_ x: Double) throws(EstimateError) -> Double {
        try requireNumber(x, "x")
        return x <= 0 ? 1 : try law.upper(x)
    }

    /// log P(X ≤ x), minus infinity from 0 down. Throws for NaN.
    public func logCumulative(_ x: Double) throws(EstimateError) -> Double {
        try requireNumber(x, "x")
        return x <= 0 ? -.infinity : try law.logLower(x)
    }

    /// log P(X > x). Throws for NaN.
    public func logSurvival(_ x: Double) throws(EstimateError) -> Double {
        try requireNumber(x, "x")
        return x <= 0 ? 0 : try law.logUpper(x)
    }

    /// The x with P(X ≤ x) = `probability`, which lies in `(0, 1)`.
    public func quantile(_ probability: Double) throws(EstimateError) -> Double {
        try requireProbability(probability, "probability")
        return try answered(cboost_gamma_p_inv(shape, probability))
    }

    /// The x with P(X > x) = `probability`, which lies in `(0, 1)`.
    public func upperQuantile(_ probability: Double) throws(EstimateError) -> Double {
        try requireProbability(probability, "probability")
        return try answered(cboost_gamma_q_inv(shape, probability))
    }
}
