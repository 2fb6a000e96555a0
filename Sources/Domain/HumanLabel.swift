/// What a person says of one answer of a run, by a judged metric.
public struct HumanLabel: Sendable, Hashable {
    public let metric: String
    public let example: String
    /// The answer that was looked at: a label says nothing of another one.
    public let answer: String
    /// The metric's value.
    public let value: Double

    public init(metric: String, example: String, answer: String, value: Double) {
        self.metric = metric
        self.example = example
        self.answer = answer
        self.value = value
    }
}
