import Domain

/// Input and output tokens of one example, all turns of its conversation together.
///
/// As the app counts them; cached input tokens are part of the input tokens. Failed where a turn does not
/// say.
enum Tokens {
    static let family = MetricFamily(
        name: "tokens",
        needs: [.observed("usage")],
        summary: "Input and output tokens used for one example, as the app counts them.",
        source: "The app's own count.",
        example:
            #"{"usage": {"input_tokens": 1000, "cached_input_tokens": 400, "output_tokens": 200}} → 1200"#,
        nature: .spent(.tokens),
        measure: { input in
            guard
                let total = Spending.total(
                    input.observation,
                    { usage in
                        guard let input = usage.inputTokens, let output = usage.outputTokens else {
                            return nil
                        }
                        return input + output
                    })
            else { return input.notShown("usage", "token counts") }
            return .value(total)
        })
}
