import Domain

/// nDCG at each document that is worth something, averaged.
///
/// See ``TrecMetric`` for what is judged.
enum GainAtRelevant {
    static let family = TrecMetric.family(
        "ndcg_rel",
        summary: "nDCG at the rank of each relevant document, averaged.",
        source: "trec_eval ndcg_rel.",
        example: #"{"gold": ["d1"], "documents": ["d3", "d1"]} → 0.6309297535714575"#
    ) { $0.normalizedGainAtRelevant() }
}
