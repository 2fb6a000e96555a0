import Domain

/// Average precision inferred where only a part of the pool was judged (grade -1: in the pool, not judged).
///
/// See ``TrecMetric`` for what is judged.
enum InferredPrecision {
    static let family = TrecMetric.family(
        "inf_ap",
        summary: "Average precision where a part of the pool was judged.",
        source: "trec_eval infAP; E. Yilmaz, J. A. Aslam, CIKM 2006.",
        example: #"{"gold": ["d1", "d2"], "documents": ["d1", "d3", "d2"]} → 0.8333316666999994"#
    ) { $0.inferredPrecision }
}
