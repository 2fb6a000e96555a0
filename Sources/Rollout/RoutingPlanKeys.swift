import Policy

/// The keys of a plan: reader, did-you-mean and the table in the docs come from them.
public enum RoutingPlanKeys {
    public static let root: [KeyDefinition] =
        [
            key(
                "plan", .integer(1...Int64.max), isRequired: true,
                "The plan's number, which counts up; a blown fuse stays blown until it changes.", "7"),
            key("release", text("a name"), default: "release", "What is being released.", "refund-bot-3.2"),
            key("stage", text("a name"), "The stage of the release, as reports call it.", "canary-1"),
            key(
                "production", backend, isRequired: true,
                "Where production listens: an address, or a mapping.",
                "http://127.0.0.1:8101"),
            key("candidate", backend, "Where the candidate listens.", "http://127.0.0.1:8102"),
            key(
                "split", .keys(split), "Who meets the candidate.",
                "{ share: 1%, by: [header X-User-ID, client] }"
            ),
            key(
                "announce", text("a header's name"), "The response header that says which arm answered.",
                "X-Sluice-Arm"),
            key(
                "override",
                .keys([
                    key(
                        "header", text("a header's name"), default: "X-Sluice-Override", "The header.",
                        "X-Tester"
                    ),
                    key(
                        "secret", .text(.secretive), isRequired: true,
                        "The key of the signatures, by the variable that holds it.",
                        "\"${env:SLUICE_OVERRIDE_KEY}\""),
                ]),
                "Testers choose their arm by a signed header.", "{ secret: \"${env:SLUICE_OVERRIDE_KEY}\" }"),
            key(
                "fallback",
                .keys([
                    key(
                        "on",
                        .word([
                            .init("never", "the client gets what the candidate gave"),
                            .init("failures", "where the candidate gave no answer"),
                            .init("errors", "where it gave none, or a status of 500 and above"),
                        ]), default: "failures", "When production answers in the candidate's place, once.",
                        "errors"),
                    key(
                        "body", .measure(.size), default: "64KiB",
                        "How much of a streamed request is kept for it; with a longer one there is no fallback.",
                        "256KiB"),
                ]), "What a failing candidate's users get.", "{ on: errors }"),
            key(
                "mirror", .keys(mirror), "What is copied to the candidate.",
                "{ share: 10%, methods: [POST], paths: [/v1/*] }"),
            key(
                "fuse", .choice([.word([.init("none", "nothing is watched")]), .keys(fuse)]),
                "The hard limits that shut the candidate out; errors at 5% where left out.", "{ errors: 5% }"),
            key(
                "lease", .measure(.duration),
                "How long the control plane may be silent before everybody gets production.", "30s"),
        ] + live

    private static let backend = ValueForm.choice([
        .text(.url),
        .keys([
            key("url", .text(.url), isRequired: true, "Scheme, host and port.", "https://app.internal:8443"),
            key("connect", .measure(.duration), default: "5s", "Until it is connected, TLS included.", "2s"),
            key("first_byte", .measure(.duration), default: "120s", "Until its answer begins.", "30s"),
            key("pause", .measure(.duration), default: "60s", "Between two pieces of an answer.", "20s"),
            key("total", .measure(.duration), "Until its answer ends.", "10m"),
            key(
                "connections", .integer(1...65_536), default: "1024", "Connections of each event loop.",
                "64"),
            key("authorities", .text(.path), "A PEM file with the authorities that are believed.", "ca.pem"),
            key("server_name", text("a host's name"), "The name its certificate must carry.", "app.internal"),
        ]),
    ])

    private static let split: [KeyDefinition] = [
        key("share", .measure(.share), default: "0%", "The candidate's part, in steps of 0.01 %.", "1%"),
        key(
            "by", .list(text("a source"), orOne: true, atLeast: 1), default: "client",
            "What names the sender: the first of these that a request has.",
            "[header X-User-ID, cookie sid, json /user/id, client]"),
        key(
            "keyless",
            .word([
                .init("production", "it gets production"),
                .init("deal", "each such request is dealt on its own"),
            ]), default: "production", "What becomes of a request that has none of them.", "deal"),
        key("salt", text("a salt"), "Another salt deals anew; the release's name where left out.", "spring"),
        key(
            "when",
            .keys([
                key(
                    "paths", .list(.text(.path), orOne: true, atLeast: 1),
                    "Any of these; `*` is any stretch.", "[/v1/*]"),
                key("methods", .list(text("a method"), orOne: true, atLeast: 1), "Any of these.", "[POST]"),
                key(
                    "headers", .names(words: [], what: "header", text("a value")),
                    "All of these have the value; `*` is any.", "{ X-Tenant: acme }"),
                key(
                    "locales", .list(text("a language tag"), orOne: true, atLeast: 1),
                    "`Accept-Language` prefers one of these.", "[de, en-GB]"),
            ]), "Which requests the candidate may see.", "{ paths: [/v1/*], methods: [POST] }"),
    ]

    private static let mirror: [KeyDefinition] = [
        key(
            "share", .measure(.share), isRequired: true,
            "Part of the keys, from the other end than the split's.", "10%"),
        key(
            "methods", .list(text("a method"), orOne: true, atLeast: 1), isRequired: true, "Only these.",
            "[POST]"),
        key(
            "paths", .list(.text(.path), orOne: true, atLeast: 1), isRequired: true, "Only these.", "[/v1/*]"),
        key("rate", .measure(.rate), "Copies a second at most.", "50/s"),
        key("queue", .integer(1...65_536), default: "256", "Copies that wait at most.", "256"),
        key("concurrency", .integer(1...4096), default: "32", "Copies under way at most.", "32"),
        key(
            "body", .measure(.size), default: "256KiB", "Requests with longer bodies are not copied.", "1MiB"),
        key(
            "timeout", .measure(.duration), default: "60s", "From a copy's sending to its answer's end.",
            "30s"),
        key(
            "credentials",
            .choice([
                .word([.init("keep", "as they came"), .init("strip", "left out")]),
                .names(words: [], what: "header", .text(.secretive)),
            ]), default: "strip",
            "`Authorization`, `Cookie` and their likes: kept, left out, or replaced by these fields.",
            "{ Authorization: \"Bearer ${env:SHADOW_TOKEN}\" }"),
        key(
            "control", .flag, default: "false", "Whether production gets a second copy: the noise floor.",
            "true"),
    ]

    private static let fuse: [KeyDefinition] = [
        key("errors", .measure(.share), default: "5%", "Failures, and statuses of 500 and above.", "5%"),
        key("throttling", .measure(.share), "Statuses of 429.", "10%"),
        key("validation", .measure(.share), "Answers that are not valid (`validation`).", "5%"),
        key("first_token", .keys(slow), "First tokens that come late.", "{ above: 2s, share: 20% }"),
        key("latency", .keys(slow), "Answers that end late.", "{ above: 10s, share: 20% }"),
        key(
            "consecutive", .integer(0...1_000_000), default: "50",
            "Failures in a row while nobody else was answered well; 0 for no such limit.", "50"),
    ]

    private static let slow: [KeyDefinition] = [
        key("above", .measure(.duration), isRequired: true, "What counts as late.", "2s"),
        key("share", .measure(.share), isRequired: true, "How much of it is still allowed.", "20%"),
    ]

    static func text(_ what: String) -> ValueForm { .text(.plain(what)) }

    static func key(
        _ name: String, _ form: ValueForm, isRequired: Bool = false, default defaultText: String? = nil,
        _ summary: String, _ example: String
    ) -> KeyDefinition {
        KeyDefinition(
            name, form, isRequired: isRequired, default: defaultText, summary, example: example)
    }
}
