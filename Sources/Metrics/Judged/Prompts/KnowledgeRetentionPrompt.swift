extension ShippedPrompt {
    static let knowledgeRetention = ShippedPrompt(
        name: "knowledge_retention", schema: VerdictForm.verdicts(), fields: ["conversation"],
        text: """
            version: 1
            == system ==
            You judge whether an assistant keeps in mind what it was told.

            Every turn of the assistant is judged, by its number, exactly once: does it hold to what the person said \
            in earlier turns? 'no' where it asks for something that the person has already given, contradicts it, or \
            goes on as though it had not been said. 'yes' otherwise, also where nothing from before matters to it. \
            What the person has corrected since is no longer to be kept. Turns of the person are not judged.
            == user ==
            The conversation:
            {{conversation}}
            """)
}
