import Domain

/// The answer's length in words: words of any script, single letters where a script sets no spaces.
///
/// Not a model's tokens, which `output_tokens` counts. Neither direction is better. An empty text has length
/// 0; failed without a text.
enum LengthTokens {
    static let family = MetricFamily(
        name: "length_tokens",
        needs: [.observed("text")],
        summary: "Length of the answer in words.",
        source: "Runs of letters and digits of any script.",
        example: #"{"text": "Don't panic, 東京!"} → 5"#,
        nature: Nature(unit: .tokens, direction: .neither, tier: .quality, stage: .generation),
        measure: { input in
            guard let tokens = input.rouge(.words) else { return input.notShown("text") }
            return .value(Double(tokens.ordered.count))
        })
}
