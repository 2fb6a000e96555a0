import CBoostMath

/// The beta distribution: the regularised incomplete beta function and its inverse.
///
/// Evaluated by Boost.Math in double precision.
public struct Beta: Sendable, Hashable {
    public let alpha: Double
    public let beta: Double

    /// - Throws: `EstimateError.invalidParameter` unless both shapes are positive and finite.
    public init(alpha: Double, beta: Double) throws(EstimateError) {
        guard alpha > 0, alpha.isFinite, beta > 0, beta.isFinite else { throw .invalidParameter("shape") }
        self.alpha = alpha
        self.beta = beta
    }

    /// P(X ≤ x) for x in `0...1`; throws elsewhere.
    public func cumulative(_ x: Double) throws(EstimateError) -> Double {
        try answered(cboost_ibeta(alpha, beta, x))
    }

    /// P(X > x) for x in `0...1`, without cancellation; throws elsewhere.
    public func survival(_ x: Double) throws(EstimateError) -> Double {
        try answered(cboost_ibetac(alpha, beta, x))
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
