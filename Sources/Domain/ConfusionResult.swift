/// Two confusion matrices over the same labels (rows expected, columns predicted).
public struct ConfusionResult: Sendable {
    public let metric: String
    public let labels: [String]
    public let baseline: [[Double]]?
    public let candidate: [[Double]]

    public init(metric: String, labels: [String], baseline: [[Double]]?, candidate: [[Double]]) {
        self.metric = metric
        self.labels = labels
        self.baseline = baseline
        self.candidate = candidate
    }
}
