import Domain
import Text

/// What a metric may look at: the example, one observation of it, and features worked out once for all metrics.
///
/// Make one for each observation and pass it through all metrics; hand `features` on to the next observation of
/// the same example, and what depends on the example alone is not worked out again.
public struct MeasureInput: Sendable {
    public let example: Example
    public let observation: Observation
    /// The answer: metrics are asked only where there is one, except those that measure failure.
    public let answer: Answer?
    public var features: ExampleFeatures

    private var answerTokensCache: AnswerTokens?
    private var rankingCache: Ranking?

    public init(example: Example, observation: Observation, features: ExampleFeatures? = nil) {
        self.example = example
        self.observation = observation
        self.features = features ?? ExampleFeatures(example)
        answer = observation.answer
    }

    /// The answer's tokens after SQuAD's normalisation, or nil where it has no text.
    mutating func answerTokens() -> AnswerTokens? {
        if let made = answerTokensCache { return made }
        guard let text = answer?.text else { return nil }
        let made = AnswerTokens(text)
        answerTokensCache = made
        return made
    }

    /// What was retrieved, held against what should have been.
    mutating func ranking() -> Ranking {
        if let made = rankingCache { return made }
        let made = Ranking(example: example, documents: answer?.documents)
        rankingCache = made
        return made
    }
}
