import Domain

/// The mean over relevant documents of a discount by the irrelevant ones before them.
///
/// See ``TrecMetric`` for what is judged.
enum BinaryGain {
    static let family = TrecMetric.family(
        "bin_g",
        summary: "Relevant documents, each discounted by the irrelevant ones before it.",
        source: "trec_eval binG.",
        example: #"{"gold": ["d1"], "documents": ["d3", "d1"]} → 0.6309297535714575"#
    ) { $0.binaryGain }
}
