import Domain

/// The share of the relevant documents that were retrieved, whatever their rank.
///
/// See ``TrecMetric`` for what is judged.
enum SetRecall {
    static let family = TrecMetric.family(
        "set_recall",
        summary: "Share of the relevant documents that were retrieved.",
        source: "trec_eval set_recall.",
        example: #"{"gold": ["d1", "d2"], "documents": ["d1", "d3", "d2"]} → 1"#
    ) { $0.setRecall }
}
