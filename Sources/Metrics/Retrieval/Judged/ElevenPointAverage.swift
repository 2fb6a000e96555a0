import Domain

/// The interpolated precision averaged over the eleven points of the recall-precision graph.
///
/// See ``TrecMetric`` for what is judged.
enum ElevenPointAverage {
    static let family = TrecMetric.family(
        "eleven_point_average",
        summary: "Interpolated precision, averaged over eleven points of recall.",
        source: "trec_eval 11pt_avg.",
        example: #"{"gold": ["d1"], "documents": ["d1"]} → 1"#
    ) { $0.interpolatedAverage() }
}
