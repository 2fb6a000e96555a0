import Domain

/// The share of examples whose intent is the expected one.
///
/// Names are compared as they are, letter case included. Not applicable without an expected intent.
enum IntentAccuracy {
    static let family = MetricFamily(
        name: "intent_accuracy",
        needs: [.observed("intent"), .expected("expected_intent")],
        summary: "Share of examples routed to the expected intent.",
        source: "Accuracy as in scikit-learn's accuracy_score.",
        example: "expected refund, got refund → 1",
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        MetricDefinition(
            name: request.name, summary: family.summary, unit: .ratio, lowest: 0, highest: 1, direction: .higher,
            tier: .quality, stage: .routing, source: family.source,
            whenAppFailed: .worst { input in
                input.example.expectedIntent == nil ? .notExpected("expected intent") : .value(0)
            },
            measure: { input in
                guard let expected = input.example.expectedIntent else { return .notExpected("expected intent") }
                guard let intent = input.answer?.intent else { return .notShown("intent") }
                return .share(intent == expected)
            })
    }
}
