import Domain
import Notation

/// The share of the person's wishes in a conversation that were met by its end, by a judge in two steps.
enum Completeness {
    static let form = JudgedForm(
        name: "completeness", needs: [.observed("text")],
        summary: "Share of what the person wanted in the conversation that was met by its end, by a judge.",
        source: "Wishes, then whether each was met; own prompts.",
        example:
            #"{"query": "Where is my order, and may I change it?", "text": "It comes on Monday.", "judge": [{"wishes": ["to know where the order is", "to change it"]}, {"verdicts": [{"number": 1, "verdict": "yes"}, {"number": 2, "verdict": "no"}]}]} → 0.5"#,
        prompts: ["wishes", "completeness"], questions: 2
    ) { input, bench in
        if input.answer?.text == nil { return .done(input.notShown("text")) }
        let conversation = JudgeField.turns(input.conversation())
        let found = bench.poll("wishes", ["conversation": conversation], isOnce: true) {
            reply -> Result<[String], JudgeProblem> in
            .success(JudgeBench.texts(reply, "wishes"))
        }
        switch found {
        case .pending(let questions): return .ask(questions)
        case .lost(let measurement): return .done(measurement)
        case .votes(let lists):
            guard let wishes = lists.first, !wishes.isEmpty else {
                return .done(.notApplicable("the person wanted nothing"))
            }
            return bench.share(
                "completeness", ["conversation": conversation, "wishes": .texts(wishes)], of: wishes.count)
        }
    }
}
