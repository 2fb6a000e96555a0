/// The χ² distribution: twice a gamma variable of half the degrees of freedom.
public struct ChiSquared: ContinuousLaw, Hashable {
    public let degreesOfFreedom: Double
    private let half: Gamma

    /// - Throws: `EstimateError.invalidParameter` unless the degrees of freedom are positive and finite.
    public init(degreesOfFreedom: Double) throws(EstimateError) {
        try requirePositive(degreesOfFreedom, "degrees of freedom")
        self.degreesOfFreedom = degreesOfFreedom
        half = try Gamma(shape: degreesOfFreedom / 2)
    }

    /// P(X ≤ x). Throws for NaN.
    public func cumulative(_ x: Double) throws(EstimateError) -> Double { try half.cumulative(x / 2) }

    /// P(X > x), without cancellation: the p-value of a χ² test. Throws for NaN.
    public func survival(_ x: Double) throws(EstimateError) -> Double { try half.survival(x / 2) }

    /// log P(X ≤ x), minus infinity from 0 down. Throws for NaN.
    public func logCumulative(_ x: Double) throws(EstimateError) -> Double { try half.logCumulative(x / 2) }

    /// log P(X > x). Throws for NaN.
    public func logSurvival(_ x: Double) throws(EstimateError) -> Double { try half.logSurvival(x / 2) }

    /// The x with P(X ≤ x) = `probability`, which lies in `(0, 1)`.
    public func quantile(_ probability: Double) throws(EstimateError) -> Double {
        try 2 * half.quantile(probability)
    }

    /// The x with P(X > x) = `probability`, which lies in `(0, 1)`.
    public func upperQuantile(_ probability: Double) throws(EstimateError) -> Double {
        try 2 * half.upperQuantile(probability)
    }
}
