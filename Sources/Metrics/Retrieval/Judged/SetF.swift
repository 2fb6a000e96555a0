import Domain

/// The harmonic mean of precision and recall of the whole set.
///
/// See ``TrecMetric`` for what is judged.
enum SetF {
    static let family = TrecMetric.family(
        "set_f",
        summary: "F1 of what was retrieved.",
        source: "trec_eval set_F.",
        example: #"{"gold": ["d1", "d2"], "documents": ["d1", "d3", "d2"]} → 0.8"#
    ) { $0.setF() }
}
