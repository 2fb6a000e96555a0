import Domain
import Notation

/// Whether the answer addresses the question, by a judge: full 1, partial ½, none 0. Its truth does not count.
enum RelevanceJudged {
    private static let grades = ["full", "partial", "none"]

    static let form = JudgedForm(
        name: "judged_relevance", needs: [.observed("text")],
        summary: "How far the answer addresses what was asked, by a judge.",
        source: "Own prompt with three grades.",
        example:
            #"{"query": "When do you open, and where?", "text": "At 9.", "judge": [{"verdict": "partial"}]} → 0.5"#,
        prompts: ["relevance"],
        extremes: { _, _ in ("full", "none") }
    ) { input, bench in
        guard let answer = input.answer?.text else { return .done(input.notShown("text")) }
        let values: [String: JudgeField] = ["question": .text(input.example.query), "answer": .text(answer)]
        switch bench.poll("relevance", values, { $0.word("verdict", grades) }) {
        case .pending(let questions): return .ask(questions)
        case .lost(let measurement): return .done(measurement)
        case .votes(let votes):
            return .done(bench.score(votes.map { $0 == "full" ? 1 : $0 == "partial" ? 0.5 : 0 }))
        }
    }
}
