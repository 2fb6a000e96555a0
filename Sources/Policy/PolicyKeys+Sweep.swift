/// Many variants of the app over one data set: what `sluice sweep` goes by.
extension PolicyKeys {
    static let sweep = KeyDefinition(
        "sweep",
        .keys([
            KeyDefinition(
                "vary",
                .names(words: [], what: "parameter", .list(.anything, orOne: true, atLeast: 1)),
                default: "{}",
                "Values of each parameter, laid over the app as the policy has it.",
                example: "{ top_k: [1, 3, 5], chunking: [fixed, paragraph] }"),
            KeyDefinition(
                "combine",
                .word([
                    ValueForm.Word("crossed", "every value of one parameter with every value of the others"),
                    ValueForm.Word("apart", "one parameter at a time"),
                ]), default: "crossed", "How several parameters of 'vary' become variants.",
                example: "apart"),
            KeyDefinition(
                "variants",
                .names(words: [], what: "variant", .names(words: [], what: "parameter", .anything)),
                default: "{}", "Variants with names of their own, of several parameters each.",
                example: "{ small: { model: small-1, top_k: 3 } }"),
            KeyDefinition(
                "parameters",
                .names(
                    words: [], what: "parameter",
                    .text(.plain("a JSON Pointer into the body, header NAME, env NAME, url or system"))),
                default: "{}",
                "Where a parameter lies, if not in the body's member of its name: a JSON Pointer into the body, "
                    + "'header NAME', 'env NAME' of a command, 'url', or 'system' (a chat API's prompt).",
                example: "{ top_k: /options/top_k, mode: header X-Mode }"),
            KeyDefinition(
                "reference", .text(.plain("a variant's name")), default: "the app as the policy has it",
                "The variant that the others are held against.", example: "top_k=5"),
            KeyDefinition(
                "axes", .list(.text(.plain("a metric")), orOne: false, atLeast: 1),
                default: "a quality metric, cost and latency.p95, where they are measured",
                "Axes of the Pareto frontier.", example: "[recall@3, cost, latency.p95]"),
            KeyDefinition(
                "metrics", .list(.text(.plain("a metric")), orOne: false, atLeast: 0), default: "the axes",
                "Further metrics on which differences are claimed; more claims share one error rate.",
                example: "[token_f1]"),
        ]),
        default: "{}", "Many variants over one data set: what 'sluice sweep' compares.",
        example: "{ vary: { top_k: [1, 3, 5] }, axes: [recall@3, cost] }")
}
