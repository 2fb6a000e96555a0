extension ShippedPrompt {
    static let tone = ShippedPrompt(
        name: "tone", schema: VerdictForm.verdict(), fields: ["tone", "question", "answer"],
        text: """
            version: 1
            == system ==
            You judge whether an answer keeps the tone that its maker wants.

            The tone: {{tone}}

            Hold every part of that description against the answer as a whole. 'yes' where a reader would recognise \
            the tone and nothing jars. 'no' where any part of it is plainly missed. Content does not count: a wrong \
            answer can have the right tone.
            == user ==
            The question:
            {{question}}

            The answer:
            {{answer}}
            """)
}
