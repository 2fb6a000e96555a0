import Domain

/// The answer's length in characters (Unicode scalars, as most languages count them).
///
/// Neither direction is better: gates bound it or hold it near the baseline's (`length within 20% of
/// baseline`). An empty text has length 0; failed without a text.
enum Length {
    static let family = MetricFamily(
        name: "length",
        needs: [.observed("text")],
        summary: "Length of the answer in characters.",
        source: "Unicode scalars of the text.",
        example: #"{"text": "naïve"} → 5"#,
        nature: Nature(unit: .characters, direction: .neither, tier: .quality, stage: .generation),
        measure: { input in
            guard let text = input.answer?.text else { return input.notShown("text") }
            return .value(Double(text.unicodeScalars.count))
        })
}
