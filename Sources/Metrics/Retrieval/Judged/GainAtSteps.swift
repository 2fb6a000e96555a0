import Domain

/// nDCG at the ranks where the best ranking passes from one grade to the next, averaged.
///
/// See ``TrecMetric`` for what is judged.
enum GainAtSteps {
    static let family = TrecMetric.family(
        "r_ndcg",
        summary: "nDCG where the best possible ranking changes its grade, averaged.",
        source: "trec_eval Rndcg.",
        example: #"{"gold": ["d1"], "documents": ["d1"]} → 1"#
    ) { $0.normalizedGainAtSteps() }
}
