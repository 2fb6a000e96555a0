import Domain

/// The share of out-of-scope examples that the app recognised as such.
///
/// Out of scope are examples whose expected intent is `oos` or `out_of_scope`, or the label or labels that
/// the parameter names: `out_of_scope_recall: none`. Any of the labels is a right answer. Not applicable to
/// the others.
enum OutOfScopeRecall {
    static let family = MetricFamily(
        name: "out_of_scope_recall",
        parameter: .value(words: "the label, or a list of labels, for out of scope"),
        needs: [.observed("intent"), .expected("expected_intent")],
        summary: "Share of out-of-scope examples recognised as such.",
        source: "S. Larson et al., EMNLP 2019 (CLINC150), out-of-scope recall.",
        example: #"{"expected_intent": "oos", "intent": "out_of_scope"} → 1"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let labels = try request.labels() ?? ["oos", "out_of_scope"]
        return MetricDefinition(
            request, of: family, .passFail(.routing),
            whenAppFailed: .worst(0, where: "out-of-scope intent") { example in
                example.expectedIntent.map(labels.contains) ?? false
            },
            measure: { input in
                guard let expected = input.example.expectedIntent, labels.contains(expected) else {
                    return .notExpected("out-of-scope intent")
                }
                return Intents.right(input) { labels.contains($0) }
            })
    }
}
