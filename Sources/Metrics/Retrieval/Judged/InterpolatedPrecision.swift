import Domain

/// The highest precision at or below the rank where a share of the relevant documents is reached.
///
/// See ``TrecMetric`` for what is judged.
enum InterpolatedPrecision {
    static let family = TrecMetric.numbered(
        "iprec_at_recall", in: 0...1,
        summary: "Highest precision once a share of the relevant documents is reached.",
        source:
            "trec_eval iprec_at_recall, as it is now: the share of the relevant documents is rounded to the nearest "
            + "number; version 9, and with it pytrec_eval, added 0.9 and cut.",
        example: #"iprec_at_recall[0.5]: {"gold": ["d1", "d2"], "documents": ["d1", "d3", "d2"]} → 1"#
    ) { $0.interpolatedPrecision(at: [$1])[0] }
}
