import Domain

/// The share of retrieved chunks that speak of what was asked: whose vector's cosine to the question's is at least
/// `threshold` (0.4).
///
/// The threshold depends on the model: look at `context_relevance_mean` on data of your own first. Not applicable where
/// nothing was retrieved or the question is blank; failed where the app shows no documents or not their texts, or where
/// the model failed. A blank chunk is relevant to nothing.
enum ContextRelevance {
    static let family = MetricFamily(
        name: "context_relevance", parameter: .value(words: "{ threshold: a cosine }"),
        needs: [.observed("documents"), .model(.embedding)],
        summary: "Share of retrieved chunks whose meaning is near the question's.",
        source: "Reimers & Gurevych, Sentence-BERT, EMNLP 2019; the threshold is ours, for MiniLM.",
        example: #"{"query": "Is it raining?", "documents": [{"text": "Is it raining?"}]} → 1"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let threshold = try Meaning.threshold(MetricOptions(request, ["threshold"]), default: 0.4)
        return .contextRelevance(request, family, "threshold \(threshold)") { cosines in
            .value(Double(cosines.count { $0 >= threshold }) / Double(cosines.count))
        }
    }
}

/// The mean cosine of the retrieved chunks' vectors to the question's, nothing below 0 each.
///
/// What is missing is judged as for `context_relevance`.
enum ContextRelevanceMean {
    static let family = MetricFamily(
        name: "context_relevance_mean", needs: [.observed("documents"), .model(.embedding)],
        summary: "Mean cosine of the retrieved chunks to the question, below 0 taken as 0.",
        source: "Reimers & Gurevych, Sentence-BERT, EMNLP 2019.",
        example: #"{"query": "Is it raining?", "documents": [{"text": "Is it raining?"}]} → 1"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        .contextRelevance(request, family, "mean") { cosines in
            .value(cosines.reduce(0) { $0 + max(0, $1) } / Double(cosines.count))
        }
    }
}

/// The cosine of the chunk at rank k to the question, nothing below 0: `chunk_relevance@1` is the first chunk's.
///
/// Not applicable where fewer than k were retrieved; what is missing else as for `context_relevance`.
enum ChunkRelevance {
    static let family = MetricFamily(
        name: "chunk_relevance", parameter: .cutoff, needs: [.observed("documents"), .model(.embedding)],
        summary: "Cosine of the chunk at rank k to the question, below 0 taken as 0.",
        source: "Reimers & Gurevych, Sentence-BERT, EMNLP 2019.",
        example: #"chunk_relevance@1: {"query": "Rain?", "documents": [{"text": "Rain?"}]} → 1"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let k = try request.cutoff()
        return .contextRelevance(request, family, "@\(k)", upTo: k) { cosines in
            if cosines.count < k { return .notApplicable("fewer than \(k) were retrieved") }
            return .value(max(0, cosines[k - 1]))
        }
    }
}

extension MetricDefinition {
    /// A metric of the cosines between the question and each retrieved chunk, best rank first.
    ///
    /// - Parameter upTo: Ranks that are looked at; nil: all.
    fileprivate static func contextRelevance(
        _ request: MetricRequest, _ family: MetricFamily, _ series: String, upTo most: Int? = nil,
        _ score: @escaping @Sendable ([Double]) -> Measurement
    ) -> MetricDefinition {
        let need = MetricDefinition.ModelNeed([.embedding], series: "\(family.name)/1 \(series)") { input in
            let documents = (input.answer?.documents ?? []).prefix(most ?? .max)
            let texts = documents.compactMap(\.text)
            return texts.isEmpty ? [] : Meaning.requests([input.example.query] + texts)
        }
        return MetricDefinition(
            request, of: family, .share(.retrieval), whenAppFailed: .worst(Groundedness.worst), models: need,
            measure: { input in
                guard let documents = input.answer?.documents else { return input.notShown("documents") }
                if documents.isEmpty { return .notApplicable("nothing was retrieved") }
                if Meaning.isBlank(input.example.query) { return .notApplicable("the question is blank") }
                let looked = documents.prefix(most ?? .max)
                let texts = looked.compactMap(\.text)
                guard texts.count == looked.count else {
                    return input.notShown("documents", "text of its documents")
                }
                let (query, models) = (input.example.query, input.models)
                return Meaning.measured { () throws(ModelGap) in
                    var cosines: [Double] = []
                    for text in texts { cosines.append(try Meaning.cosine(query, text, models)) }
                    return score(cosines)
                }
            })
    }
}
