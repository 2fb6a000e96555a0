import Domain

/// nDCG of the whole ranking, by grades.
///
/// See ``TrecMetric`` for what is judged.
enum FullGain {
    static let family = TrecMetric.family(
        "ndcg_full",
        summary: "Discounted gain of all retrieved, over the best possible.",
        source: "trec_eval ndcg; K. Järvelin, J. Kekäläinen, ACM TOIS 20 (2002) 422–446.",
        example: #"{"gold": ["d1"], "documents": ["d3", "d1"]} → 0.6309297535714575"#
    ) { $0.normalizedGain() }
}
