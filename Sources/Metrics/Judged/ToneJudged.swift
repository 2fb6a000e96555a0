import Domain
import Notation

/// Whether the answer keeps the tone that the policy describes (`judge.tone`), by a judge: 1 or 0.
enum ToneJudged {
    static let form = JudgedForm(
        name: "tone", needs: [.observed("text")],
        summary: "Whether the answer keeps the tone that the policy describes, by a judge.",
        source: "Own prompt; the tone is 'judge.tone'.",
        example:
            #"{"text": "Nope. Read the manual.", "judge": [{"verdict": "no"}]} → 0"#, prompts: ["tone"],
        isVerdict: true, words: { settings, _ in [settings.tone] }
    ) { input, bench in
        guard let answer = input.answer?.text else { return .done(input.notShown("text")) }
        return bench.decide(
            "tone",
            [
                "tone": .words(bench.settings.tone), "question": .text(input.example.query),
                "answer": .text(answer),
            ])
    }
}
