import Domain

/// The share of examples on which the guardrail decided as expected: a rightly blocked attack is a success.
///
/// Not applicable without an expected decision; failed where the app shows none.
enum GuardrailPass {
    static let family = MetricFamily(
        name: "guardrail_pass",
        needs: [.observed("guardrail"), .expected("expected_guardrail")],
        summary: "Share of examples on which the guardrail decided as expected.",
        source: "Accuracy of the decision against `expected_guardrail`.",
        example: "expected block, blocked → 1",
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        MetricDefinition(
            name: request.name, summary: family.summary, unit: .ratio, lowest: 0, highest: 1, direction: .higher,
            tier: .quality, stage: .guardrail, source: family.source,
            whenAppFailed: .worst { input in
                input.example.expectedGuardrail == nil ? .notExpected("expected guardrail decision") : .value(0)
            },
            measure: { input in
                guard let expected = input.example.expectedGuardrail else {
                    return .notExpected("expected guardrail decision")
                }
                guard let decision = input.answer?.guardrail else { return .notShown("guardrail decision") }
                return .share(decision.outcome == expected)
            })
    }
}
