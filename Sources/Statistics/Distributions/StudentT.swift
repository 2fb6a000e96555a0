import CBoostMath

/// Student's t distribution.
///
/// Evaluated by Boost.Math in double precision.
public struct StudentT: Sendable, Hashable {
    public let degreesOfFreedom: Double

    /// - Throws: `EstimateError.invalidParameter` unless the degrees of freedom are positive and finite.
    public init(degreesOfFreedom: Double) throws(EstimateError) {
        guard degreesOfFreedom > 0, degreesOfFreedom.isFinite else {
            throw .invalidParameter("degrees of freedom")
        }
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// P(T ≤ x). Throws for NaN.
    public func cumulative(_ x: Double) throws(EstimateError) -> Double {
        try answered(cboost_t_cdf(x, degreesOfFreedom))
    }

    /// P(T > x), without the cancellation of `1 - cumulative(x)`. Throws for NaN.
    public func survival(_ x: Double) throws(EstimateError) -> Double {
        try answered(cboost_t_sf(x, degreesOfFreedom))
    }

    /// The x with P(T ≤ x) = `probability`, which lies in `(0, 1)`.
    public func quantile(_ probability: Double) throws(EstimateError) -> Double {
        try requireProbability(probability, "probability")
        return try answered(cboost_t_quantile(probability, degreesOfFreedom))
    }

    /// P(T' > x) where T' is the noncentral t with these degrees of freedom: the power of a t-test.
    func noncentralSurvival(_ x: Double, noncentrality: Double) throws(EstimateError) -> Double {
        try answered(cboost_noncentral_t_sf(x, degreesOfFreedom, noncentrality))
    }
}
