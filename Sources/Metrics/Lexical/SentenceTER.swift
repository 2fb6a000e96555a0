import Domain
import Text

/// The translation edit rate of each answer by itself; its mean is not the corpus's.
///
/// Options as for `ter`. Texts so long that comparing them would take seconds are *failed*. Not applicable without a
/// reference; failed without a text.
enum SentenceTER {
    static let family = MetricFamily(
        name: "sentence_ter", parameter: .value(words: EditRateOptions.words),
        needs: [.observed("text"), .expected("reference_response")],
        summary: "Edits that make each answer its reference, over the reference's length.",
        source: "M. Snover et al., AMTA 2006, as sacrebleu computes it.",
        example: #"{"reference_response": "a b c d", "text": "a b x d"} → 0.25"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let options = try EditRateOptions(request)
        return MetricDefinition(
            name: request.name, summary: family.summary, source: family.source + " " + options.signature,
            nature: Nature(unit: .ratio, direction: .lower, tier: .quality, stage: .generation),
            whenAppFailed: .worst { input in
                if input.example.references.isEmpty { return .notExpected("reference") }
                return options.measurement("", input.example.references)
            },
            measure: { input in
                if input.example.references.isEmpty { return .notExpected("reference") }
                guard let text = input.answer?.text else { return input.notShown("text") }
                return options.measurement(text, input.example.references)
            })
    }
}

extension EditRateOptions {
    /// The rate of one answer by itself.
    fileprivate func measurement(_ text: String, _ references: [String]) -> Measurement {
        counts(text, references).map { .value(Self.rate($0)) } ?? .failed(Self.tooLong)
    }
}
