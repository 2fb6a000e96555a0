import Statistics

/// Distribution of a metric's values before and after: shared histogram edges, and percentiles.
public struct DistributionResult: Sendable {
    public struct Percentile: Sendable {
        public let name: String
        public let baseline: Double?
        public let candidate: Double?
        /// Order-statistic interval of the candidate's, nil where n is too small for one.
        public let interval: Interval?

        public init(name: String, baseline: Double?, candidate: Double?, interval: Interval?) {
            self.name = name
            self.baseline = baseline
            self.candidate = candidate
            self.interval = interval
        }
    }

    public let metric: String
    public let unit: String
    /// `counts.count + 1` edges.
    public let edges: [Double]
    public let baseline: [Int]?
    public let candidate: [Int]
    public let percentiles: [Percentile]

    public init(
        metric: String, unit: String, edges: [Double], baseline: [Int]?, candidate: [Int],
        percentiles: [Percentile]
    ) {
        self.metric = metric
        self.unit = unit
        self.edges = edges
        self.baseline = baseline
        self.candidate = candidate
        self.percentiles = percentiles
    }
}
