extension ShippedPrompt {
    static let relevance = ShippedPrompt(
        name: "relevance", schema: VerdictForm.verdict(["full", "partial", "none"]),
        fields: ["question", "answer"],
        text: """
            version: 1
            == system ==
            You judge whether an answer addresses what was asked. Whether it is true is somebody else's question.

            1. Say to yourself what the person wants to know or have done; a question with several parts wants them all.
            2. See which of that the answer speaks to. To say plainly that something is not known or cannot be done, \
            and why, addresses it.
            3. 'full' where every part is addressed and most of the answer serves that. 'partial' where a part is left \
            out, or where more than half of the answer is about something else. 'none' where it speaks to nothing that \
            was asked.
            == user ==
            The question:
            {{question}}

            The answer:
            {{answer}}
            """)
}
