/// A two-sided cumulative sum chart: finds small lasting changes of a mean, and says when they began.
///
/// Each side adds up what exceeds the allowance, `S = max(0, S + z − k)`, and alarms above `h`. O(1) memory;
/// a point costs a few nanoseconds and no allocation.
///
/// E. S. Page, Biometrika 41 (1954) 100–115; the last time at 0 estimates when the change began.
public struct CusumChart: Sendable, Hashable, Codable {
    public let baseline: ChartBaseline
    /// k, in deviations: half the change that is to be found soonest.
    public let allowance: Double
    /// h, in deviations: from `cusumLimit`, for the whole family of charts.
    public let limit: Double
    /// Points so far, missing ones included.
    public private(set) var points = 0
    /// Of them missing.
    public private(set) var missing = 0
    /// The sum for changes upward, in deviations.
    public private(set) var upper = 0.0
    /// The sum for changes downward, in deviations.
    public private(set) var lower = 0.0
    private var upperBegan = 0
    private var lowerBegan = 0
    private var standardiser: Standardiser

    /// - Parameters:
    ///   - allowance: 0 or above.
    ///   - limit: Above 0. 5 is for one chart with a known baseline: one false alarm in 465 points.
    /// - Throws: `EstimateError.invalidParameter`.
    public init(
        baseline: ChartBaseline, allowance: Double = 0.5, limit: Double
    ) throws(EstimateError) {
        guard allowance >= 0, allowance.isFinite else {
            throw .invalidParameter("allowance", must: "be 0 or above")
        }
        guard limit > 0, limit.isFinite else { throw .invalidParameter("limit", must: "be above 0") }
        self.baseline = baseline
        self.allowance = allowance
        self.limit = limit
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
        if upper == 0 { upperBegan = point }
        if lower == 0 { lowerBegan = point }
        upper = max(0, upper + z - allowance)
        lower = max(0, lower - z - allowance)
        if upper <= limit, lower <= limit { return .quiet }
        return upper - limit >= lower - limit
            ? .alarm(.init(direction: .up, point: point, began: upperBegan))
            : .alarm(.init(direction: .down, point: point, began: lowerBegan))
    }

    /// Sets both sums to 0, as after an alarm that was dealt with; points keep their numbers.
    public mutating func restart() {
        upper = 0
        lower = 0
    }
}
