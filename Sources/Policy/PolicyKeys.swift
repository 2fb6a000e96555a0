import Domain

/// The whole table of keys of a policy file. Kept in the order in which a reader wants to meet them.
public enum PolicyKeys {
    public static let root: [KeyDefinition] =
        [
            KeyDefinition(
                "version", .constant(1), isRequired: true, "The form of this file.", example: "1"),
            KeyDefinition(
                "project", .text(.plain("a name")), isRequired: true,
                "What reports, ledger and pull-request comments call this app.", example: "helpdesk"),
            KeyDefinition(
                "preset", .word(Preset.all.map { ValueForm.Word($0.name, $0.summary) }),
                "Metrics and gates with the field's default thresholds; the file's own rules win.",
                example: "rag"),
            KeyDefinition(
                "app", .keys(app), isRequired: true, "How both versions of the app are asked and read.",
                example:
                    "{ baseline: http://127.0.0.1:8101/answer, candidate: http://127.0.0.1:8102/answer }"
            ),
            KeyDefinition(
                "dataset", .list(.text(.path), orOne: true, atLeast: 1),
                "The golden set: a folder, a file of JSON Lines, or a list of them, relative to this file. "
                    + "'eval' wants one, 'shadow' none.",
                example: "golden/"),
            frozen,
            KeyDefinition(
                "metrics", .list(.metric, orOne: false, atLeast: 0), default: "[]",
                "What is measured and shown, gated or not; a gate's metric joins by itself.",
                example: "[intent_accuracy, recall@3, schema: schemas/answer.json]"),
            KeyDefinition(
                "gates", .list(.gate, orOne: false, atLeast: 0), default: "[]",
                "Rules that must all hold before a change may ship.",
                example: "[intent_accuracy >= 0.90, latency.p95 <= 3500ms]"),
            KeyDefinition(
                "changes", .names(words: changeKinds.map(\.text), what: "kind of change", .keys(change)),
                default: "{}",
                "Further gates for kinds of change; kinds take the union, and the strictest rule wins.",
                example: "{ guardrail: { gates: [under_blocked == 0] } }"),
            KeyDefinition(
                "unsure", .word(unsureWords), default: "continue where a later layer is required, else ask",
                "What an undecided gate leads to.", example: "ask"),
            KeyDefinition(
                "slices", .list(.text(.plain("a column's name")), orOne: false, atLeast: 0), default: "[]",
                "Columns of the data set (or category, tags, turn_count) by which results are broken down.",
                example: "[intent, locale, turn_count]"),
            KeyDefinition(
                "layers",
                .names(
                    words: changeKinds.map(\.text), what: "kind of change",
                    .list(.word(layerWords), orOne: false, atLeast: 1)),
                default: "{}",
                "Layers that each kind of change must pass; kinds not named require the golden gate.",
                example: "{ prompt: [golden, shadow, canary] }"),
            KeyDefinition(
                "catalogues",
                .names(
                    words: [], what: "catalogue",
                    .list(.text(.plain("an accepted text")), orOne: false, atLeast: 1)),
                default: "{}", "Named lists of accepted texts, for required and prohibited elements.",
                example: "{ products: [Basic, Plus] }"),
            KeyDefinition(
                "estimand",
                .word([
                    ValueForm.Word("population", "the examples stand for more traffic like them"),
                    ValueForm.Word("this set", "these examples are all that matters"),
                ]),
                default: "population", "What the examples stand for.", example: "population"),
            KeyDefinition(
                "confidence", .measure(.share), default: "95%",
                "One-sided confidence of every bound, above 50 % and below 100 %.", example: "95%"),
            KeyDefinition(
                "seed", .integer(0...Int64.max), default: "1", "Seed of every resampling.", example: "1"),
            KeyDefinition(
                "unmeasured", .measure(.share), default: "5%",
                "Share of examples that may go unmeasured before the verdict is CANNOT TELL.", example: "5%"),
            upkeep,
            growth,
            sweep,
            contract,
            journey,
            unfed,
            trust,
            waivers,
            external,
            composite,
            custom,
            ledger,
            embedding,
            judge,
        ] + later

    static let change: [KeyDefinition] = [
        KeyDefinition(
            "gates", .list(.gate, orOne: false, atLeast: 1), isRequired: true,
            "Rules that hold for this kind of change, on top of the policy's own.",
            example: "[under_blocked == 0]")
    ]

    /// A gate written as a mapping.
    static let gate: [KeyDefinition] = [
        KeyDefinition(
            "rule", .text(.rule), isRequired: true, "The rule itself.", example: "\"latency.p95 <= 3500ms\""),
        KeyDefinition(
            "unsure", .word(unsureWords), "This gate's own answer to being undecided.", example: "ask"),
        KeyDefinition(
            "owner", .text(.plain("a person or team")), "Who answers for the threshold.",
            example: "search team"),
        KeyDefinition(
            "why", .text(.plain("a reason")), "Why the threshold is what it is.",
            example: "promised in the contract"),
        KeyDefinition(
            "approved_by", .text(.plain("a person")), "Who approved the threshold.", example: "J. Doe"),
        KeyDefinition(
            "review", .text(.plain("a date, YYYY-MM-DD")), "When the threshold is to be looked at again.",
            example: "2027-01-31"),
    ]

    /// The parameter of the metric `kpi`.
    static let kpi: [KeyDefinition] = [
        KeyDefinition(
            "parts", .names(words: [], what: "metric", .keys(kpiPart)), isRequired: true,
            "Metrics that make up the indicator; their weights sum to 100 %.",
            example: "{ intent_accuracy: { weight: 100%, better: higher, from: 0, to: 1 } }"),
        KeyDefinition(
            "floors", .names(words: [], what: "metric", .measure(.quantity)), default: "{}",
            "Value that a part must reach whatever the whole says (a ceiling where lower is better).",
            example: "{ intent_accuracy: 0.80 }"),
        KeyDefinition(
            "bands", .keys(kpiBands),
            "From where the indicator says go, and from where hold; below: roll back.",
            example: "{ go: 0.85, hold: 0.80 }"),
    ]

    static let kpiPart: [KeyDefinition] = [
        KeyDefinition(
            "weight", .measure(.share), isRequired: true, "Share of the part in the whole.", example: "40%"),
        KeyDefinition(
            "better", .word(directionWords), isRequired: true, "Which way is good.", example: "higher"),
        KeyDefinition(
            "from", .measure(.quantity), isRequired: true, "The value that counts as 0.", example: "5s"),
        KeyDefinition(
            "to", .measure(.quantity), isRequired: true, "The value that counts as 1.", example: "0s"),
    ]

    static let kpiBands: [KeyDefinition] = [
        KeyDefinition("go", .measure(.share), isRequired: true, "Go from here on.", example: "0.85"),
        KeyDefinition("hold", .measure(.share), isRequired: true, "Hold from here on.", example: "0.80"),
    ]

    static let directionWords = [
        ValueForm.Word("higher", "a higher value is better"),
        ValueForm.Word("lower", "a lower value is better"),
    ]

    static let unsureWords = [
        ValueForm.Word("continue", "on to the next required layer, as a named reservation"),
        ValueForm.Word("ask", "a person decides"),
        ValueForm.Word("fail", "as if it had failed"),
    ]

    static let changeKinds: [ValueForm.Word] = ChangeKind.allCases.map {
        ValueForm.Word($0.rawValue, "a change of the \($0.rawValue)")
    }

    static let layerWords = [
        ValueForm.Word("golden", "replay of the golden set"),
        ValueForm.Word("shadow", "live requests copied to the candidate, unseen by users"),
        ValueForm.Word("canary", "a small share of users, judged continuously"),
        ValueForm.Word("monitor", "drift, budgets and audits after the release"),
    ]
}
