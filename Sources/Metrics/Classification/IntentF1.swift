import Domain

/// F1 of intents, macro average over classes.
///
/// The macro average takes the classes that are expected or predicted at least once; where a score is
/// undefined for one of them (precision where it is never predicted) it counts as 0 there, and the class by
/// itself has none. An answer without an intent, and an app that failed, is a wrong decision of no class.
enum IntentF1 {
    static let family = MetricFamily(
        name: "intent_f1", members: .classes,
        needs: [.observed("intent"), .expected("expected_intent")],
        summary: "F1 of intents, macro average over classes.",
        source: "scikit-learn f1_score, average macro, zero_division 0.",
        example: #"[{"expected_intent": "a", "intent": "a"}, "#
            + #"{"expected_intent": "a", "intent": "b"}, "#
            + #"{"expected_intent": "b", "intent": "b"}] → 0.6666666666666666"#,
        nature: .table({ $0.macro { $0.f1($1) ?? 0 } }, perClass: { $0.f1($1) }),
        whenAppFailed: Intents.failure,
        measure: { Intents.labels($0) })
}
