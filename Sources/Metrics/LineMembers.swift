import Domain

/// What of a line of `sluice score` a metric reads, by the names that a line has for it.
public struct LineMembers: Sendable, Hashable {
    /// Members without which a line has no score.
    public let required: [String]
    /// Members that it reads where they are there.
    public let optional: [String]
    /// What else there is to say of them; nil: nothing.
    public let note: String?
}

extension MetricFamily {
    /// The members of a line that it reads; nil where no line gives it what it measures.
    public var line: LineMembers? {
        if let special = Self.specials[name] { return special.line }
        var required: [String] = []
        // An app that gives no intent is wrong about it; without confidence that cannot be weighed.
        let isIntentOptional = !needs.contains(.observed("confidence"))
        var optional = Self.optional[name] ?? []
        var note = Self.notes[name]
        for need in needs {
            switch need {
            case .observed("intent") where isIntentOptional:
                optional.append("intent")
                note = "an absent intent is a wrong one"
            case .observed(let key): required.append(Self.members[key] ?? key)
            case .expected(let field): required.append(field)
            case .anyExpectation, .model: break
            }
        }
        if needs.contains(.observed("documents")), needs.contains(.expected("retrieval_gold_doc_ids")) {
            optional.append("gold_source_spans")
        }
        if isJudged {
            optional += ["query", "context", "conversation_history"].filter { !required.contains($0) }
            if name != "correctness", !required.contains("reference_response") {
                optional.append("reference_response")
            }
        }
        return LineMembers(required: required, optional: optional, note: note)
    }

    private var isJudged: Bool { needs.contains(.model(.judge)) }

    /// Parts of an answer whose member in a line has another name than in `app.observe`.
    private static let members = ["text": "answer", "tools": "tool_calls", "stream": "ttft_ms"]

    private static let optional = [
        "latency": ["latency_ms"], "groundedness": ["query"], "citation_accuracy": ["query"],
        "citation_coverage": ["query"], "language_match": ["language", "query"],
        "pii": ["query", "conversation_history", "context"],
        "secrets": ["query", "conversation_history", "context"],
        "miss_rate": ["label"], "false_positive_rate": ["label"],
    ]

    private static let notes = [
        "ttft": "or ttft_s", "cost": "its cost, or its tokens and the policy's prices",
        "bleu": "the whole is of all lines together",
    ]

    /// Families whose needs do not tell.
    private enum Special {
        case reads([String], optional: [String] = [], note: String? = nil)
        case none

        var line: LineMembers? {
            guard case .reads(let required, let optional, let note) = self else { return nil }
            return LineMembers(required: required, optional: optional, note: note)
        }
    }

    private static let gold = ["retrieval_gold_doc_ids", "gold_source_spans", "reference_response"]

    private static let calibrated = Special.reads(
        [], optional: ["match", "score", "expected_intent", "intent", "confidence"],
        note: "match and score; or expected_intent, intent and confidence")

    private static let specials: [String: Special] = [
        "schema": .reads(
            ["body"], note: "the answer as JSON; with 'of: text' the member answer, JSON in a text"),
        "json": .reads(["answer"], note: "or body, where there is no answer"),
        "latency": .reads(["latency_ms"], note: "or latency_s"),
        "error_rate": .reads([], optional: ["failure", "error"], note: "a line without them was answered"),
        "retry_rate": .reads(["attempts"], note: "1 where it is absent"),
        "throttle_rate": .reads(["throttled"], optional: ["attempts"], note: "0 where it is absent"),
        "brier": calibrated, "ece": calibrated,
        "band_consistency": .reads(["score", "label"]),
        "context_recall": .reads(
            ["documents"], optional: gold, note: "one of these says what should be found"),
        "context_precision": .reads(
            ["documents"], optional: gold, note: "one of these says what should be found"),
        "context_relevance": .reads(["documents", "query"]),
        "context_relevance_mean": .reads(["documents", "query"]),
        "chunk_relevance": .reads(["documents", "query"]),
        "answer_relevance": .reads(["answer", "query"]),
        "role_adherence": .reads(["answer"], optional: ["conversation_history", "query"]),
        "rubric": .reads(
            ["answer"], optional: ["rubric", "query", "reference_response", "conversation_history"],
            note: "rubric[example] reads the line's own rubric"),
        "cost_per_success": .reads(
            ["usage"],
            optional: [
                "expected_intent", "intent", "reference_response", "answer", "required_elements",
                "prohibited_elements", "expected_guardrail", "guardrail", "match", "score",
                "expected_tool_calls", "tool_calls",
            ], note: "an expectation, and the part of the answer that it is of"),
        "custom": .reads([], note: "all of the line goes to the program"),
        "composite": .reads([], note: "what its parts read"),
        "external": .none, "kpi": .none, "preference": .none,
    ]
}

extension LineMembers {
    /// The required members that a line did not have, as what was read of it shows.
    public func missing(in input: borrowing MeasureInput) -> [String] {
        let example = input.example
        guard let answer = input.answer else { return [] }
        return required.filter { name in
            switch name {
            case "answer": answer.text == nil
            case "body": answer.body == nil
            case "documents": answer.documents == nil
            case "intent": answer.intent == nil
            case "confidence": answer.confidence == nil
            case "score": answer.score == nil
            case "label": answer.scoreLabel == nil
            case "guardrail": answer.guardrail == nil
            case "usage": answer.usage == nil
            case "stages": answer.stages == nil
            case "tool_calls": answer.tools == nil
            case "logprobs": answer.tokenLogarithms == nil
            case "versions": answer.versions == nil
            case "values": answer.values.isEmpty
            case "ttft_ms": answer.timeToFirstTokenMilliseconds == nil
            case "latency_ms": answer.latencyMilliseconds == nil
            case "query": example.query.isEmpty
            case "reference_response": example.references.isEmpty
            case "expected_intent": example.expectedIntent == nil
            case "retrieval_gold_doc_ids":
                example.goldDocuments == nil && example.relevance == nil && example.goldSpans == nil
            case "expected_guardrail": example.expectedGuardrail == nil
            case "expected_score": example.expectedScore == nil
            case "match": example.expectedMatch == nil
            case "required_elements": example.required.isEmpty
            case "prohibited_elements": example.prohibited.isEmpty
            case "expected_tool_calls": example.expectedResult == nil
            case "conversation_history": example.history.isEmpty
            default: false
            }
        }
    }
}
