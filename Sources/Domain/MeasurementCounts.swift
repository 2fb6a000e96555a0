/// What was and was not measured, told apart by whose failure it is.
public struct MeasurementCounts: Sendable {
    public struct ByCause: Sendable {
        public let arm: Arm
        public let cause: String
        public let count: Int
        /// One example of it, in words.
        public let detail: String
        /// Whether a metric failed on an answer that is there; else there is no answer.
        public let isMetric: Bool

        public init(arm: Arm, cause: String, count: Int, detail: String, isMetric: Bool = false) {
            self.isMetric = isMetric
            self.arm = arm
            self.cause = cause
            self.count = count
            self.detail = detail
        }
    }

    public var planned = 0
    public var answered = 0
    /// The app failed: scored worst.
    public var appFailures = 0
    /// Infrastructure or recording failed: unmeasured.
    public var unmeasured = 0
    /// Metrics that failed on an answer they should have read.
    public var metricFailures = 0
    public var retried = 0
    public var throttled = 0
    public var fromCache = 0
    /// What the cache did; nil where the run used none.
    public var cache: CacheUse?
    public var causes: [ByCause] = []
    /// Metrics that models lost something of, in the order in which they were asked.
    public var losses: [ModelLoss] = []

    /// What a metric that wants something of models lost of it, both arms together.
    public struct ModelLoss: Sendable, Hashable {
        public let metric: String
        /// Answers that it was to measure.
        public let of: Int
        public let lost: Int
        /// Those of them that a judge was not asked about, since its budget was spent.
        public let overBudget: Int
        /// Why the first one was lost.
        public let reason: String

        public init(metric: String, of: Int, lost: Int, overBudget: Int, reason: String) {
            self.metric = metric
            self.of = of
            self.lost = lost
            self.overBudget = overBudget
            self.reason = reason
        }
    }

    public init() {}
}
