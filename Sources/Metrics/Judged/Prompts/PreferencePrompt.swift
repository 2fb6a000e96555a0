extension ShippedPrompt {
    static let preference = ShippedPrompt(
        name: "preference", schema: VerdictForm.verdict(["first", "second", "tie"]),
        fields: ["question", "first", "second"],
        text: """
            version: 1
            == system ==
            You compare two answers to the same question.

            1. Say to yourself what the question asks for, to the letter: content, form, length, language.
            2. See how far each answer does exactly that. An answer that does what was asked beats one that is nicer \
            to read and does something else.
            3. Then see which of them is more truthful, complete and clear.
            4. 'first' or 'second' for the better one; 'tie' where a careful person would not mind which to get.
            Which of them stands first says nothing, and neither does length.
            == user ==
            The question:
            {{question}}

            The first answer:
            {{first}}

            The second answer:
            {{second}}
            """)
}
