import Domain

/// The share of preferences of relevant over judged irrelevant documents that the ranking keeps.
///
/// See ``TrecMetric`` for what is judged.
enum BinaryPreference {
    static let family = TrecMetric.family(
        "bpref",
        summary: "How far relevant documents stand before judged irrelevant ones.",
        source: "trec_eval bpref; C. Buckley, E. M. Voorhees, SIGIR 2004.",
        example: #"{"gold": {"d1": 1, "d2": 0, "d3": 1}, "documents": ["d2", "d1", "d4"]} → 0"#
    ) { $0.binaryPreference }
}
