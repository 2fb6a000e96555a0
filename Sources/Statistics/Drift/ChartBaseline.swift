/// What a series does while all is well: the yardstick of a control chart.
public struct ChartBaseline: Sendable, Hashable, Codable {
    public let mean: Double
    /// The deviation of what is charted: of the series itself, or of the innovations of its autoregression.
    public let deviation: Double
    /// φ of the autoregression that is taken out of the series before it is charted; 0: none is.
    public let autocorrelation: Double
    /// In-control points that it was estimated from; nil where it is known.
    public let points: Int?

    /// A baseline that is known, or was fixed by a person.
    ///
    /// - Parameters:
    ///   - deviation: Above 0; of the innovations where `autocorrelation` is not 0.
    ///   - autocorrelation: In (−1, 1).
    /// - Throws: `EstimateError.invalidParameter`, `.notFinite`.
    public init(mean: Double, deviation: Double, autocorrelation: Double = 0) throws(EstimateError) {
        try self.init(mean: mean, deviation: deviation, autocorrelation: autocorrelation, points: nil)
    }

    init(
        mean: Double, deviation: Double, autocorrelation: Double, points: Int?
    ) throws(EstimateError) {
        try requireFinite([mean], "mean")
        guard deviation > 0, deviation.isFinite else {
            throw .invalidParameter("deviation", must: "be above 0")
        }
        guard abs(autocorrelation) < 1 else {
            throw .invalidParameter("autocorrelation", must: "lie strictly between -1 and 1")
        }
        self.mean = mean
        self.deviation = deviation
        self.autocorrelation = autocorrelation
        self.points = points
    }

    /// - Throws: `DecodingError`, or `EstimateError` for numbers that are no baseline.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            mean: container.decode(Double.self, forKey: .mean),
            deviation: container.decode(Double.self, forKey: .deviation),
            autocorrelation: container.decode(Double.self, forKey: .autocorrelation),
            points: container.decodeIfPresent(Int.self, forKey: .points))
    }
}

/// Turns points into standard deviations from what was to be expected, one at a time.
struct Standardiser: Sendable, Hashable, Codable {
    let baseline: ChartBaseline
    /// The last point that was there, as a distance from the mean, and how many points ago it was; 0: none.
    private var last = 0.0
    private var age = 0

    init(_ baseline: ChartBaseline) { self.baseline = baseline }

    /// Nil where there is no number.
    ///
    /// After a gap of g points the forecast is φᵍ times the last distance, and its error is wider. A score is
    /// at most a thousand million, so that sums of it stay finite.
    @inline(__always)
    mutating func score(_ value: Double?) -> Double? {
        guard let value, value.isFinite else {
            if age > 0, age < 1 << 20 { age += 1 }
            return nil
        }
        let distance = value - baseline.mean
        let phi = baseline.autocorrelation
        if phi == 0 { return bounded(distance / baseline.deviation) }
        defer {
            last = distance
            age = 1
        }
        if age == 1 { return bounded((distance - phi * last) / baseline.deviation) }
        return bounded(afterGap(distance, phi))
    }

    @inline(__always)
    private func bounded(_ score: Double) -> Double { min(1e9, max(-1e9, score)) }

    private func afterGap(_ distance: Double, _ phi: Double) -> Double {
        var power = 0.0
        if age > 0 {
            power = 1
            for _ in 0..<age where abs(power) > 1e-18 { power *= phi }
        }
        let spread = ((1 - power * power) / (1 - phi * phi)).squareRoot()
        return (distance - power * last) / (baseline.deviation * spread)
    }
}
