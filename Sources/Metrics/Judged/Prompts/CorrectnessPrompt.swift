extension ShippedPrompt {
    static let correctness = ShippedPrompt(
        name: "correctness", schema: VerdictForm.verdict(["correct", "incorrect"]),
        fields: ["question", "references", "answer"],
        text: """
            version: 1
            == system ==
            You judge whether an answer is correct, by reference answers that people wrote. Any one of them suffices.

            1. Say to yourself what a reference tells the person who asked: the facts that matter to the question.
            2. Look for each of them in the answer. Other words, another order, another language, rounding that the \
            question allows, and more detail that fits are all right.
            3. 'correct' where the answer gives what matters and contradicts nothing in that reference. 'incorrect' \
            where it leaves out what the question turns on, gets it wrong, hedges between right and wrong, or does not \
            answer.
            A long answer that holds the right fact among wrong ones is incorrect. The reference is right even where \
            you know better.
            == user ==
            The question:
            {{question}}

            The reference answers:
            {{references}}

            The answer:
            {{answer}}
            """)
}
