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
        extremes: { settings, metric in
            let scale = scale(of: policyRubric(settings, metric))
            return ("\(scale.upperBound)", "\(scale.lowerBound)")
        },
        words: { settings, metric in
            let rubric = policyRubric(settings, metric)
            return (rubric.map { [$0.criterion] } ?? []) + steps(of: rubric) + ["\(scale(of: rubric))"]
        },
        unless: { input, _, metric in
            // The example's own words: a rubric a row.
            isOfExample(metric) && input.example.rubric == nil ? "the example has no rubric" : nil
        }
    ) { input, bench in
        guard let answer = input.answer?.text else { return .done(input.notShown("text")) }
        var rubric = policyRubric(bench.settings, bench.metric)
        if isOfExample(bench.metric), let words = input.example.rubric {
            rubric = JudgePolicy.Rubric(name: "example", criterion: words, steps: [])
        }
        guard let rubric else {
            return .done(.unmeasured("the policy has no rubric '\(member(bench.metric))'"))
        }
        let steps = steps(of: rubric)
        let scale = scale(of: rubric)
        let reference = input.example.references.first
        return bench.grade(
            "rubric",
            [
                "criterion": .words(rubric.criterion),
                "steps": .words(
                    steps.enumerated().map { "\($0.offset + 1). \($0.element)" }.joined(separator: "\n")),
                "scale": .words("from \(scale.lowerBound) (worst) to \(scale.upperBound) (best)"),
                "question": .text(input.example.query),
                "reference": .texts(reference.map { [$0] } ?? []),
                "conversation": .turns(Array(input.conversation(withAnswer: false).dropLast())),
                "answer": .text(answer),
            ], scale)
    }

    private static func member(_ metric: String) -> String { (try? MetricName(metric).member) ?? "" }

    private static func isOfExample(_ metric: String) -> Bool { member(metric) == "example" }

    private static func policyRubric(_ settings: JudgeSettings, _ metric: String) -> JudgePolicy.Rubric? {
        isOfExample(metric) ? nil : settings.rubrics.first { $0.name == member(metric) }
    }

    private static func steps(of rubric: JudgePolicy.Rubric?) -> [String] {
        rubric.map { $0.steps.isEmpty ? usualSteps : $0.steps } ?? usualSteps
    }

    private static func scale(of rubric: JudgePolicy.Rubric?) -> ClosedRange<Int> {
        guard let rubric else { return 1...5 }
        return rubric.lowest...max(rubric.lowest + 1, rubric.highest)
    }

    private static let usualSteps = [
        "Say in your own words what the criterion asks of an answer to this question.",
        "Find the parts of the answer that meet it, and those that fall short of it.",
        "Weigh how much what falls short would matter to the person who asked.",
    ]
}
