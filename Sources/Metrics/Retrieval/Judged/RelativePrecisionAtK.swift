import Domain

/// Precision at k over the highest there can be: precision as long as there are k relevant documents, recall beyond.
///
/// See ``TrecMetric`` for what is judged.
enum RelativePrecisionAtK {
    static let family = TrecMetric.cutoff(
        "relative_precision",
        summary: "Precision at k over the best possible there.",
        source: "trec_eval relative_P_k.",
        example: #"relative_precision@5: {"gold": ["d1", "d2"], "documents": ["d1", "d3", "d2"]} → 1"#
    ) { $0.relativePrecision($1) }
}
