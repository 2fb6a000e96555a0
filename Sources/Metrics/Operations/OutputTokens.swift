import Domain

/// Output tokens of one example, all turns of its conversation together.
///
/// As the app counts them; cached input tokens are part of the input tokens. Failed where a turn does not
/// say.
enum OutputTokens {
    static let family = MetricFamily(
        name: "output_tokens",
        needs: [.observed("usage")],
        summary: "Output tokens used for one example, as the app counts them.",
        source: "The app's own count.",
        example: #"{"usage": {"output_tokens": 200}} → 200"#,
        nature: .spent(.tokens),
        measure: { input in
            guard let total = Spending.total(input.observation, \.outputTokens) else {
                return input.notShown("usage", "output tokens")
            }
            return .value(total)
        })
}
