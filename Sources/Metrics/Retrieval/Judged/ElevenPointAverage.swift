import Domain

/// The interpolated precision averaged over the eleven points of the recall-precision graph.
///
/// See ``TrecMetric`` for what is judged.
enum ElevenPointAverage {
    static let family = TrecMetric.family(
        "eleven_point_average",
        summary: "Interpolated precision, averaged over eleven points of recall.",
        source:
            "trec_eval 11pt_avg as it is after version 9 (10.0 in preparation, commit f425365): the share of the "
            + "relevant documents is rounded to the nearest number. Version 9, and with it pytrec_eval 0.5, adds 0.9 and "
            + "cuts: of 3 relevant documents a share of 0.1 is 0 here and 1 there.",
        example: #"{"gold": ["d1"], "documents": ["d1"]} → 1"#
    ) { $0.interpolatedAverage() }
}
