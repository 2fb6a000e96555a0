/// Metrics of the policy's own: made of others, or in a program or behind an endpoint of the user's.
extension PolicyKeys {
    static let composite = KeyDefinition(
        "composite",
        .names(
            words: [], what: "metric",
            .keys([
                KeyDefinition(
                    "weighted", .names(words: [], what: "metric", .measure(.share)),
                    "Metrics and their shares of the whole, which sum to 100 %; each counts by its place in its range.",
                    example: "{ rouge_l: 60%, exact_match: 40% }"),
                KeyDefinition(
                    "all_of", compositeParts, "Metrics that must all hold.",
                    example: "[is_json, \"length <= 400\"]"),
                KeyDefinition(
                    "any_of", compositeParts, "Metrics of which one must hold.",
                    example: "[exact_match, \"rouge_l >= 0.7\"]"),
                KeyDefinition(
                    "not", .choice([compositePart, .keys(compositePartKeys)]), "A metric that must not hold.",
                    example: "is_refusal"),
            ])), default: "{}",
        "Metrics made of others, example by example; rules write composite[NAME].",
        example: "{ helpful: { weighted: { rouge_l: 60%, exact_match: 40% } } }")

    private static let compositePart = ValueForm.text(
        .plain("a metric that passes or fails, or a metric with >= or <= and a number"))

    private static let compositeParts = ValueForm.list(
        .choice([compositePart, .keys(compositePartKeys)]), orOne: true, atLeast: 1)

    private static let compositePartKeys: [KeyDefinition] = [
        KeyDefinition(
            "metric", .text(.plain("a metric")), isRequired: true, "The metric.", example: "contains_all"),
        KeyDefinition(
            "parameter", .anything, "What the metric takes, as in 'metrics'.", example: "[refund, days]"),
        KeyDefinition(
            "at_least", .number(-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude),
            "It holds from here on.", example: "0.5"),
        KeyDefinition(
            "at_most", .number(-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude),
            "It holds up to here.", example: "400"),
    ]

    static let custom = KeyDefinition(
        "custom",
        .names(
            words: [], what: "metric",
            .choice([
                .keys(
                    [
                        KeyDefinition(
                            "command", .list(.text(.plain("an argument")), orOne: false, atLeast: 1),
                            isRequired: true,
                            "A program that reads a JSON line an answer and writes one; kept alive.",
                            example: "[python3, tone.py]")
                    ] + customKeys),
                .keys(
                    [
                        KeyDefinition(
                            "url", .text(.url), isRequired: true,
                            "An address that takes a JSON body an answer by POST.",
                            example: "http://127.0.0.1:9000/tone"),
                        KeyDefinition(
                            "headers", .names(words: [], what: "header", .text(.secretive)), default: "{}",
                            "HTTP headers; secrets as ${env:NAME}, never written out.",
                            example: "{ Authorization: \"Bearer ${env:TONE_KEY}\" }"),
                    ] + customKeys),
            ])), default: "{}",
        "Metrics of your own in any language; rules write custom[NAME].",
        example: "{ tone: { command: [python3, tone.py], better: higher } }")

    private static let customKeys: [KeyDefinition] =
        scoreNature + [
            KeyDefinition(
                "timeout", .measure(.duration), default: "10s", "Time one score may take.", example: "10s"),
            KeyDefinition(
                "concurrency", .integer(1...64), default: "1 for a program, 8 for an address",
                "Answers that it scores at once.", example: "4"),
            KeyDefinition(
                "version", .text(.plain("a version")), default: "\"1\"",
                "What you say of its making: a change starts a new series of scores.", example: "\"2\""),
        ]
}
