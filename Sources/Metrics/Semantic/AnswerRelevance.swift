import Domain

/// Whether the answer speaks of what was asked: the cosine of the vectors of answer and question, nothing below 0.
///
/// 0 for a blank answer. Near in meaning is not right: an answer that repeats the question scores 1. Not applicable
/// where the question is blank; failed without a text, or where the model failed.
enum AnswerRelevance {
    static let family = MetricFamily(
        name: "answer_relevance", needs: [.observed("text"), .model(.embedding)],
        summary:
            "Whether the answer speaks of what was asked: the cosine of both vectors, below 0 taken as 0.",
        source:
            "Es et al., RAGAS, EACL 2024, without its generated questions; Reimers & Gurevych, EMNLP 2019.",
        example: #"{"query": "Is it raining?", "text": "Is it raining?"} → 1"#,
        nature: .share(.generation), whenAppFailed: .worst { _ in .value(0) },
        models: MetricDefinition.ModelNeed([.embedding], series: "answer_relevance/1") { input in
            guard let text = input.answer?.text else { return [] }
            return Meaning.requests([text, input.example.query])
        },
        measure: { input in
            guard let text = input.answer?.text else { return input.notShown("text") }
            if Meaning.isBlank(input.example.query) { return .notApplicable("the question is blank") }
            return Meaning.measured { () throws(ModelGap) in
                .value(max(0, try Meaning.cosine(text, input.example.query, input.models)))
            }
        })
}
