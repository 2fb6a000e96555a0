import Domain

/// Recall of intents, macro average over classes.
///
/// The macro average takes the classes that are expected or predicted at least once; where a score is
/// undefined for one of them (precision where it is never predicted) it counts as 0 there, and the class by
/// itself has none. An answer without an intent, and an app that failed, is a wrong decision of no class.
enum IntentRecall {
    static let family = MetricFamily(
        name: "intent_recall", members: .classes,
        needs: [.observed("intent"), .expected("expected_intent")],
        summary: "Recall of intents, macro average over classes.",
        source: "scikit-learn recall_score, average macro, zero_division 0.",
        example: #"[{"expected_intent": "a", "intent": "a"}, "#
            + #"{"expected_intent": "a", "intent": "b"}, "#
            + #"{"expected_intent": "b", "intent": "b"}] → 0.75"#,
        nature: .table({ $0.macro { $0.recall($1) ?? 0 } }, perClass: { $0.recall($1) }),
        whenAppFailed: Intents.failure,
        measure: { Intents.labels($0) })
}
