import Domain

/// Gain discounted by what the best ranking would have gained more by then.
///
/// See ``TrecMetric`` for what is judged.
enum RelativeGain {
    static let family = TrecMetric.family(
        "g",
        summary: "Gain, discounted by how far the best ranking is ahead.",
        source: "trec_eval G.",
        example: #"{"gold": ["d1"], "documents": ["d1"]} → 1"#
    ) { $0.relativeGain }
}
