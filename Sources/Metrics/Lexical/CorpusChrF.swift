import Domain
import Notation

/// chrF of all answers together, in `[0, 1]` (sacrebleu's chrF2 divided by 100): overlap of runs of
/// characters.
///
/// Needs no words, so it suits every script. Each example adds its counts against the best of its references;
/// the score is a function of the sums. Options:
/// `{ words: 0…4, lowercase: bool, whitespace: bool, beta: number }`; `words: 2` is chrF++, which goes by `chrf_pp` too.
/// An app that failed counts as an empty answer. Not applicable without a reference; failed without a text.
enum CorpusChrF {
    static let family = MetricFamily(
        name: "chrf", parameter: .value(words: ChrFOptions.words),
        needs: [.observed("text"), .expected("reference_response")],
        summary: "Overlap of runs of characters of all answers together (chrF2).",
        source: "M. Popović, WMT 2015, as sacrebleu computes it.",
        example: #"{"reference_response": "the cat", "text": "the cat"} → 1"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        return ChrFOptions.corpus(request, family, try ChrFOptions(request, wordOrder: 0))
    }
}
