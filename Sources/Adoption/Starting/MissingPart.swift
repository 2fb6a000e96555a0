/// A part that the app does not show, and what showing it would allow.
public struct MissingPart: Sendable, Hashable {
    /// As `app.observe` calls it.
    public let part: String
    /// What to return, in an app's own words.
    public let example: String
    /// What it would allow.
    public let allows: String

    static let all = [
        MissingPart(
            part: "documents",
            example: #""documents": [{"id": "d17", "score": 0.8, "text": "…"}], best first"#,
            allows: "recall@5, mrr, ndcg@10; a broken retriever is named"),
        MissingPart(
            part: "versions", example: #""versions": {"prompt": "v15", "model": "…", "index": "…"}"#,
            allows: "the report says what changed"),
        MissingPart(
            part: "stages", example: #""timings": {"retrieval": 12.5, "generation": 640}, milliseconds"#,
            allows: "stage_latency; the report says which stage is slow"),
        MissingPart(
            part: "usage", example: #""usage": {"input_tokens": 611, "output_tokens": 42, "cost": 0.0004}"#,
            allows: "tokens, cost, cost_per_success"),
        MissingPart(
            part: "intent", example: #""intent": "refund""#,
            allows: "intent_accuracy, intent_f1, out_of_scope_recall"),
        MissingPart(
            part: "guardrail", example: #""guardrail": {"outcome": "block", "reason": "…"}"#,
            allows: "guardrail_pass, over_blocked, under_blocked"),
        MissingPart(
            part: "tools", example: #""tool_calls": [{"name": "search", "arguments": {}}]"#,
            allows: "the report shows which tools were called"),
    ]

    /// Those that an app of a preset could show and this one does not, the most useful first.
    public static func of(_ mapping: Mapping, preset: String) -> [MissingPart] {
        let names = mapping.names
        let apt: Set<String> =
            switch preset {
            case "rag": ["documents", "versions", "stages", "usage", "guardrail", "intent"]
            case "classifier": ["intent", "versions", "stages", "usage"]
            case "similarity": ["versions", "stages"]
            case "agent": ["tools", "versions", "stages", "usage", "guardrail"]
            default: ["documents", "versions", "stages", "usage", "intent", "guardrail"]
            }
        return all.filter { apt.contains($0.part) && !names.contains($0.part) }
    }
}
