/// The types of assertion that promptfoo knows, and what to do about those that have no counterpart.
///
/// Names after promptfoo's documentation of assertions (deterministic and model-graded).
enum AssertionCatalogue {
    /// Types that come over.
    static let carried: Set<String> = [
        "equals", "contains", "icontains", "contains-all", "contains-any", "icontains-all", "icontains-any",
        "starts-with", "ends-with", "regex", "is-json", "rouge-n", "bleu", "latency", "word-count",
        "assert-set",
    ]

    /// What to do instead, by type.
    static let instead: [String: String] = [
        "javascript":
            "say it as required or prohibited elements (a regex reaches far), or run it as a metric of your own: custom",
        "python":
            "say it as required or prohibited elements (a regex reaches far), or run it as a metric of your own: custom",
        "ruby": "say it as required or prohibited elements (a regex reaches far)",
        "webhook": "say it as required or prohibited elements, or score it outside",
        "llm-rubric":
            "its words are kept as the row's rubric: with a 'judge' in the policy, gate on rubric[example]",
        "g-eval":
            "its words are kept as the row's rubric: with a 'judge' in the policy, gate on rubric[example]",
        "factuality": "its reference is kept: with a 'judge' in the policy, gate on correctness",
        "model-graded-factuality":
            "its reference is kept: with a 'judge' in the policy, gate on correctness",
        "model-graded-closedqa":
            "its words are kept as the row's rubric: with a 'judge' in the policy, gate on rubric[example]",
        "model-graded":
            "its words are kept as the row's rubric: with a 'judge' in the policy, gate on rubric[example]",
        "closedqa":
            "its words are kept as the row's rubric: with a 'judge' in the policy, gate on rubric[example]",
        "search-rubric":
            "its words are kept as the row's rubric: with a 'judge' in the policy, gate on rubric[example]",
        "agent-rubric":
            "its words are kept as the row's rubric: with a 'judge' in the policy, gate on rubric[example]",
        "answer-relevance": "with an encoder in the policy's 'embedding', gate on answer_relevance",
        "context-faithfulness": "gate on groundedness with an encoder, or on faithfulness with a judge",
        "context-recall": "write retrieval_gold_doc_ids, and gate on recall@5",
        "context-relevance": "write retrieval_gold_doc_ids, and gate on precision@5",
        "conversation-relevance": "with a judge in the policy, gate on judged_relevance and completeness",
        "similar":
            "its reference is kept: with an encoder in the policy's 'embedding', gate on cosine_similarity",
        "levenshtein":
            "its reference is kept; write metrics: [levenshtein], and gate on it or on levenshtein_similarity",
        "gleu": "its reference is kept; gate on sentence_bleu or rouge_l",
        "meteor": "its reference is kept; gate on rouge_l or token_f1",
        "cost":
            "map app.observe.usage (and app.prices where the app says no cost), then write: cost.max <= LIMIT USD",
        "perplexity":
            "let the app return log-probabilities, map app.observe.logprobs, and gate on perplexity",
        "perplexity-score":
            "let the app return log-probabilities, map app.observe.logprobs, and gate on perplexity",
        "contains-json":
            "write metrics: [contains_json], and gate on it",
        "contains-html": "say it as a regex",
        "contains-sql": "say it as a regex",
        "contains-xml": "say it as a regex",
        "is-html":
            "write metrics: [is_html], and gate on it",
        "is-sql":
            "write metrics: [is_sql], and gate on it: the syntax is SQLite's",
        "is-xml":
            "write metrics: [is_xml], and gate on it",
        "is-refusal":
            "write metrics: [is_refusal], and gate on it",
        "guardrails": "let the app return guardrail: {outcome}, and write expected_guardrail",
        "moderation": "let the app return guardrail: {outcome}, and write expected_guardrail",
        "classifier": "let the app return the class, map app.observe.intent, and write expected_intent",
        "is-valid-openai-function-call":
            "write expected_tool_calls, map app.observe.tools, and gate on tool_call_accuracy",
        "is-valid-openai-tools-call":
            "write expected_tool_calls, map app.observe.tools, and gate on tool_call_accuracy",
        "is-valid-function-call":
            "write expected_tool_calls, map app.observe.tools, and gate on tool_call_accuracy",
        "tool-call-f1":
            "write expected_tool_calls, map app.observe.tools, and gate on tool_call_f1",
        "finish-reason": "gate on length, or on a required element at the answer's end",
        "select-best": "compare two versions: sluice eval --baseline URL --candidate URL",
        "max-score": "compare two versions: sluice eval --baseline URL --candidate URL",
        "pi": "no judge is in this version",
        "human": "write what a right answer is as reference_response or required_elements",
    ]

    /// Types whose value is a reference answer.
    static let references: Set<String> = [
        "similar", "levenshtein", "gleu", "meteor", "factuality", "model-graded-factuality",
    ]

    /// Types whose value is words for a judge.
    static let rubrics: Set<String> = [
        "llm-rubric", "g-eval", "model-graded-closedqa", "model-graded", "closedqa", "search-rubric",
        "agent-rubric", "pi",
    ]

    static func isKnown(_ type: String) -> Bool {
        carried.contains(type) || instead[type] != nil || type.hasPrefix("trace-")
            || type.hasPrefix("trajectory:")
            || type.hasPrefix("similar:") || type.hasPrefix("skill-") || type.hasPrefix("promptfoo:")
    }

    static func mend(_ type: String) -> String {
        if let words = instead[type] { return words }
        if type.hasPrefix("similar:") { return instead["similar"] ?? "" }
        if type.hasPrefix("trace-") || type.hasPrefix("trajectory:") || type.hasPrefix("skill-") {
            return "traces are not read in this version; let the app return stages or tool_calls"
        }
        return isKnown(type) ? "there is no counterpart" : "the type is not known; check its spelling"
    }
}
