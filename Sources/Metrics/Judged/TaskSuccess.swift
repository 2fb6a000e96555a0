import Domain
import Notation

/// Whether the app did what the person needed, by a judge that sees the conversation and the calls of tools: 1 or 0.
enum TaskSuccess {
    static let form = JudgedForm(
        name: "task_success", needs: [.observed("text")],
        summary: "Whether the app did what the person needed, by a judge that sees its actions.",
        source: "Own prompt; actions are the calls of tools that the answer shows.",
        example:
            #"{"query": "Cancel order 7", "text": "Done.", "judge": [{"verdict": "achieved"}]} → 1"#,
        prompts: ["task_success"], isVerdict: true,
        extremes: { _, _ in ("achieved", "missed") }
    ) { input, bench in
        guard let answer = input.answer else { return .done(input.notShown("text")) }
        let calls = (input.observation.earlierTurns + [answer]).flatMap { $0.tools ?? [] }
        if answer.text == nil, calls.isEmpty { return .done(input.notShown("text")) }
        let actions = calls.map { "\($0.name) \(String(decoding: $0.arguments.bytes(), as: UTF8.self))" }
        return bench.decide(
            "task_success",
            [
                "goal": .text(input.example.query),
                "outcome": .texts(Array(input.example.references.prefix(1))),
                "conversation": .turns(input.conversation()), "actions": .texts(actions),
            ], yes: "achieved", no: "missed",
            Contradiction([
                ("not achieved", "missed"), ("was missed", "missed"), ("is achieved", "achieved"),
                ("was achieved", "achieved"),
            ]))
    }
}
