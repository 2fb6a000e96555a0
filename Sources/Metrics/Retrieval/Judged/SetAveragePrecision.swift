import Domain

/// Precision times recall of the whole set.
///
/// See ``TrecMetric`` for what is judged.
enum SetAveragePrecision {
    static let family = TrecMetric.family(
        "set_map",
        summary: "Precision times recall of what was retrieved.",
        source: "trec_eval set_map.",
        example: #"{"gold": ["d1", "d2"], "documents": ["d1", "d3", "d2"]} → 0.6666666666666666"#
    ) { $0.setAveragePrecision }
}
