/// Gathers in-control points until a chart may be armed; O(1) memory.
///
/// A chart that is armed too soon mistakes the errors of its own baseline for change: with 20 points it
/// alarms in half of all healthy runs of 100 nights (`falseAlarmProbability`).
public struct ChartArming: Sendable, Hashable, Codable {
    /// Points that are there.
    public private(set) var points = 0
    /// Points that were missing.
    public private(set) var missing = 0
    private var mean = 0.0
    private var squares = 0.0
    private var pairs = PairSums()
    private var last: Double?

    /// In-control points without which no chart is armed.
    public static let needed = 50

    /// What is done about neighbouring points that are alike.
    public enum Whitening: String, Sendable, Hashable, Codable, CaseIterable {
        /// The autoregression is fitted and taken out, whatever it is.
        ///
        /// It is not tested for first: 50 points see a correlation of .2 in one series of four, and charts of
        /// the rest would alarm at twice their rate.
        case prewhitened
        /// For a series known to be independent, or a limit from `blockCalibratedLimit`.
        case none
    }

    public init() {}

    /// All of a history at once.
    ///
    /// - Parameter history: In order of time, while all was well; nil is a point that is missing.
    /// - Throws: `EstimateError.notFinite`.
    public init(_ history: [Double?]) throws(EstimateError) {
        for (index, value) in history.enumerated() {
            guard value?.isFinite ?? true else { throw .notFinite(index: index, of: "history") }
            add(value)
        }
    }

    /// Takes one point. A number that is not finite is missing.
    public mutating func add(_ value: Double?) {
        guard let value, value.isFinite else {
            missing += 1
            last = nil
            return
        }
        points += 1
        let distance = value - mean
        mean += distance / Double(points)
        squares += distance * (value - mean)
        if let last { pairs.add(last, value) }
        last = value
    }

    /// The baseline for a chart.
    ///
    /// - Parameter needed: Fewer than 50 is for experiments only.
    /// - Throws: `EstimateError.tooFew` below `needed` points, or below a third of that in pairs of
    ///   neighbours, `.allEqual` where no point differs, which leaves no yardstick, `.overflow`,
    ///   `.invalidParameter` unless `needed` is 4 or more.
    public func baseline(
        whitening: Whitening = .prewhitened, needed: Int = ChartArming.needed
    ) throws(EstimateError) -> ChartBaseline {
        guard needed >= 4 else { throw .invalidParameter("needed", must: "be 4 or more") }
        try requireCount(points, atLeast: needed, "in-control points")
        guard mean.isFinite, squares.isFinite else { throw .overflow }
        // What rounding leaves of equal points is no deviation.
        let noise = 1e-14 * abs(mean)
        guard squares > Double(points) * noise * noise else { throw .allEqual(value: mean) }
        switch whitening {
        case .none:
            return try ChartBaseline(
                mean: mean, deviation: (squares / Double(points - 1)).squareRoot(), autocorrelation: 0,
                points: points)
        case .prewhitened:
            try requireCount(pairs.count, atLeast: max(3, needed / 3), "pairs of neighbouring points")
            let fit = try AutoregressiveFit(pairs)
            // The innovations around the corrected φ, which is not the one of least squares.
            let phi = fit.corrected
            let sum = pairs.yy - 2 * phi * pairs.xy + phi * phi * pairs.xx
            let deviation = (max(0, sum) / Double(pairs.count - 2)).squareRoot()
            guard deviation > noise else { throw .allEqual(value: mean) }
            return try ChartBaseline(
                mean: mean, deviation: deviation, autocorrelation: phi, points: points)
        }
    }
}
