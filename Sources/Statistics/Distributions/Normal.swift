import CBoostMath

/// The standard normal distribution.
///
/// Evaluated by Boost.Math in double precision; the tails stay exact far out.
public enum Normal {
    /// P(Z ≤ x). Throws for NaN.
    public static func cumulative(_ x: Double) throws(EstimateError) -> Double {
        try answered(cboost_normal_cdf(x))
    }

    /// P(Z > x), without the cancellation of `1 - cumulative(x)`. Throws for NaN.
    public static func survival(_ x: Double) throws(EstimateError) -> Double {
        try answered(cboost_normal_sf(x))
    }

    /// The x with P(Z ≤ x) = `probability`, which lies in `(0, 1)`.
    public static func quantile(_ probability: Double) throws(EstimateError) -> Double {
        try requireProbability(probability, "probability")
        return try answered(cboost_normal_quantile(probability))
    }
}
