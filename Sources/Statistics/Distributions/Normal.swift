import CBoostMath
import Glibc

/// The standard normal distribution.
///
/// Evaluated by Boost.Math in double precision; the tails stay exact far out, and their logarithms beyond that.
public enum Normal {
    /// The density at x, 0 where it is below the smallest double.
    public static func density(_ x: Double) -> Double { exp(-0.5 * x * x - halfLogTwoPi) }

    /// P(Z ≤ x). Throws for NaN.
    public static func cumulative(_ x: Double) throws(EstimateError) -> Double {
        try requireNumber(x, "x")
        return try answered(cboost_normal_cdf(x))
    }

    /// P(Z > x), without the cancellation of `1 - cumulative(x)`. Throws for NaN.
    public static func survival(_ x: Double) throws(EstimateError) -> Double {
        try requireNumber(x, "x")
        return try answered(cboost_normal_sf(x))
    }

    /// log P(Z ≤ x), finite for every finite x. Throws for NaN.
    public static func logCumulative(_ x: Double) throws(EstimateError) -> Double { try logSurvival(-x) }

    /// log P(Z > x), finite for every finite x unless it exceeds the largest number. Throws for NaN.
    public static func logSurvival(_ x: Double) throws(EstimateError) -> Double {
        if x < 0 { return try log1p(-cumulative(x)) }
        if x < 35 { return try log(survival(x)) }
        // Laplace's asymptotic series, whose terms fall below the last place before the sixth.
        let square = 1 / (x * x)
        let series = 1 - square * (1 - 3 * square * (1 - 5 * square * (1 - 7 * square * (1 - 9 * square))))
        return x.isInfinite ? -.infinity : -0.5 * x * x - halfLogTwoPi - log(x) + log(series)
    }

    /// The x with P(Z ≤ x) = `probability`, which lies in `(0, 1)`.
    public static func quantile(_ probability: Double) throws(EstimateError) -> Double {
        try requireProbability(probability, "probability")
        return try answered(cboost_normal_quantile(probability))
    }

    /// The x with P(Z > x) = `probability`, which lies in `(0, 1)`.
    public static func upperQuantile(_ probability: Double) throws(EstimateError) -> Double {
        try -quantile(probability)
    }
}
