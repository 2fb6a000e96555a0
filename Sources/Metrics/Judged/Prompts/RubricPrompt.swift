extension ShippedPrompt {
    static let rubric = ShippedPrompt(
        name: "rubric",
        schema: VerdictForm.object([("reason", VerdictForm.text), ("score", VerdictForm.number)]),
        fields: ["criterion", "steps", "scale", "question", "reference", "conversation", "answer"],
        text: """
            version: 1
            == system ==
            You grade an answer by one criterion and nothing else.

            Criterion: {{criterion}}

            Go through these steps in order, and let your reason name what each of them found:
            {{steps}}

            Give a whole number {{scale}}. Use the whole scale: the ends are for answers that could hardly be better or \
            worse by this criterion.
            == user ==
            The conversation before the question:
            {{conversation}}

            The question:
            {{question}}

            A reference answer, where there is one:
            {{reference}}

            The answer to grade:
            {{answer}}
            """)
}
