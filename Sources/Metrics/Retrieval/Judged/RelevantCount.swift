import Domain

/// How many documents are relevant.
///
/// See ``TrecMetric`` for what is judged.
enum RelevantCount {
    static let family = TrecMetric.family(
        "num_rel",
        nature: Nature(unit: .count, direction: .neither, tier: .quality, stage: .retrieval),
        summary: "Relevant documents.",
        source: "trec_eval num_rel, averaged.",
        example: #"{"gold": ["d1", "d2"], "documents": ["d1", "d3", "d2"]} → 2"#
    ) { Double($0.relevantCount) }
}
