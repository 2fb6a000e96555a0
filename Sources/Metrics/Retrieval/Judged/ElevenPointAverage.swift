import Domain

/// The interpolated precision averaged over the eleven points of the recall-precision graph.
///
/// See ``TrecMetric`` for what is judged.
enum ElevenPointAverage {
    static let family = TrecMetric.family(
        "eleven_point_average",
        summary: "Interpolated precision, averaged over eleven points of recall.",
        source:
            "trec_eval 11pt_avg, as it is now: shares of recall are rounded to the nearest number of documents; "
            + "version 9, and with it pytrec_eval, added 0.9 and cut.",
        example: #"{"gold": ["d1"], "documents": ["d1"]} → 1"#
    ) { $0.interpolatedAverage() }
}
