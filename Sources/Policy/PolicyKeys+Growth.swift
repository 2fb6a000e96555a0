import Domain

/// When the data set must grow, and by what.
extension PolicyKeys {
    static let growth = KeyDefinition(
        "growth",
        .list(
            .keys([
                KeyDefinition(
                    "when", .text(.plain("such as monthly, new segment, reported miss or drop > 2%")),
                    isRequired: true, "What calls for new examples.", example: "new segment of locale"),
                KeyDefinition(
                    "ask", .text(.plain("such as 20 examples or a review")), isRequired: true,
                    "What it asks for.", example: "20 examples"),
            ]), orOne: false, atLeast: 1),
        default: "[]",
        "When the data set must grow: 'sluice dataset candidates --due' and 'dataset lint' say what is due.",
        example: "[{ when: monthly, ask: 20 examples }]")
}
