import Domain

/// The app's confidence in its intent, and whether the intent was right.
enum Confidence {
    case known(Double, right: Bool)
    case unknown(Measurement)

    static func of(_ input: MeasureInput) -> Confidence {
        guard let expected = input.example.expectedIntent else {
            return .unknown(.notExpected("expected intent"))
        }
        guard let intent = input.answer?.intent else { return .unknown(input.notShown("intent")) }
        guard let confidence = input.answer?.confidence else { return .unknown(input.notShown("confidence")) }
        guard confidence >= 0, confidence <= 1 else {
            return .unknown(.failed("the confidence is not between 0 and 1"))
        }
        return .known(confidence, right: intent == expected)
    }
}
