import Domain

/// The share of the first k documents that nobody judged: high values say that the judgements do not fit the app.
///
/// See ``TrecMetric`` for what is judged.
enum UnjudgedAtK {
    static let family = TrecMetric.cutoff(
        "unjudged",
        nature: .share(.retrieval, .neither),
        summary: "Share of the first k documents that nobody judged.",
        source: "trec_eval unj_k.",
        example: #"unjudged@2: {"gold": {"d1": 1, "d2": 0, "d3": 1}, "documents": ["d2", "d1", "d4"]} → 0"#
    ) { $0.unjudgedShare($1) }
}
