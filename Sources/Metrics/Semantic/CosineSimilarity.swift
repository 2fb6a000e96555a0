import Domain

/// The cosine of the angle between the vectors of the answer and of the nearest reference.
///
/// A text without a character has no meaning to compare: the score is then 0, or 1 where the reference is empty too.
/// Not applicable without a reference; failed without a text, or where the model failed.
enum CosineSimilarity {
    static let family = MetricFamily(
        name: "cosine_similarity",
        needs: [.observed("text"), .expected("reference_response"), .model(.embedding)],
        summary: "How near the answer's meaning is to the nearest reference's: the cosine of their vectors.",
        source: "Reimers & Gurevych, Sentence-BERT, EMNLP 2019.",
        example: #"{"reference_response": ["It is raining."], "text": "It is raining."} → 1"#,
        nature: nature, whenAppFailed: .worst(-1, where: "reference") { !$0.references.isEmpty },
        models: MetricDefinition.ModelNeed([.embedding], series: "cosine_similarity/1") { input in
            guard let text = input.answer?.text, !input.example.references.isEmpty else { return [] }
            return ([text] + input.example.references).filter { !$0.isEmpty }.map {
                .embedding(ExactText($0), .texts)
            }
        },
        measure: measure)

    private static var nature: Nature {
        var nature = Nature.share(.generation)
        nature.lowest = -1
        return nature
    }

    @Sendable
    private static func measure(_ input: inout MeasureInput) -> Measurement {
        if input.example.references.isEmpty { return .notExpected("reference") }
        guard let text = input.answer?.text else { return input.notShown("text") }
        var best = -1.0
        for reference in input.example.references {
            if text.isEmpty || reference.isEmpty {
                best = max(best, text.isEmpty && reference.isEmpty ? 1 : 0)
                continue
            }
            do {
                let one = try input.models.embedding(of: text, .texts).vector
                best = max(best, try one.cosine(to: input.models.embedding(of: reference, .texts).vector))
            } catch {
                return .failed((error as? ModelGap)?.reason ?? "\(error)")
            }
        }
        return .value(best)
    }
}
