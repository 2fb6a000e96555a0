/// What all the looks at one confidence sequence leave together: bounds that never widen.
///
/// Every look's bounds hold at once, so their intersection does, with the same confidence. It is right where
/// the quantity stays the same; where it moves the intersection lags behind, or becomes empty, which says
/// that it moved. Intersections of different streams do not merge: merge the streams.
public struct RunningIntersection: Sendable, Hashable, Codable {
    public private(set) var lower: Double
    public private(set) var upper: Double
    public let confidence: Double
    /// Looks that were taken.
    public private(set) var looks = 1

    /// - Parameter first: The first look.
    public init(_ first: Interval) {
        lower = first.lower
        upper = first.upper
        confidence = first.confidence
    }

    /// Takes one more look.
    /// - Throws: `EstimateError.invalidParameter` for an interval of another confidence, or one that does not
    ///   meet what stands: the quantity moved, or an assumption failed; nothing changes then.
    public mutating func narrow(to interval: Interval) throws(EstimateError) {
        guard interval.confidence == confidence else {
            throw .invalidParameter("confidence", must: "be that of the first look")
        }
        let low = max(lower, interval.lower)
        let high = min(upper, interval.upper)
        guard low <= high else {
            throw .invalidParameter("the interval", must: "meet those of earlier looks: the quantity moved")
        }
        lower = low
        upper = high
        looks += 1
    }
}
