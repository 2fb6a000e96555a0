import Domain

/// What the metrics over intents share.
///
/// An answer whose intent is null is an abstention, and so is no answer: wrong, whatever was expected, and no
/// class of its own. An answer that lacks the intent, or gives it in a form that cannot be read, is *failed*.
enum Intents {
    /// Expected and predicted intent, or the expected one alone.
    static func labels(_ input: MeasureInput) -> Measurement {
        guard let expected = input.example.expectedIntent else { return .notExpected("expected intent") }
        if let intent = input.answer?.intent { return .labels([expected, intent]) }
        return lacking(input) ?? .labels([expected])
    }

    /// 1 where the predicted intent is one of the right ones, else 0.
    static func right(_ input: MeasureInput, _ isRight: (String) -> Bool) -> Measurement {
        if let intent = input.answer?.intent { return .share(isRight(intent)) }
        return lacking(input) ?? .value(0)
    }

    /// The failure of an answer that should show an intent and does not.
    private static func lacking(_ input: MeasureInput) -> Measurement? {
        guard let problem = input.answer?.problems.first(where: { $0.part == "intent" }) else { return nil }
        return .failed(problem.detail)
    }

    /// What an app that failed is worth.
    static let failure = MetricDefinition.FailureValue.worst { labels($0) }
}
