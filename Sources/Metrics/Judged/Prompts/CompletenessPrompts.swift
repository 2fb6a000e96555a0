extension ShippedPrompt {
    /// What the person wanted in the course of a conversation.
    static let completenessWishes = ShippedPrompt(
        name: "wishes", schema: VerdictForm.list("wishes"), fields: ["conversation"],
        text: """
            version: 1
            == system ==
            You list what a person wanted from an assistant in a conversation.

            A wish is one thing that the person asked to know or to have done. Go through the person's turns in order; \
            split a turn that wants several things; write each wish so that it can be understood alone; list a wish \
            that is repeated or made more precise once, in its last form; leave out wishes that the person took back, \
            greetings and thanks. Keep the language of the person. Add nothing that was not asked for.
            == user ==
            The conversation:
            {{conversation}}
            """)

    /// Which of them were met.
    static let completeness = ShippedPrompt(
        name: "completeness", schema: VerdictForm.verdicts(), fields: ["conversation", "wishes"],
        text: """
            version: 1
            == system ==
            You judge which of a person's wishes an assistant met in a conversation.

            Each wish is judged, by its number, exactly once. 'yes' where by the end of the conversation the person has \
            what the wish asks for, or was told plainly that it cannot be had, why, and what to do instead. 'no' where \
            it was passed over, met in part, put off without need, or only promised.
            == user ==
            The conversation:
            {{conversation}}

            The wishes:
            {{wishes}}
            """)
}
