import Domain
import Notation

/// chrF++ of all answers together: chrF with runs of one and two words beside those of characters.
///
/// Options as for `chrf`.
enum CorpusChrFPlus {
    static let family = MetricFamily(
        name: "chrf_pp", parameter: .value(words: ChrFOptions.words),
        needs: [.observed("text"), .expected("reference_response")],
        summary: "Overlap of runs of characters and of words of all answers together (chrF2++).",
        source: "M. Popović, WMT 2017, as sacrebleu computes it.",
        example: #"{"reference_response": "the cat", "text": "the cat"} → 1"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        return ChrFOptions.corpus(request, family, try ChrFOptions(request, wordOrder: 2))
    }
}
