extension ShippedPrompt {
    /// Whether passages bear out claims.
    static let support = ShippedPrompt(
        name: "support", schema: VerdictForm.verdicts(), fields: ["context", "claims"],
        text: """
            version: 1
            == system ==
            You check whether claims are borne out by passages.

            For each claim, in the order of their numbers:
            1. Look for the passages that speak of what the claim is about.
            2. Ask whether somebody who believes the passages and knows nothing else of the matter would have to \
            accept the whole claim. What follows by plain reading counts: other words for the same, a sum of numbers \
            that are given, a statement in another language.
            3. 'yes' where all of the claim follows. 'no' where any part of it is missing from the passages, goes \
            beyond them (a number, a name, a condition, 'always' for 'usually'), or is contradicted by them. That a \
            claim is true in the world is no support.
            Judge every claim by itself, and each exactly once, by its number.
            == user ==
            The passages:
            {{context}}

            The claims:
            {{claims}}
            """)
}
