import Domain

/// Relevant documents retrieved minus others retrieved.
///
/// See ``TrecMetric`` for what is judged.
enum RetrievalUtility {
    static let family = TrecMetric.family(
        "utility",
        nature: Nature(
            unit: .count, lowest: nil, direction: .higher, tier: .quality, stage: .retrieval), worst: nil,
        summary: "Relevant documents retrieved minus the others.",
        source: "trec_eval utility.1,-1,0,0.",
        example: #"{"gold": ["d1", "d2"], "documents": ["d1", "d3", "d2"]} → 1"#
    ) { $0.utility() }
}
