import Domain

/// The cosine of the angle between the vectors of the answer and of the nearest reference.
///
/// A text without a visible character has no meaning to compare: the score is then 0, or 1 where the reference is such
/// a text too. Not applicable without a reference; failed without a text, or where the model failed.
enum CosineSimilarity {
    static let family = MetricFamily(
        name: "cosine_similarity",
        needs: [.observed("text"), .expected("reference_response"), .model(.embedding)],
        summary: "How near the answer's meaning is to the nearest reference's: the cosine of their vectors.",
        source: "Reimers & Gurevych, Sentence-BERT, EMNLP 2019.",
        example: #"{"reference_response": ["It is raining."], "text": "It is raining."} → 1"#,
        nature: nature, whenAppFailed: .worst(-1, where: "reference") { !$0.references.isEmpty },
        models: need("cosine_similarity/1"),
        measure: { input in Self.best(&input) { .value($0) } })

    private static var nature: Nature {
        var nature = Nature.share(.generation)
        nature.lowest = -1
        return nature
    }

    /// The vectors of the answer and of its references.
    static func need(_ series: String) -> MetricDefinition.ModelNeed {
        MetricDefinition.ModelNeed([.embedding], series: series) { input in
            guard let text = input.answer?.text, !input.example.references.isEmpty else { return [] }
            return Meaning.requests([text] + input.example.references)
        }
    }

    /// What is made of the cosine to the nearest reference.
    static func best(_ input: inout MeasureInput, _ score: (Double) -> Measurement) -> Measurement {
        if input.example.references.isEmpty { return .notExpected("reference") }
        guard let text = input.answer?.text else { return input.notShown("text") }
        return Meaning.measured { () throws(ModelGap) in
            score(try Meaning.nearest(text, input.example.references, input.models) ?? 0)
        }
    }
}
