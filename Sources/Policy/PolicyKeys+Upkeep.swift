import Domain

/// How the data set is looked after: what `sluice dataset lint` goes by.
extension PolicyKeys {
    static let upkeep = KeyDefinition(
        "upkeep",
        .keys([
            KeyDefinition(
                "max_age", daysOrNever, default: "365d",
                "Age beyond which an example that nobody reviewed is stale.", example: "180d"),
            KeyDefinition(
                "additions", daysOrNever, default: "31d", "Time within which the set must have grown.",
                example: "31d"),
            KeyDefinition(
                "review", daysOrNever, default: "92d", "Time within which somebody must have reviewed it.",
                example: "92d"),
            KeyDefinition(
                "provenance", .list(.word(provenanceWords), orOne: false, atLeast: 0),
                default: "[source, owner, annotator, approver, date, guideline]",
                "What every example must say of where it comes from.", example: "[source, annotator, date]"),
            KeyDefinition(
                "similarity", .number(0.7...1), default: "0.8",
                "Share of words and word pairs from which two inputs count as nearly the same.",
                example: "0.8"),
        ]),
        default: "{}", "How the data set is looked after: what 'sluice dataset lint' goes by.",
        example: "{ max_age: 365d, review: 92d, provenance: [source, annotator, date] }")

    private static let daysOrNever: ValueForm = .choice([
        .word([ValueForm.Word("never", "no limit")]), .measure(.duration),
    ])

    private static let provenanceWords: [ValueForm.Word] = [
        ValueForm.Word("source", "where the case comes from"),
        ValueForm.Word("owner", "who answers for it today"),
        ValueForm.Word("annotator", "who wrote the expectations"),
        ValueForm.Word("approver", "who agreed with them"),
        ValueForm.Word("date", "when they were written"),
        ValueForm.Word("guideline", "the version of the guideline they were written by"),
        ValueForm.Word("reviewed", "when somebody last looked whether they hold"),
        ValueForm.Word("licence", "under which terms the case may be used"),
    ]
}
