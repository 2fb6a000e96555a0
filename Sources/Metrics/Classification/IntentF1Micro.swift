import Domain

/// F1 of intents over all decisions together.
///
/// With one decision an example it equals accuracy. An answer without an intent, and an app that
/// failed, is a wrong decision.
enum IntentF1Micro {
    static let family = MetricFamily(
        name: "intent_f1_micro",
        needs: [.observed("intent"), .expected("expected_intent")],
        summary: "F1 of intents over all decisions together.",
        source: "scikit-learn f1_score, average micro.",
        example: #"[{"expected_intent": "a", "intent": "a"}, "#
            + #"{"expected_intent": "a", "intent": "b"}, "#
            + #"{"expected_intent": "b", "intent": "b"}] → 0.6666666666666666"#,
        nature: .table(\.microF1),
        whenAppFailed: Intents.failure,
        measure: { Intents.labels($0) })
}
