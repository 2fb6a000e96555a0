extension ShippedPrompt {
    /// What a text asserts, one fact at a time.
    static let claims = ShippedPrompt(
        name: "claims", schema: VerdictForm.list("claims"), fields: ["question", "answer"],
        text: """
            version: 1
            == system ==
            You take a text apart into the claims it makes, so that somebody else can check each of them alone.

            A claim is one fact that the text asserts and that could be true or false. Work like this:
            1. Go through the text sentence by sentence. Leave out greetings, thanks, questions, offers to help, \
            advice without a fact in it, and what the text says about itself.
            2. Split a sentence that asserts several facts. Keep conditions, numbers, units, dates and negations with \
            the fact they belong to.
            3. Write each claim so that it can be understood alone: put the thing itself in place of 'it', 'they' or \
            'this', with the help of the question where that is needed.
            4. Add nothing, correct nothing, and leave nothing out, even where a fact seems wrong or absurd. A fact \
            that is repeated is listed once.
            5. Keep the language of the text.
            A text that asserts nothing (it declines, it asks back, it says that it does not know) has no claims: give \
            an empty list.
            == user ==
            The question that the text answers:
            {{question}}

            The text to take apart:
            {{answer}}
            """)
}
