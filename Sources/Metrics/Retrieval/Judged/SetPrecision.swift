import Domain

/// The share of what was retrieved that is relevant, whatever its rank.
///
/// See ``TrecMetric`` for what is judged.
enum SetPrecision {
    static let family = TrecMetric.family(
        "set_precision",
        summary: "Share of the retrieved documents that are relevant.",
        source: "trec_eval set_P.",
        example: #"{"gold": ["d1", "d2"], "documents": ["d1", "d3", "d2"]} → 0.6666666666666666"#
    ) { $0.setPrecision }
}
