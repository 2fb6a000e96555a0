/// What a policy declares of scores that Sluice does not make itself: those of files, and of metrics of the user's own.
extension PolicyKeys {
    static let scoreNature: [KeyDefinition] = [
        KeyDefinition(
            "better", .word(betterWords), isRequired: true, "Which way is good.", example: "higher"),
        KeyDefinition(
            "unit",
            .word([
                ValueForm.Word("ratio", "a share or score, usually of 0 to 1"),
                ValueForm.Word("milliseconds", "a time"), ValueForm.Word("tokens", "tokens"),
                ValueForm.Word("characters", "characters"), ValueForm.Word("money", "money"),
                ValueForm.Word("count", "a number of something"),
            ]), default: "ratio", "Unit of the score.", example: "ratio"),
        KeyDefinition(
            "range",
            .list(
                .number(-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude), orOne: false,
                atLeast: 2), default: "[0, 1] for a ratio, else from 0 on",
            "Smallest and largest possible score; a score outside is not measured.", example: "[1, 5]"),
        KeyDefinition("pass_fail", .flag, default: "false", "Whether a score is 0 or 1.", example: "true"),
    ]

    static let betterWords =
        directionWords + [ValueForm.Word("neither", "it is only compared with bounds")]
}
