/// What `sluice contract` holds every deployment to.
extension PolicyKeys {
    static let contract = KeyDefinition(
        "contract",
        .keys([
            KeyDefinition(
                "schema", .text(.path), "JSON Schema of the answer's body.", example: "schemas/answer.json"),
            KeyDefinition(
                "status", .list(.integer(100...599), orOne: true, atLeast: 1), default: "any 2xx",
                "Status codes that answers may have.", example: "200"),
            KeyDefinition(
                "content_type", .list(.text(.plain("a media type")), orOne: true, atLeast: 1),
                "Media types that answers may have, without parameters.", example: "application/json"),
            KeyDefinition(
                "headers",
                .choice([
                    .list(.text(.plain("a header's name")), orOne: false, atLeast: 1),
                    .names(words: [], what: "header", .text(.plain("a pattern"))),
                ]),
                "Headers that must be there; as a mapping, with the pattern (PCRE2) of their values.",
                example: "{ X-Request-ID: \"^[0-9a-f-]{36}$\", Cache-Control: no-store }"),
            KeyDefinition(
                "bounds",
                .names(
                    words: [], what: "value",
                    .choice([.list(.number(anyNumber), orOne: false, atLeast: 2), .keys(bound)])),
                default: "{}",
                "Ranges of numbers, ends included, by a part of 'observe' (confidence, score, cost, a name of "
                    + "'values') or a JSON Pointer in which '*' is every element of a list.",
                example: "{ confidence: [0, 1], /retrieval/*/score: { at_least: 0 } }"),
            KeyDefinition(
                "labels", .choice([.keys(labels), .list(.keys(labels), orOne: false, atLeast: 1)]),
                "Labels that must agree with the score beside them.",
                example: "{ bands: { HIGH: 0.9, MEDIUM: 0.7, LOW: 0.5, TRUE NEGATIVE: 0 } }"),
            KeyDefinition(
                "latency", .choice([.measure(.duration), .keys(latency)]),
                "How long answers may take; a duration alone is for the slowest probe.",
                example: "{ p50: 300ms, max: 2s }"),
            KeyDefinition(
                "versions",
                .choice([
                    .word([ValueForm.Word("same", "whatever the app shows, the same in every answer")]),
                    .names(words: [], what: "version", .text(.plain("a version, or any"))),
                ]),
                "Versions that every answer must show; 'any' is one that is the same in all. "
                    + "Versions not named must be the same in all too.",
                example: "{ embedding: minilm-l6-v2, prompt: any }"),
            KeyDefinition(
                "probes",
                .choice([.integer(1...1000), .list(.template, orOne: false, atLeast: 1)]), default: "20",
                "How many examples of the data set to ask, always the same ones; or rows of one's own.",
                example: "[{ query: \"How do I reset my password?\" }]"),
            KeyDefinition(
                "concurrency", .integer(1...64), default: "4", "Probes in flight at once.", example: "4"),
        ]),
        "What every deployment must hold to; 'sluice contract' finds out in seconds.",
        example: "{ schema: schemas/answer.json, bounds: { confidence: [0, 1] }, latency: 2s, probes: 20 }")

    private static let anyNumber = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude

    private static let bound: [KeyDefinition] = [
        KeyDefinition("at_least", .number(anyNumber), "The smallest it may be.", example: "0"),
        KeyDefinition("at_most", .number(anyNumber), "The largest it may be.", example: "1"),
        KeyDefinition(
            "optional", .flag, default: "false", "Whether an answer may go without it.", example: "true"),
    ]

    private static let labels: [KeyDefinition] = [
        KeyDefinition(
            "bands", .names(words: [], what: "label", .number(anyNumber)), isRequired: true,
            "Each label with the lowest score that bears it; a band reaches up to where the next begins.",
            example: "{ HIGH: 0.9, MEDIUM: 0.7, LOW: 0.5, TRUE NEGATIVE: 0 }"),
        KeyDefinition(
            "label", .text(.plain("a part of observe, or a JSON Pointer")), default: "label",
            "Where the label stands.", example: "/routing/band"),
        KeyDefinition(
            "score", .text(.plain("a part of observe, or a JSON Pointer")), default: "score",
            "Where its score stands.", example: "confidence"),
    ]

    private static let latency: [KeyDefinition] =
        [KeyDefinition("max", .measure(.duration), "The slowest probe.", example: "2s")]
        + latencyPercentiles.map { name, _ in
            KeyDefinition(
                name, .measure(.duration), "That percentile of the probes (nearest rank).", example: "800ms")
        }

    static let latencyPercentiles: [(name: String, percent: Double)] = [
        ("p50", 50), ("p75", 75), ("p90", 90), ("p95", 95), ("p99", 99),
    ]
}
