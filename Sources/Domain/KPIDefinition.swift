/// A weighted indicator: parts normalised to `[0, 1]`, weighted, summed; with floors and bands.
public struct KPIDefinition: Sendable, Hashable {
    /// In the order of the policy; weights sum to 1.
    public let parts: [Part]
    public let floors: [Floor]
    public let bands: Bands?

    public init(parts: [Part], floors: [Floor] = [], bands: Bands? = nil) {
        self.parts = parts
        self.floors = floors
        self.bands = bands
    }

    public struct Part: Sendable, Hashable {
        public let metric: MetricReference
        /// In `(0, 1]`.
        public let weight: Double
        /// Whether a higher value of the metric is better; agrees with the order of `from` and `to`.
        public let higherIsBetter: Bool
        /// The metric's value that counts as 0, in its unit.
        public let from: Double
        /// The metric's value that counts as 1, in its unit; never equal to `from`.
        public let to: Double

        public init(metric: MetricReference, weight: Double, higherIsBetter: Bool, from: Double, to: Double) {
            self.metric = metric
            self.weight = weight
            self.higherIsBetter = higherIsBetter
            self.from = from
            self.to = to
        }

        /// `(value − from) / (to − from)`, clamped to `[0, 1]`.
        public func normalised(_ value: Double) -> Double { min(1, max(0, (value - from) / (to - from))) }
    }

    /// A value that a part must reach whatever the whole says: from below where higher is better, else from above.
    public struct Floor: Sendable, Hashable {
        public let metric: MetricReference
        public let bound: Double

        public init(metric: MetricReference, bound: Double) {
            self.metric = metric
            self.bound = bound
        }
    }

    /// Go from `go` on, hold from `hold` on, roll back below; `hold < go`.
    public struct Bands: Sendable, Hashable {
        public let go: Double
        public let hold: Double

        public init(go: Double, hold: Double) {
            self.go = go
            self.hold = hold
        }
    }
}
