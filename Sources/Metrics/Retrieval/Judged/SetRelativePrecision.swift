import Domain

/// Relevant documents retrieved, over the most that so many could hold.
///
/// See ``TrecMetric`` for what is judged.
enum SetRelativePrecision {
    static let family = TrecMetric.family(
        "set_relative_precision",
        summary: "Relevant documents retrieved, over the most possible.",
        source: "trec_eval set_relative_P.",
        example: #"{"gold": ["d1", "d2"], "documents": ["d1", "d3", "d2"]} → 1"#
    ) { $0.setRelativePrecision }
}
