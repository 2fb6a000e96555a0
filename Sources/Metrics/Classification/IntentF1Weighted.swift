import Domain

/// F1 of intents, averaged with the classes' support as weight.
///
/// With one decision an example it follows the most frequent classes. An answer without an intent, and an app
/// that failed, is a wrong decision.
enum IntentF1Weighted {
    static let family = MetricFamily(
        name: "intent_f1_weighted",
        needs: [.observed("intent"), .expected("expected_intent")],
        summary: "F1 of intents, averaged with the classes' support as weight.",
        source: "scikit-learn f1_score, average weighted.",
        example: #"[{"expected_intent": "a", "intent": "a"}, "#
            + #"{"expected_intent": "a", "intent": "b"}, "#
            + #"{"expected_intent": "b", "intent": "b"}] → 0.6666666666666666"#,
        nature: .table(\.weightedF1),
        whenAppFailed: Intents.failure,
        measure: { Intents.labels($0) })
}
