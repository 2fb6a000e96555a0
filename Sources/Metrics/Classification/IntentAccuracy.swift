import Domain

/// The share of examples whose intent is the expected one.
///
/// Names are compared as they are, letter case included; a null intent is wrong. Not
/// applicable without an expected intent.
enum IntentAccuracy {
    static let family = MetricFamily(
        name: "intent_accuracy",
        needs: [.observed("intent"), .expected("expected_intent")],
        summary: "Share of examples routed to the expected intent.",
        source: "Accuracy as in scikit-learn's accuracy_score.",
        example: #"{"expected_intent": "refund", "intent": "refund"} → 1"#,
        nature: .passFail(.routing),
        whenAppFailed: .worst(0, where: "expected intent") { $0.expectedIntent != nil },
        measure: { input in
            guard let expected = input.example.expectedIntent else { return .notExpected("expected intent") }
            return Intents.right(input) { $0 == expected }
        })
}
