import Domain
import Notation

/// Whether the answer says what a reference says, by a judge: 1 or 0. Not applicable without a reference.
enum CorrectnessJudged {
    static let form = JudgedForm(
        name: "correctness", needs: [.observed("text"), .expected("reference_response")],
        summary: "Whether the answer is correct by a reference answer, by a judge.",
        source: "Own prompt; any one of the references suffices.",
        example:
            #"{"reference_response": "Within 30 days.", "text": "You have a month.", "judge": [{"verdict": "correct"}]} → 1"#,
        prompts: ["correctness"], isVerdict: true,
        extremes: { _, _ in ("correct", "incorrect") },
        unless: { input, _, _ in input.example.references.isEmpty ? "the example has no reference" : nil }
    ) { input, bench in
        guard let answer = input.answer?.text else { return .done(input.notShown("text")) }
        return bench.decide(
            "correctness",
            [
                "question": .text(input.example.query), "references": .texts(input.example.references),
                "answer": .text(answer),
            ], yes: "correct", no: "incorrect",
            Contradiction([
                ("is incorrect", "incorrect"), ("not correct", "incorrect"), ("is correct", "correct"),
                ("is wrong", "incorrect"), ("is false", "incorrect"),
                ("contradicts the reference", "incorrect"),
            ]))
    }
}
