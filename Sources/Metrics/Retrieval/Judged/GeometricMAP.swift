import Domain

/// The geometric mean of average precision over examples: poor ones weigh more than in `map`.
///
/// See ``TrecMetric`` for what is judged.
enum GeometricMAP {
    static let family = TrecMetric.geometric(
        "gm_map",
        summary: "Geometric mean over examples of average precision.",
        source: "trec_eval gm_map; S. Robertson, CIKM 2006.",
        example:
            #"[{"gold": ["d1", "d2"], "documents": ["d1", "d3", "d2"]}, {"gold": ["d1"], "documents": ["d1"]}] → 0.9128709291752769"#
    ) { $0.averagePrecision() }
}
