import Domain

/// How many relevant documents were retrieved.
///
/// See ``TrecMetric`` for what is judged.
enum RelevantRetrievedCount {
    static let family = TrecMetric.family(
        "num_rel_ret",
        nature: Nature(unit: .count, direction: .higher, tier: .quality, stage: .retrieval),
        summary: "Relevant documents retrieved.",
        source: "trec_eval num_rel_ret, averaged.",
        example: #"{"gold": ["d1", "d2"], "documents": ["d1", "d3", "d2"]} → 2"#
    ) { Double($0.relevantRetrieved) }
}
