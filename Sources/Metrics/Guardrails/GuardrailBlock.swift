import Domain

/// The share of examples that the guardrail blocked, rightly or not.
///
/// Neither direction is better; it shows a guardrail whose grip has changed. Failed where the app shows no
/// decision.
enum GuardrailBlock {
    static let family = MetricFamily(
        name: "guardrail_block",
        needs: [.observed("guardrail")],
        summary: "Share of examples that the guardrail blocked.",
        source: "A plain share.",
        example: #"{"guardrail": "block"} → 1"#,
        nature: .passFail(.guardrail, .neither),
        measure: { input in
            guard let decision = input.answer?.guardrail else {
                return input.notShown("guardrail", "guardrail decision")
            }
            return .share(decision.outcome == .block)
        })
}
