import Domain

/// The Brier score of the app's confidence in its intent: the mean of (confidence − right)², right being 1 or
/// 0.
///
/// Of the named intent alone, since apps rarely show the other classes' probabilities. Failed where the
/// confidence is missing or outside `[0, 1]`. An app that failed scores 1.
enum IntentBrier {
    static let family = MetricFamily(
        name: "intent_brier",
        needs: [.observed("intent"), .observed("confidence"), .expected("expected_intent")],
        summary: "Mean squared distance of the app's confidence from being right.",
        source: "G. W. Brier, Monthly Weather Review 78 (1950) 1–3, for the named class.",
        example: #"{"expected_intent": "a", "intent": "b", "confidence": 0.5} → 0.25"#,
        nature: .share(.routing, .lower),
        whenAppFailed: .worst(1, where: "expected intent") { $0.expectedIntent != nil },
        measure: { input in
            switch Confidence.of(input) {
            case .known(let confidence, let right):
                let distance = confidence - (right ? 1 : 0)
                return .value(distance * distance)
            case .unknown(let why): return why
            }
        })
}
