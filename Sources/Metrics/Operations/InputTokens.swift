import Domain

/// Input tokens of one example, all turns of its conversation together.
///
/// As the app counts them; cached input tokens are part of the input tokens. Failed where a turn does not
/// say.
enum InputTokens {
    static let family = MetricFamily(
        name: "input_tokens",
        needs: [.observed("usage")],
        summary: "Input tokens used for one example, as the app counts them.",
        source: "The app's own count.",
        example: #"{"usage": {"input_tokens": 1000, "cached_input_tokens": 400}} → 1000"#,
        nature: .spent(.tokens),
        measure: { input in
            guard let total = Spending.total(input.observation, \.inputTokens) else {
                return input.notShown("usage", "input tokens")
            }
            return .value(total)
        })
}
