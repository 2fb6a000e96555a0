import Notation

/// Writes a reply as the JSON that `schemas/answer.json` describes.
struct AnswerFormat: Sendable {
    let settings: FormatSettings
    let versions: JSONValue
    let isMinimal: Bool

    /// - Parameter versions: What the answer was made with, where it is not what the release always has.
    func object(_ reply: Reply, versions own: JSONValue? = nil) -> JSONValue {
        if isMinimal { return ["answer": .string(reply.text)] }
        let clock = monotonicMilliseconds()
        var body: JSONValue = [
            "answer": .string(reply.text),
            "confidence": .number(reply.confidence),
            "citations": citations(reply.citations),
            "routing": routing(reply.routing),
            "retrieval": .array(
                reply.documents.map {
                    ["id": .string($0.id), "score": .number($0.score), "text": .string($0.text)]
                }),
            "guardrail": guardrail(reply.guardrail),
            "tool_calls": .array([tool(reply.tool)].compactMap(\.self)),
            "usage": usage(reply.usage),
            "versions": own ?? versions,
            "session_id": .string(reply.session),
        ]
        var timings = reply.timings
        timings.format += monotonicMilliseconds() - clock
        if case .object(var object) = body {
            object["timings"] = Self.timings(timings)
            body = .object(object)
        }
        return body
    }

    private func citations(_ citations: [Reply.Citation]) -> JSONValue {
        let list: [JSONValue] = citations.map {
            [
                "document": .string($0.document), "start": .integer(Int64($0.start)),
                "end": .integer(Int64($0.end)),
            ]
        }
        if settings.unwrapsSingleCitation, let only = list.first, list.count == 1 { return only }
        return .array(list)
    }

    private func routing(_ prediction: IntentClassifier.Prediction) -> JSONValue {
        [
            "intent": .string(prediction.intent),
            "confidence": .number(rounded(prediction.confidence)),
            "alternatives": .array(
                prediction.ranked.prefix(3).map {
                    ["intent": .string($0.intent), "confidence": .number(rounded($0.probability))]
                }),
        ]
    }

    private func guardrail(_ outcome: Guardrail.Outcome) -> JSONValue {
        switch outcome {
        case .allow: ["outcome": "allow", "reason": nil]
        case .block(let rule, let reason): ["outcome": "block", "reason": .string("\(rule): \(reason)")]
        }
    }

    private func tool(_ tool: Reply.Tool?) -> JSONValue? {
        switch tool {
        case .search(let query, let topK):
            [
                "name": "search_documents",
                "arguments": ["query": .string(query), "top_k": .integer(Int64(topK))],
            ]
        case .handOver(let desk): ["name": "hand_over", "arguments": ["desk": .string(desk)]]
        case nil: nil
        }
    }

    private func usage(_ usage: TokenUsage) -> JSONValue {
        [
            "input_tokens": .integer(Int64(usage.input)),
            "cached_input_tokens": .integer(Int64(usage.cached)),
            "output_tokens": .integer(Int64(usage.output)),
            "cost": .number(usage.cost),
            "currency": "USD",
        ]
    }

    private static func timings(_ timings: StageTimings) -> JSONValue {
        func value(_ milliseconds: Double) -> JSONValue { .number(rounded(milliseconds)) }
        return [
            "routing": value(timings.routing), "retrieval": value(timings.retrieval),
            "generation": value(timings.generation), "format": value(timings.format),
            "guardrail": value(timings.guardrail),
        ]
    }
}
