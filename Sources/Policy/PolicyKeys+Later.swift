/// Keys whose parts are not built yet. They are whole in the schema, checked in form, and refused with
/// *not available yet*, so that a policy written for tomorrow is told apart from a mistyped one.
extension PolicyKeys {
    static let later: [KeyDefinition] = [
        later(
            "shadow",
            .keys([
                key("sample", .measure(.share), "Share of live requests to copy.", "10%"),
                key("requests", .integer(1...Int64.max), "Pairs to gather before the verdict.", "5000"),
                key("duration", .measure(.duration), "Time to gather them in.", "24h"),
                key(
                    "noise_floor", .flag, "Whether production is asked twice, as the floor for differences.",
                    "true"),
                key("gates", gateList, "Rules over live pairs.", "[intent_accuracy not worse than baseline]"),
                key(
                    "by", names("a column's name"), "What the comparison is broken down by.",
                    "[intent, locale]"),
            ]),
            "Comparison on copies of live requests.", "{ sample: 10%, requests: 5000 }"),
        later(
            "canary", .keys(canary), "The staged release to live users.",
            "{ stages: [1%, 10%, 50%], sticky: header X-User-ID, hold: 30m }"),
        later(
            "monitor",
            .keys([
                key(
                    "anchors",
                    .keys([
                        key("dataset", .text(.path), "Anchor pairs, asked every night.", "anchors.jsonl"),
                        key("drop", .number(0...1), "Cumulative drop that alerts.", "0.03"),
                    ]), "Nightly anchor pairs against the blessed baseline.",
                    "{ dataset: anchors.jsonl, drop: 0.03 }"),
                key(
                    "drift", names("a column or metric"), "What is watched for drift.", "[intent, confidence]"
                ),
                key("trends", names("a metric"), "Metrics watched by control charts.", "[confidence, cost]"),
                key(
                    "slo", .names(words: [], what: "metric", .measure(.share)), "Objectives over 30 days.",
                    "{ errors: 99.5% }"),
                key("window", .measure(.duration), "Length of a comparison window.", "7d"),
                key("gates", gateList, "Rules over windows of live traffic.", "[latency.p95 <= 4s]"),
            ]),
            "What is watched after the release.", "{ slo: { errors: 99.5% } }"),
        later(
            "audit",
            .keys([
                key("sample", .integer(1...Int64.max), "Items to draw.", "200"),
                key("every", .measure(.duration), "How often.", "7d"),
                key("strata", names("a column's name"), "What to stratify by.", "[queue]"),
                key("raters", .integer(1...20), "People who label each item.", "2"),
                key("codebook", .text(.path), "The guideline beside the item.", "codebook.md"),
            ]),
            "Samples for human labels.", "{ sample: 200, every: 7d }"),
        later(
            "redaction",
            .keys([
                key("headers", names("a header's name"), "Headers to redact.", "[Authorization]"),
                key(
                    "fields", .list(.text(.pointer), orOne: false, atLeast: 0), "Fields to redact.",
                    "[/user/mail]"),
                key(
                    "patterns", names("mail, phone, card, keys or a pattern"), "Patterns to redact.",
                    "[mail, phone]"),
            ]),
            "What is removed before anything is stored or sent.", "{ headers: [Authorization] }"),
        later(
            "notify",
            .list(
                .keys([
                    key("slack", .text(.secretive), "A Slack webhook.", "\"${env:SLACK_WEBHOOK}\""),
                    key("webhook", .text(.secretive), "Any webhook.", "\"${env:HOOK}\""),
                    key("alertmanager", .text(.url), "An Alertmanager.", "http://127.0.0.1:9093"),
                    key("jira", .text(.url), "A Jira.", "https://jira.example.com"),
                    key(
                        "on",
                        .list(
                            .word([
                                word("block", "a blocked change"), word("cannot_tell", "an open verdict"),
                                word("rollback", "a rollback"), word("drift", "an alarm of monitoring"),
                            ]), orOne: true,
                            atLeast: 1), "What is told.", "[block, rollback]"),
                ]), orOne: false, atLeast: 1),
            "Who is told of what.", "[{ webhook: \"${env:HOOK}\", on: [block] }]"),
    ]

    private static let canary: [KeyDefinition] = [
        key(
            "stages", .list(.measure(.share), orOne: false, atLeast: 1), "Shares of users, in order.",
            "[1%, 10%, 50%]"),
        key(
            "sticky", .text(.plain("header NAME, cookie NAME, field POINTER or address")),
            "What a user is known by.", "header X-User-ID"),
        key("hold", .measure(.duration), "Least time of a stage.", "30m"),
        key("feedback", .measure(.duration), "Time to wait for late outcomes.", "2h"),
        key(
            "tolerance", .list(.number(1...1000), orOne: false, atLeast: 1),
            "Ratio of harm tolerated at each stage.",
            "[10, 3, 1.5]"),
        key(
            "harm",
            .keys([
                key(
                    "metrics", names("a metric"), isRequired: true, "What counts as harm.",
                    "[errors, slow, validation]"),
                key("alpha", .number(0...0.5), "Chance of a false alarm over the whole release.", "0.01"),
                key("ratio", .number(1...100), "Ratio of harm that is tolerated.", "1.1"),
            ]), "Harm that rolls back on evidence.", "{ metrics: [errors, slow], alpha: 0.01 }"),
        key("limits", gateList, "Hard limits that shut at once.", "[errors <= 5%]"),
        key("lease", .measure(.duration), "Silence after which gateways return to production.", "30s"),
        key("approve", names("a stage or person"), "Stages that a person must release.", "[50%]"),
        key(
            "kpi",
            .keys([
                key(
                    "parts",
                    .names(
                        words: [], what: "metric",
                        .choice([
                            .measure(.share),
                            .keys([
                                key(
                                    "weight", .measure(.share), isRequired: true,
                                    "Share of the part in the whole.", "25%"),
                                key("better", .word(directionWords), "Which way is good.", "lower"),
                                key("from", .measure(.quantity), "The value that counts as 0.", "5s"),
                                key("to", .measure(.quantity), "The value that counts as 1.", "0s"),
                            ]),
                        ])), isRequired: true, "Metrics that make up the indicator.",
                    "{ accuracy: 60%, sla_hit: 40% }"),
                key(
                    "floors", .names(words: [], what: "metric", .measure(.quantity)),
                    "Least value of a part.",
                    "{ sla_hit: 0.90 }"),
                key("bands", .keys(kpiBands), "Go, hold, and below: roll back.", "{ go: 0.85, hold: 0.80 }"),
                key("by", names("a column's name"), "What it is also computed by.", "[queue, urgency]"),
            ]), "A weighted indicator of the business.", "{ parts: { accuracy: 60%, sla_hit: 40% } }"),
    ]

    private static let gateList = ValueForm.list(.gate, orOne: false, atLeast: 1)

    private static func names(_ what: String) -> ValueForm {
        .list(.text(.plain(what)), orOne: false, atLeast: 0)
    }

    private static func word(_ text: String, _ summary: String) -> ValueForm.Word {
        ValueForm.Word(text, summary)
    }

    private static func key(
        _ name: String, _ form: ValueForm, isRequired: Bool = false, _ summary: String, _ example: String
    ) -> KeyDefinition {
        KeyDefinition(name, form, isRequired: isRequired, summary, example: example)
    }

    private static func later(
        _ name: String, _ form: ValueForm, _ summary: String, _ example: String
    ) -> KeyDefinition {
        KeyDefinition(name, form, summary, example: example, availability: .notYet)
    }
}
