/// A two-sided chart of the exponentially weighted moving average.
///
/// `Z = λ z + (1 − λ) Z`, with the limits of the long run, ±L √(λ / (2 − λ)). O(1) memory; a point costs a
/// few nanoseconds and no allocation. The change is estimated to have begun when the average last left its
/// centre.
///
/// S. W. Roberts, Technometrics 1 (1959) 239–250; J. M. Lucas, M. S. Saccucci, Technometrics 32 (1990) 1–12;
/// M. Nishina, Rep. Stat. Appl. Res. JUSE 39(3) (1992) 1–13 for the beginning.
public struct EwmaChart: Sendable, Hashable, Codable {
    public let baseline: ChartBaseline
    /// λ, the weight of the newest point, in (0, 1].
    public let weight: Double
    /// L, in deviations of the average.
    public let limit: Double
    /// Points so far, missing ones included.
    public private(set) var points = 0
    /// Of them missing.
    public private(set) var missing = 0
    /// The average, in deviations of a point.
    public private(set) var average = 0.0
    private var began = 0
    private let bound: Double
    private var standardiser: Standardiser

    /// - Parameter limit: Above 0. λ = .2 with 2.962 has one false alarm in 500 points (`ewmaLimit`).
    /// - Throws: `EstimateError.invalidParameter`.
    public init(
        baseline: ChartBaseline, weight: Double = 0.2, limit: Double
    ) throws(EstimateError) {
        guard weight > 0, weight <= 1 else { throw .invalidParameter("weight", must: "lie in (0, 1]") }
        guard limit > 0, limit.isFinite else { throw .invalidParameter("limit", must: "be above 0") }
        self.baseline = baseline
        self.weight = weight
        self.limit = limit
        bound = limit * (weight / (2 - weight)).squareRoot()
        standardiser = Standardiser(baseline)
    }

    /// Takes one point; nil, or no finite number, is a point that is missing.
    public mutating func update(_ value: Double?) -> ChartSignal {
        let point = points
        points += 1
        guard let z = standardiser.score(value) else {
            missing += 1
            return .missing
        }
        let next = weight * z + (1 - weight) * average
        if average == 0 || (next > 0) != (average > 0) { began = point }
        average = next
        if abs(next) <= bound { return .quiet }
        return .alarm(.init(direction: next > 0 ? .up : .down, point: point, began: began))
    }

    /// Sets the average to its centre; points keep their numbers.
    public mutating func restart() { average = 0 }
}
