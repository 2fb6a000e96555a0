import Domain
import Notation

/// The share of the assistant's turns that hold to what the person said before, by a judge.
///
/// Not applicable to a single question: there is nothing to be kept.
enum KnowledgeRetention {
    static let form = JudgedForm(
        name: "knowledge_retention", needs: [.observed("text"), .expected("conversation_history")],
        summary: "Share of the assistant's turns that hold to what the person said before, by a judge.",
        source: "Own prompt, a verdict a turn.",
        example:
            #"{"history": [{"role": "user", "content": "I ordered a lamp."}], "query": "Where is it?", "text": "What did you order?", "judge": [{"verdicts": [{"number": 3, "verdict": "no"}]}]} → 0"#,
        prompts: ["knowledge_retention"],
        unless: { input, _, _ in
            input.example.history.contains { $0.role == .user } ? nil : "the example has a single turn"
        }
    ) { input, bench in
        if input.answer?.text == nil { return .done(input.notShown("text")) }
        return bench.turns("knowledge_retention", input.conversation())
    }
}
