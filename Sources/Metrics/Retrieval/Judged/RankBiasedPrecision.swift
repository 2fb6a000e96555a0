import Domain

/// The gain of a reader who goes on to the next document with a chance of 0.9.
///
/// See ``TrecMetric`` for what is judged.
enum RankBiasedPrecision {
    static let family = TrecMetric.family(
        "rbp",
        summary: "Gain of a reader who reads on with a chance of 0.9.",
        source: "trec_eval rbp; A. Moffat, J. Zobel, ACM TOIS 27 (2008) 2.",
        example: #"{"gold": ["d1"], "documents": ["d1", "d2"]} → 0.1"#
    ) { $0.rankBiasedPrecision() }
}
