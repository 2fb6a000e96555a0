import Domain

/// Scores made elsewhere, and the ledger that many share.
extension PolicyKeys {
    static let external = KeyDefinition(
        "external",
        .list(
            .keys([
                KeyDefinition(
                    "file", .text(.path), isRequired: true,
                    "Scores made elsewhere: RAGAS's or DeepEval's results, JSON Lines or CSV.",
                    example: "ragas.jsonl"),
                KeyDefinition(
                    "metrics",
                    .names(
                        words: [], what: "metric", .choice([.word(betterWords), .keys(externalMetric)])),
                    isRequired: true,
                    "Scores to take, with which way is good; rules write external[NAME].",
                    example: "{ faithfulness: higher }"),
                KeyDefinition(
                    "arm",
                    .word([
                        ValueForm.Word("baseline", "the baseline's answers were scored"),
                        ValueForm.Word("candidate", "the candidate's answers were scored"),
                    ]), default: "as each row says, or as its answer shows",
                    "Whose answers were scored, where the rows do not say.", example: "candidate"),
                KeyDefinition(
                    "max_age",
                    .choice([.word([ValueForm.Word("never", "no score is too old")]), .measure(.duration)]),
                    default: "24h", "Age beyond which a score counts as not measured.", example: "24h"),
            ]), orOne: false, atLeast: 1),
        default: "[]", "Files of scores made elsewhere, as metrics like any other.",
        example: "[{ file: ragas.jsonl, max_age: 24h, metrics: { faithfulness: higher } }]")

    private static let externalMetric: [KeyDefinition] =
        scoreNature + [
            KeyDefinition(
                "from", .text(.plain("a column's or metric's name")), default: "its own name",
                "What the file calls it, where that is another name.", example: "\"Answer Relevancy\"")
        ]

    static let ledger = KeyDefinition(
        "ledger",
        .keys([
            KeyDefinition(
                "to", .text(.path), isRequired: true,
                "The shared ledger: a folder, or a SQLite file (.db), relative to this file.",
                example: "/mnt/team/sluice"),
            KeyDefinition(
                "evidence",
                .word([
                    ValueForm.Word("none", "scores alone"),
                    ValueForm.Word("failing", "answers that failed, or that newly fail"),
                    ValueForm.Word("all", "every answer"),
                ]), default: "none", "Which answers go along with a run.", example: "failing"),
        ]), "Where 'sluice push' sends runs.", example: "{ to: /mnt/team/sluice, evidence: failing }")
}
