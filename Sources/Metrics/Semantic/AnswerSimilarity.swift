import Domain

/// How far the answer means what the nearest reference means, from 0 to 1: the cosine of their vectors, nothing below 0.
/// With `threshold` 1 or 0: whether it is that near.
///
/// Blank texts, absent references and failures as for `cosine_similarity`.
enum AnswerSimilarity {
    static let family = MetricFamily(
        name: "answer_similarity", parameter: .value(words: "{ threshold: a cosine, for 1 or 0 }"),
        needs: [.observed("text"), .expected("reference_response"), .model(.embedding)],
        summary: "How far the answer means what the nearest reference means, from 0 to 1.",
        source: "Risch et al., Semantic Answer Similarity, MRQA 2021: its bi-encoder.",
        example: #"{"reference_response": ["It is raining."], "text": "It is raining."} → 1"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let options = try MetricOptions(request, ["threshold"])
        let threshold = options.has("threshold") ? try Meaning.threshold(options, default: 1) : nil
        let series = threshold.map { "answer_similarity/1 threshold \($0)" } ?? "answer_similarity/1"
        return MetricDefinition(
            request, of: family, threshold == nil ? .share(.generation) : .passFail(.generation),
            whenAppFailed: .worst(0, where: "reference") { !$0.references.isEmpty },
            models: CosineSimilarity.need(series),
            measure: { input in
                CosineSimilarity.best(&input) { cosine in
                    threshold.map { .share(cosine >= $0) } ?? .value(max(0, cosine))
                }
            })
    }
}
