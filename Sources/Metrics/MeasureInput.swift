import Domain

/// What a metric may look at: the example, one observation of it, and features worked out once for all metrics.
public struct MeasureInput: Sendable {
    public let example: Example
    public let observation: Observation
    /// The answer: metrics are asked only where there is one, except those that measure failure.
    public let answer: Answer?

    public init(example: Example, observation: Observation) {
        self.example = example
        self.observation = observation
        answer = observation.answer
    }
}
