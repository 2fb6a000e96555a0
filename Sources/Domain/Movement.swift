/// How single examples moved between the arms.
public struct Movement: Sendable {
    public struct Item: Sendable {
        public let example: String
        public let metric: String
        public let baseline: Double
        public let candidate: Double

        public init(example: String, metric: String, baseline: Double, candidate: Double) {
            self.example = example
            self.metric = metric
            self.baseline = baseline
            self.candidate = candidate
        }
    }

    /// Examples that passed before and fail now, worst first; capped, the count is whole.
    public var newlyFailing: [Item] = []
    public var newlyPassing: [Item] = []
    public var newlyFailingCount = 0
    public var newlyPassingCount = 0
    /// Examples whose scores changed without crossing pass or fail.
    public var movedCount = 0
    public var unchangedCount = 0
    /// Examples on which no metric could be compared: unmeasured in an arm, or none applies.
    public var notComparedCount = 0

    public init() {}
}
