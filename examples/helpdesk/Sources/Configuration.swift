import Notation

/// What a running release says of itself, at `/config` and in the `versions` of every answer.
enum Configuration {
    /// - Parameter options: What the request wanted done otherwise.
    static func versions(
        _ pipeline: Pipeline, _ options: RequestOptions = RequestOptions()
    ) -> JSONValue {
        let variant = pipeline.variant
        return [
            "app": "helpdesk-1.4.0",
            "prompt": .string(variant.generation.prompt),
            "model": .string(variant.generation.model.rawValue),
            "classifier": .string(variant.labels.rawValue),
            "index": .string(
                "xquad-en-\(pipeline.indexedDocuments(options))" + (variant.retrieval.stems ? "-stemmed" : "")
            ),
            "guardrail": .string(variant.guardrail.rules),
            "config": settings(variant, options),
        ]
    }

    /// The whole configuration, the text of the prompt included.
    static func document(_ pipeline: Pipeline) -> JSONValue {
        [
            "name": .string(pipeline.variant.name),
            "summary": .string(pipeline.variant.summary),
            "seed": .integer(Int64(truncatingIfNeeded: pipeline.random.seed)),
            "versions": versions(pipeline),
            "prompt": .string(pipeline.promptText),
        ]
    }

    private static func settings(_ variant: Variant, _ options: RequestOptions) -> JSONValue {
        var retrieval = variant.retrieval
        if let chunking = options.chunking, chunking != .head { retrieval.indexedTokens = nil }
        let indexedTokens: JSONValue = retrieval.indexedTokens.map { .integer(Int64($0)) } ?? "all"
        return [
            "top_k": .integer(Int64(options.topK ?? retrieval.topK)),
            "threshold": .number(options.threshold ?? 0),
            "chunking": .string((options.chunking ?? .head).rawValue),
            "indexed_tokens": indexedTokens,
            "stemming": .bool(retrieval.stems),
            "stopwords_dropped": .bool(retrieval.dropsStopwords),
            "rerank": .bool(retrieval.rerankMilliseconds > 0),
            "documents_read": .integer(Int64(options.topK ?? variant.generation.readsDocuments)),
            "guardrail_window": .integer(Int64(variant.guardrail.window)),
            "guardrail_undoes_disguise": .bool(variant.guardrail.undoesDisguise),
            "guardrail_word_list": .bool(variant.guardrail.blocksAlarmingWords),
        ]
    }
}
