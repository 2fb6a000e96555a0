import Domain
import Notation

/// chrF of each answer by itself; its mean is not the corpus's. Options as for `chrf`.
enum SentenceChrF {
    static let family = MetricFamily(
        name: "sentence_chrf", parameter: .value(words: ChrFOptions.words),
        needs: [.observed("text"), .expected("reference_response")],
        summary: "Overlap of runs of characters of each answer by itself (chrF2).",
        source: "M. Popović, WMT 2015, as sacrebleu computes it.",
        example: #"{"reference_response": "the cat", "text": "the cat"} → 1"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let options = try ChrFOptions(request, wordOrder: 0)
        let rule = options.rule
        return MetricDefinition(
            name: request.name, summary: family.summary, source: family.source + " " + options.signature,
            nature: .share(.generation),
            whenAppFailed: .worst(0, where: "reference") { !$0.references.isEmpty },
            measure: { input in
                if input.example.references.isEmpty { return .notExpected("reference") }
                guard let text = input.answer?.text else { return input.notShown("text") }
                return .value(rule.score(rule.counts(text, input.features.characterRuns(rule))))
            })
    }
}
