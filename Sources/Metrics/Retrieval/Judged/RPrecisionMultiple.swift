import Domain

/// Precision at so many times the number of relevant documents.
///
/// See ``TrecMetric`` for what is judged.
enum RPrecisionMultiple {
    static let family = TrecMetric.numbered(
        "r_precision_mult", in: 0.01...100,
        summary: "Precision at a multiple of the number of relevant documents.",
        source: "trec_eval Rprec_mult.",
        example: #"r_precision_mult[2]: {"gold": ["d1", "d2"], "documents": ["d1", "d3", "d2"]} → 0.5"#
    ) { $0.precisionAtRelevant(times: $1) }
}
