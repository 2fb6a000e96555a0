import Domain

/// The geometric mean of `bpref` over examples.
///
/// See ``TrecMetric`` for what is judged.
enum GeometricPreference {
    static let family = TrecMetric.geometric(
        "gm_bpref",
        summary: "Geometric mean over examples of bpref.",
        source: "trec_eval gm_bpref.",
        example: #"{"gold": ["d1"], "documents": ["d1"]} → 1"#
    ) { $0.binaryPreference }
}
