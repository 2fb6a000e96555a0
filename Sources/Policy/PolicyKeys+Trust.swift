import Domain

/// What a policy may reach, who may approve its loosening, and which gates are let pass for a while.
extension PolicyKeys {
    static let trust = KeyDefinition(
        "trust",
        .keys([
            KeyDefinition(
                "hosts", .list(.text(.plain("a host")), orOne: false, atLeast: 0), default: "not restricted",
                "Hosts that may be called: a name or address, with a port where only that one is meant, or "
                    + "'*.' before a name for all under it.",
                example: "[\"127.0.0.1:8101\", api.example.com]"),
            KeyDefinition(
                "env", .list(.text(.plain("a variable's name")), orOne: false, atLeast: 0),
                default: "not restricted", "Environment variables that may be read for ${env:NAME}.",
                example: "[APP_KEY]"),
            KeyDefinition(
                "commands",
                .list(
                    .list(.text(.plain("an argument")), orOne: true, atLeast: 1), orOne: false, atLeast: 0),
                default: "not restricted",
                "Command lines that may be run, each whole: the program and every argument.",
                example: "[[python3, app.py]]"),
            KeyDefinition(
                "approvers", .list(.text(.plain("a person")), orOne: false, atLeast: 0),
                default: "anybody but the author",
                "Who may approve that a change loosens this policy, as the code host names them.",
                example: "[ada, grace]"),
        ]),
        default: "{}",
        "What the policy may reach, and who may approve that it is loosened; see docs/trust.md.",
        example: "{ hosts: [api.example.com], env: [APP_KEY], approvers: [ada] }")

    static let waivers = KeyDefinition(
        "waivers",
        .list(
            .keys([
                KeyDefinition(
                    "gate", .text(.rule), isRequired: true, "The rule that is let pass, as it is written.",
                    example: "\"latency.p95 <= 3500ms\""),
                KeyDefinition(
                    "owner", .text(.plain("a person or team")), isRequired: true, "Who answers for it.",
                    example: "search team"),
                KeyDefinition(
                    "why", .text(.plain("a reason")), isRequired: true, "Why it may fail for now.",
                    example: "the index is being rebuilt"),
                KeyDefinition(
                    "until", .text(.plain("a date, YYYY-MM-DD")), isRequired: true,
                    "The last day on which it counts, in UTC.", example: "2027-01-31"),
            ]), orOne: false, atLeast: 0),
        default: "[]",
        "Gates that may fail for a while, each with an owner, a reason and an end; shown in every report.",
        example:
            "[{ gate: \"latency.p95 <= 3500ms\", owner: search team, why: rebuild, until: \"2027-01-31\" }]")
}
