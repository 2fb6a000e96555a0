import Domain
import Notation
import Text

/// BLEU of each answer by itself, in `[0, 1]`; its mean is not the corpus's BLEU.
///
/// Orders that the answer is too short for are left out (effective order). Options as for `bleu`. Not
/// applicable without a reference; failed without a text.
enum SentenceBLEU {
    static let family = MetricFamily(
        name: "sentence_bleu", parameter: .value(words: BLEUOptions.words),
        needs: [.observed("text"), .expected("reference_response")],
        summary: "BLEU of each answer by itself.",
        source: "B. Chen, C. Cherry, WMT 2014, as sacrebleu computes it.",
        example: #"{"reference_response": "the cat sat on the mat", "text": "the cat sat on the mat"} → 1"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let options = try BLEUOptions(request)
        let cut = options.cut
        let smoothing = options.smoothing
        return MetricDefinition(
            name: request.name, summary: family.summary,
            source: family.source + " " + options.signature("yes"),
            nature: .share(.generation),
            whenAppFailed: .worst(0, where: "reference") { !$0.references.isEmpty },
            measure: { input in
                if input.example.references.isEmpty { return .notExpected("reference") }
                guard let text = input.answer?.text else { return input.notShown("text") }
                let counts = input.bleuCounts(text, cut)
                return .value(BLEU.score(counts, smoothing: smoothing, effectiveOrder: true))
            })
    }
}
