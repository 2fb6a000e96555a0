/// A probability law on numbers, by both tails.
public protocol ContinuousLaw: Sendable {
    /// P(X ≤ x).
    func cumulative(_ x: Double) throws(EstimateError) -> Double
    /// P(X > x), without cancellation.
    func survival(_ x: Double) throws(EstimateError) -> Double
    /// log P(X ≤ x), minus infinity where that is impossible.
    func logCumulative(_ x: Double) throws(EstimateError) -> Double
    /// log P(X > x), minus infinity where that is impossible.
    func logSurvival(_ x: Double) throws(EstimateError) -> Double
    /// The x with P(X ≤ x) = `probability`, which lies in `(0, 1)`.
    func quantile(_ probability: Double) throws(EstimateError) -> Double
    /// The x with P(X > x) = `probability`, which lies in `(0, 1)`.
    func upperQuantile(_ probability: Double) throws(EstimateError) -> Double
}

/// A probability law on counts, by both tails.
public protocol CountLaw: Sendable {
    /// P(X = k).
    func mass(_ k: Int) throws(EstimateError) -> Double
    /// log P(X = k), minus infinity where k is impossible.
    func logMass(_ k: Int) -> Double
    /// P(X ≤ k).
    func cumulative(_ k: Int) throws(EstimateError) -> Double
    /// P(X > k), without cancellation.
    func survival(_ k: Int) throws(EstimateError) -> Double
    /// log P(X ≤ k), minus infinity where that is impossible.
    func logCumulative(_ k: Int) throws(EstimateError) -> Double
    /// log P(X > k), minus infinity where that is impossible.
    func logSurvival(_ k: Int) throws(EstimateError) -> Double
    /// The smallest k with P(X ≤ k) ≥ `level`, which lies in `(0, 1)`.
    func quantile(_ level: Double) throws(EstimateError) -> Int
    /// The smallest k with P(X > k) ≤ `level`, which lies in `(0, 1)`.
    func upperQuantile(_ level: Double) throws(EstimateError) -> Int
}
