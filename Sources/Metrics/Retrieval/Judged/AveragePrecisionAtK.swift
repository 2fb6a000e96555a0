import Domain

/// Average precision of the first k; relevant documents below count 0.
///
/// See ``TrecMetric`` for what is judged.
enum AveragePrecisionAtK {
    static let family = TrecMetric.cutoff(
        "map_cut",
        summary: "Average precision of the first k.",
        source: "trec_eval map_cut_k.",
        example: #"map_cut@2: {"gold": ["d1", "d2"], "documents": ["d1", "d3", "d2"]} → 0.5"#
    ) { $0.averagePrecision($1) }
}
