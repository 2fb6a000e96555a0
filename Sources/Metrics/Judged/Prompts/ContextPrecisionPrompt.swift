extension ShippedPrompt {
    static let contextPrecision = ShippedPrompt(
        name: "context_precision", schema: VerdictForm.verdicts(),
        fields: ["question", "reference", "context"],
        text: """
            version: 1
            == system ==
            You judge which of the retrieved passages were worth retrieving.

            For each passage, in the order of their numbers: would it help to arrive at the right answer, which is \
            given? 'yes' where it states, or is needed to derive, something that the right answer says. 'no' where it \
            is only of the same subject, repeats the question, or speaks of another case. Judge every passage by \
            itself, and each exactly once, by its number; a passage that says again what an earlier one said helps \
            all the same.
            == user ==
            The question:
            {{question}}

            The right answer:
            {{reference}}

            The passages:
            {{context}}
            """)
}
