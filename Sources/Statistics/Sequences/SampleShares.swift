/// How traffic is configured to be split over two or more arms.
public struct SampleShares: Sendable, Hashable {
    /// In the arms' order; each positive, their sum 1 but for rounding.
    public let values: [Double]

    /// - Parameter weights: Any positive scale: `[90, 10]` is 90 % and 10 %.
    /// - Throws: `EstimateError.tooFew` for fewer than two, `.notFinite`, `.invalidParameter` unless all are
    ///   positive, `.overflow`.
    public init(_ weights: [Double]) throws(EstimateError) {
        try requireCount(weights.count, atLeast: 2, "shares")
        try requireFinite(weights, "shares")
        var sum = 0.0
        for weight in weights {
            guard weight > 0 else { throw .invalidParameter("shares", must: "be positive") }
            sum += weight
        }
        guard sum.isFinite else { throw .overflow }
        var values: [Double] = []
        for weight in weights {
            guard weight / sum > 0 else { throw .invalidParameter("shares", must: "be of comparable size") }
            values.append(weight / sum)
        }
        self.values = values
    }

    /// Production at index 0, the canary at index 1.
    /// - Throws: `EstimateError.invalidParameter` unless the share lies in `(0, 1)`.
    public init(canary share: Double) throws(EstimateError) {
        try requireProbability(share, "share")
        values = [1 - share, share]
    }
}

extension SampleShares: Codable {
    public init(from decoder: any Decoder) throws {
        let values = try decoder.singleValueContainer().decode([Double].self)
        try self.init(values)
        // As they were written: dividing by the sum once more could move a last bit, and so start a new
        // stage.
        if abs(values.reduce(0, +) - 1) < 1e-12 { self.init(checked: values) }
    }

    private init(checked values: [Double]) { self.values = values }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }
}

extension SampleShares: Comparable {
    public static func < (first: SampleShares, second: SampleShares) -> Bool {
        first.values.lexicographicallyPrecedes(second.values)
    }
}
