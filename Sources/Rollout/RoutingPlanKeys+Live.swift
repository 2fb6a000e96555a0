import Policy

/// The keys that say what is seen, kept and told of the traffic.
extension RoutingPlanKeys {
    static let live: [KeyDefinition] = [
        key(
            "validation",
            .keys([
                key(
                    "paths", .list(.text(.path), orOne: true, atLeast: 1),
                    "Requests whose answers are looked at; `*` is any stretch.", "[/v1/answer]"),
                key("json", .flag, default: "false", "Whether an answer must be JSON.", "true"),
                key(
                    "schema", .choice([.text(.path), .template]),
                    "A JSON Schema that it must fit: a file, or the schema itself.", "answer.schema.json"),
                key(
                    "required", .list(.text(.pointer), orOne: true, atLeast: 1),
                    "Places that must hold something.", "[/answer, /intent]"),
                key("not_empty", .flag, default: "false", "Whether it must hold some text.", "true"),
            ]), "What a valid answer is, for the fuse and for the counts.",
            "{ json: true, required: [/answer] }"),
        key(
            "slices", .names(words: [], what: "slice", text("a source")),
            "Labels by which requests are counted apart.",
            "{ locale: locale, tenant: header X-Tenant, intent: json /intent }"),
        key("capture", .keys(capture), "What is kept of the requests.", "{ share: 10%, body: 16KiB }"),
        key(
            "notify",
            .keys([
                key(
                    "url", .text(.secretive), isRequired: true, "Where word is posted to.",
                    "https://hooks.internal/sluice"),
                key(
                    "secret", .text(.secretive), "The key of the signatures, by the variable that holds it.",
                    "\"${env:SLUICE_NOTIFY_KEY}\""),
                key(
                    "on",
                    .list(
                        .word([
                            .init("fuse", "a fuse blew"), .init("lease", "the lease ended, or was renewed"),
                            .init("mirror", "nothing is copied although it should, or copies go again"),
                            .init("capture", "exchanges cannot be kept, or are kept again"),
                            .init("plan", "a plan was refused"),
                        ]), orOne: true, atLeast: 1), "What is told; everything where left out.",
                    "[fuse, lease]"),
            ]), "Who is told of what the gateway does by itself.",
            "{ url: \"https://hooks.internal/sluice\" }"),
        key(
            "forwarded",
            .choice([
                client,
                .keys([
                    key(
                        "client", client, default: "append", "`X-Forwarded-For`, `X-Forwarded-Proto`.",
                        "replace"),
                    key("standard", .flag, default: "false", "Whether `Forwarded` says it too.", "true"),
                    key("via", text("a name"), "This hop's name in `Via`; none where left out.", "sluice"),
                ]),
            ]), default: "append", "What the arms are told of the client.", "replace"),
    ]

    private static let client = ValueForm.word([
        .init("append", "the connection's address behind what came"),
        .init("replace", "what came is dropped"), .init("keep", "what came, and nothing more"),
    ])

    private static let capture: [KeyDefinition] = [
        key(
            "share", .measure(.share), default: "100%",
            "Of the users; failures and events are always kept.", "10%"),
        key(
            "paths", .names(words: [], what: "path", .measure(.share)),
            "Shares of their own for paths that begin so.", "{ /v1/search: 1% }"),
        key("body", .measure(.size), default: "64KiB", "What is kept of each body.", "16KiB"),
        key(
            "types", .list(text("a media type"), orOne: true, atLeast: 1),
            "Content types whose bodies are kept; JSON, texts and forms where left out.",
            "[application/json, text/*]"),
        key(
            "redact",
            .keys([
                key(
                    "headers", .list(text("a header"), orOne: true, atLeast: 1), "Beside credentials.",
                    "[X-Customer]"),
                key(
                    "parameters", .list(text("a parameter"), orOne: true, atLeast: 1),
                    "Of queries and forms.", "[email]"),
                key(
                    "pointers", .list(.text(.pointer), orOne: true, atLeast: 1),
                    "Places in JSON; `*` is every member.", "[/user/name, /items/*/address]"),
                key(
                    "kinds", .list(text("a kind"), orOne: true, atLeast: 0),
                    "What is looked for in every text.", "[mail, phone, card, account, key]"),
                key(
                    "patterns", .names(words: [], what: "pattern", text("a pattern")),
                    "Patterns (PCRE2) of your own.", "{ order: 'ORD-[0-9]{8}' }"),
            ]), "What is never kept.", "{ pointers: [/user/name] }"),
        key(
            "fields", .names(words: [], what: "field", .text(.pointer)),
            "Parts of answers that are kept by name.", "{ intent: /routing/intent }"),
        key("slow", .measure(.duration), "An answer that ends later is an event.", "10s"),
        key("slow_first_token", .measure(.duration), "So is a first token that comes later.", "2s"),
        key(
            "guardrail", .text(.pointer), "Where an answer says what its guardrail did.", "/guardrail/outcome"
        ),
        key(
            "sync", .measure(.duration), default: "1s",
            "What is written is on the disk after so long; what the machine's power can take.", "100ms"),
        key("spool", .measure(.size), default: "1GiB", "All that waits on the disk.", "256MiB"),
    ]
}
