/// Ways through the whole system, for `sluice journey`.
extension PolicyKeys {
    static let journey = KeyDefinition(
        "journey", .names(words: [], what: "journey", .list(.keys(step), orOne: false, atLeast: 1)),
        default: "{}",
        "Ways through the whole system before production, each as steps: act, wait, assert, clean up.",
        example:
            "{ ticket: [{ name: open, act: { url: \"http://127.0.0.1:8101/v1/tickets\", json: { query: x } } }] }"
    )

    private static let step: [KeyDefinition] = [
        KeyDefinition(
            "name", .text(.plain("a name")), isRequired: true,
            "What the step is called; later steps take '${NAME.answer.id}' of its first answer.",
            example: "open"),
        KeyDefinition(
            "act", .keys(look), "A request that changes something.",
            example: "{ method: POST, url: \"http://127.0.0.1:8101/v1/tickets\", json: { query: x } }"),
        KeyDefinition(
            "wait", .keys(wait), "A request that is repeated until its conditions hold.",
            example: "{ url: \"http://127.0.0.1:8101/v1/tickets/1\", until: /state == answered }"),
        KeyDefinition(
            "assert", .choice([.keys(check), .list(.keys(check), orOne: false, atLeast: 1)]),
            "Looks at one system or several, each with what must hold.",
            example: "{ url: \"http://127.0.0.1:8101/healthz\", expect: /status == ok }"),
        KeyDefinition(
            "clean_up", .keys(cleanUp),
            "What undoes the step: made in any case, in reverse order, after 'kill -9' on the next start. "
                + "404 and 410 mean that it is gone already.",
            example: "{ url: \"http://127.0.0.1:8101/v1/tickets/1\" }"),
    ]

    private static func method(_ usual: String) -> KeyDefinition {
        KeyDefinition(
            "method",
            .word(
                ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"].map {
                    ValueForm.Word($0, "the HTTP method")
                }),
            default: usual, "The HTTP method.", example: usual)
    }

    private static let request: [KeyDefinition] = [
        KeyDefinition(
            "url", .text(.plain("an address; values put in are percent-encoded")), isRequired: true,
            "The address; may hold placeholders.", example: "\"http://127.0.0.1:8101/v1/tickets/${id}\""),
        KeyDefinition(
            "headers", .names(words: [], what: "header", .text(.secretive)), default: "{}",
            "HTTP headers; secrets as '${env:NAME}'.",
            example: "{ Authorization: \"Bearer ${env:DESK_KEY}\" }"),
        KeyDefinition(
            "json", .anything, "A JSON body; a text that is one placeholder takes the value's own type.",
            example: "{ query: \"is the VPN down? ${unique}\" }"),
        KeyDefinition(
            "form", .names(words: [], what: "field", .text(.plain("a value"))), "A form's body.",
            example: "{ subject: \"${unique}\" }"),
        KeyDefinition("body", .text(.plain("a body")), "A body of text.", example: "\"ping ${unique}\""),
        KeyDefinition(
            "timeout", .measure(.duration), default: "app.limits.timeout", "How long one answer may take.",
            example: "5s"),
    ]

    private static let capture = KeyDefinition(
        "capture",
        .names(
            words: [], what: "captured value", .text(.plain("[secret] POINTER, header NAME, status or text"))),
        default: "{}",
        "Values to keep of the answer, as '${NAME}' in what follows; '~ PATTERN' keeps a part, 'secret' keeps it "
            + "out of reports and files.",
        example: "{ id: /id, token: secret /token, number: \"header Location ~ [0-9]+$\" }")

    private static let expect = KeyDefinition(
        "expect", .list(.text(.plain("a condition")), orOne: true, atLeast: 1), default: "any 2xx",
        "What must hold of the answer.", example: "[status == 201, /state exists]")

    private static let look = [method("POST")] + request + [expect, capture]

    private static let check: [KeyDefinition] =
        [method("GET")] + request + [
            KeyDefinition(
                "expect", .list(.text(.plain("a condition")), orOne: true, atLeast: 1), isRequired: true,
                "What must hold of the answer.", example: "[status == 200, /state == answered]"),
            capture,
        ]

    private static let wait: [KeyDefinition] =
        [method("GET")] + request.filter { $0.name != "timeout" } + [
            KeyDefinition(
                "until", .list(.text(.plain("a condition")), orOne: true, atLeast: 1), isRequired: true,
                "What must hold before the journey goes on.", example: "[/state == answered]"),
            KeyDefinition(
                "timeout", .measure(.duration), default: "30s", "How long it may take.", example: "30s"),
            KeyDefinition(
                "every", .measure(.duration), default: "500ms", "Time from one look to the next.",
                example: "500ms"),
            capture,
        ]

    private static let cleanUp: [KeyDefinition] =
        [method("DELETE")] + request + [
            KeyDefinition(
                "find", .keys([method("GET")] + request + [findCapture]),
                "How to find what the request needs where the step's own answer never came.",
                example:
                    "{ url: \"http://127.0.0.1:8101/v1/tickets?marker=${unique}\", capture: { id: /tickets/0/id } }"
            )
        ]

    private static let findCapture = KeyDefinition(
        "capture", capture.form, isRequired: true,
        "Values of that answer; where they are not there, nothing is left to undo.",
        example: "{ id: /tickets/0/id }")
}
