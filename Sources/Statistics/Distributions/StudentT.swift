import CBoostMath
import Glibc

/// Student's t distribution.
///
/// Through the incomplete beta function, so that tails keep their relative precision.
public struct StudentT: ContinuousLaw, Hashable {
    public let degreesOfFreedom: Double

    /// - Throws: `EstimateError.invalidParameter` unless the degrees of freedom are positive and finite.
    public init(degreesOfFreedom: Double) throws(EstimateError) {
        try requirePositive(degreesOfFreedom, "degrees of freedom")
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// P(T ≤ x). Throws for NaN.
    public func cumulative(_ x: Double) throws(EstimateError) -> Double { try survival(-x) }

    /// P(T > x), without the cancellation of `1 - cumulative(x)`. Throws for NaN.
    public func survival(_ x: Double) throws(EstimateError) -> Double {
        try requireNumber(x, "x")
        if x < 0 { return try 1 - survival(-x) }
        if isPowerTail(x) { return exp(logPowerTail(x)) }
        let value = try answered(cboost_t_sf(x, degreesOfFreedom))
        return value > farOut ? value : exp(try logFarTail(x))
    }

    /// log P(T ≤ x). Throws for NaN.
    public func logCumulative(_ x: Double) throws(EstimateError) -> Double { try logSurvival(-x) }

    /// log P(T > x). Throws for NaN.
    public func logSurvival(_ x: Double) throws(EstimateError) -> Double {
        if x < 0 { return try log1p(-survival(-x)) }
        if isPowerTail(x) { return logPowerTail(x) }
        let value = try survival(x)
        return value > farOut ? log(value) : try logFarTail(x)
    }

    /// The x with P(T ≤ x) = `probability`, which lies in `(0, 1)`.
    public func quantile(_ probability: Double) throws(EstimateError) -> Double {
        try requireProbability(probability, "probability")
        return try answered(cboost_t_quantile(probability, degreesOfFreedom))
    }

    /// The x with P(T > x) = `probability`, which lies in `(0, 1)`.
    public func upperQuantile(_ probability: Double) throws(EstimateError) -> Double {
        try -quantile(probability)
    }

    /// P(T' > x) where T' is the noncentral t with these degrees of freedom: the power of a t-test.
    func noncentralSurvival(_ x: Double, noncentrality: Double) throws(EstimateError) -> Double {
        try answered(cboost_noncentral_t_sf(x, degreesOfFreedom, noncentrality))
    }

    private func logFarTail(_ x: Double) throws(EstimateError) -> Double {
        let ratio = x * x / degreesOfFreedom
        let tail = IncompleteBeta(a: degreesOfFreedom / 2, b: 0.5)
        return try tail.logLower(1 / (1 + ratio), ratio / (1 + ratio)) - log(2)
    }

    /// Whether x² / ν is so large that adding 1 to it changes nothing: the tail is then a plain power of x.
    private func isPowerTail(_ x: Double) -> Bool { x / degreesOfFreedom.squareRoot() > 1e10 }

    private func logPowerTail(_ x: Double) -> Double {
        guard x.isFinite else { return -.infinity }
        let half = degreesOfFreedom / 2
        let logBeta = cboost_lgamma(half) + cboost_lgamma(0.5) - cboost_lgamma(half + 0.5)
        return half * (log(degreesOfFreedom) - 2 * log(x)) - log(half) - logBeta - log(2)
    }
}
