import Domain

/// How many documents were retrieved.
///
/// See ``TrecMetric`` for what is judged.
enum RetrievedCount {
    static let family = TrecMetric.family(
        "num_ret",
        nature: Nature(unit: .count, direction: .neither, tier: .quality, stage: .retrieval),
        summary: "Documents retrieved.",
        source: "trec_eval num_ret, averaged.",
        example: #"{"gold": ["d1", "d2"], "documents": ["d1", "d3", "d2"]} → 3"#
    ) { Double($0.retrievedCount) }
}
