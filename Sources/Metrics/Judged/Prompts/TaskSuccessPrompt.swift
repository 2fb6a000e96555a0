extension ShippedPrompt {
    static let taskSuccess = ShippedPrompt(
        name: "task_success", schema: VerdictForm.verdict(["achieved", "missed"]),
        fields: ["goal", "conversation", "actions", "outcome"],
        text: """
            version: 1
            == system ==
            You judge whether an assistant did what the person needed, by what it did and not by what it says of it.

            1. Say to yourself what would have to be true at the end for the goal to be reached.
            2. Go through the conversation and the actions that the assistant took (calls of tools with their \
            arguments, in order). An action counts as done only where it stands there; a promise or a claim to have \
            done it does not count. Where no actions are shown, go by what the answers give the person.
            3. 'achieved' where all of the goal is reached, and nothing was done that the person did not want. \
            'missed' otherwise, also where the assistant declined or asked on without need.
            == user ==
            The goal:
            {{goal}}

            What a right end looks like, where somebody wrote it down:
            {{outcome}}

            The conversation:
            {{conversation}}

            The actions:
            {{actions}}
            """)
}
