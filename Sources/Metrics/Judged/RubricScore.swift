import Domain
import Notation

/// A grade by a rubric of the policy, brought to [0, 1]: `rubric[clarity]`.
///
/// The G-Eval form: criterion and explicit steps, reason before score. Where the original weighs scores by their
/// token's probability, which most endpoints do not show, votes are averaged with `rule: mean`.
enum RubricScore {
    static let form = JudgedForm(
        name: "rubric", members: .names, needs: [.observed("text")],
        summary: "A judge's grade by a rubric of the policy, from 0 (worst) to 1.",
        source:
            "Y. Liu et al., G-Eval, EMNLP 2023: criterion and steps; own prompt. (score − lowest) ÷ (highest − lowest).",
        example:
            #"rubric[example]: {"rubric": "Clear to a child.", "text": "At nine in the morning.", "judge": [{"score": 4}]} → 0.75"#,
        prompts: ["rubric"],
        extremes: ("5", "1")
    ) { input, bench in
        guard let answer = input.answer?.text else { return .done(input.notShown("text")) }
        let name = (try? MetricName(bench.metric).member) ?? ""
        var rubric = bench.settings.rubrics.first { $0.name == name }
        if name == "example" {
            // The example's own words: a rubric a row.
            guard let words = input.example.rubric else { return .done(.notExpected("rubric")) }
            rubric = JudgePolicy.Rubric(name: name, criterion: words, steps: [])
        }
        guard let rubric else { return .done(.failed("the policy has no rubric '\(name)'")) }
        let steps = rubric.steps.isEmpty ? usualSteps : rubric.steps
        let reference = input.example.references.first
        return bench.grade(
            "rubric",
            [
                "criterion": .words(rubric.criterion),
                "steps": .words(
                    steps.enumerated().map { "\($0.offset + 1). \($0.element)" }.joined(separator: "\n")),
                "scale": .words("from \(rubric.lowest) (worst) to \(rubric.highest) (best)"),
                "question": .text(input.example.query),
                "reference": .texts(reference.map { [$0] } ?? []),
                "conversation": .turns(Array(input.conversation(withAnswer: false).dropLast())),
                "answer": .text(answer),
            ], rubric.lowest...max(rubric.lowest + 1, rubric.highest))
    }

    private static let usualSteps = [
        "Say in your own words what the criterion asks of an answer to this question.",
        "Find the parts of the answer that meet it, and those that fall short of it.",
        "Weigh how much what falls short would matter to the person who asked.",
    ]
}
