/// The drop of a score since it was pinned, however slowly it came.
///
/// The baseline is fixed by a person's blessing and never moves with the series: compared with the night
/// before, .943 → .941 → .927 → .908 never falls by more than .019. O(1) memory.
public struct CumulativeDropChart: Sendable, Hashable, Codable {
    /// The score when it was blessed.
    public let pinned: Double
    /// The drop above which it alarms, in the score's own unit.
    public let threshold: Double
    /// Whether higher scores are better, so that a fall is the harm.
    public let higherIsBetter: Bool
    /// Points so far, missing ones included.
    public private(set) var points = 0
    /// Of them missing.
    public private(set) var missing = 0
    /// The drop at the last point that was there, in the harmful direction; nil before the first.
    public private(set) var drop: Double?
    private var began = 0

    /// - Throws: `EstimateError.notFinite`, `.invalidParameter` unless the threshold is above 0.
    public init(
        pinned: Double, threshold: Double = 0.03, higherIsBetter: Bool = true
    ) throws(EstimateError) {
        try requireFinite([pinned], "pinned")
        guard threshold > 0, threshold.isFinite else {
            throw .invalidParameter("threshold", must: "be above 0")
        }
        self.pinned = pinned
        self.threshold = threshold
        self.higherIsBetter = higherIsBetter
    }

    /// Takes one point; nil, or no finite number, is a point that is missing.
    ///
    /// A drop of just the threshold, but for rounding, is no alarm. The drop began at the first point since
    /// the score last stood at its baseline or better.
    public mutating func update(_ value: Double?) -> ChartSignal {
        let point = points
        points += 1
        guard let value, value.isFinite else {
            missing += 1
            return .missing
        }
        let drop = higherIsBetter ? pinned - value : value - pinned
        let wasDown = (self.drop ?? 0) > 0
        if !wasDown { began = point }
        self.drop = drop
        if drop <= threshold + 1e-12 * max(abs(pinned), 1) { return .quiet }
        return .alarm(.init(direction: higherIsBetter ? .down : .up, point: point, began: began))
    }
}
