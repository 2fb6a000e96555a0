import Domain

/// What the metrics over intents share.
///
/// An answer without an intent is an abstention, and so is no answer: wrong, whatever was expected, and no class
/// of its own.
enum Intents {
    /// Expected and predicted intent, or the expected one alone.
    static func labels(_ input: MeasureInput) -> Measurement {
        guard let expected = input.example.expectedIntent else { return .notExpected("expected intent") }
        guard let intent = input.answer?.intent else { return .labels([expected]) }
        return .labels([expected, intent])
    }

    /// What an app that failed is worth.
    static let failure = MetricDefinition.FailureValue.worst { labels($0) }
}
