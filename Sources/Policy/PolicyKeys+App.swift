/// How the app is reached and read.
extension PolicyKeys {
    static let app: [KeyDefinition] = [
        KeyDefinition(
            "baseline", target,
            "The version in production: an address, a target, a recording or a blessed run.",
            example: "http://127.0.0.1:8101/v1/answer"),
        KeyDefinition(
            "candidate", target, isRequired: true, "The version that wants to ship.",
            example: "http://127.0.0.1:8102/v1/answer"),
        request, headers,
        KeyDefinition(
            "observe", .keys(observe), default: "the whole answer is the text",
            "Where each part of an observation stands in the answer's JSON.",
            example: "{ text: /answer, documents: /retrieval }"),
        stream, streamText,
        KeyDefinition(
            "conversation",
            .word([
                ValueForm.Word(
                    "replay", "earlier user turns are asked, and the app's own answers carried on"),
                ValueForm.Word("given", "the recorded history is handed over as it stands"),
            ]),
            default: "replay", "How a conversation's earlier turns are had.", example: "replay"),
        KeyDefinition(
            "limits", .keys(limits), default: "{}", "Bounds on asking.",
            example: "{ concurrency: 32, timeout: 30s, retries: 2 }"),
        prices,
    ]

    static let target: ValueForm = .choice([
        .text(.url), .keys(httpTarget), .keys(openAITarget), .keys(commandTarget), .keys(recordedTarget),
        .keys(blessedTarget),
    ])

    private static let httpTarget: [KeyDefinition] = [
        KeyDefinition(
            "url", .text(.url), isRequired: true, "The app's address; may hold placeholders.",
            example: "http://127.0.0.1:8101/v1/answer"),
        KeyDefinition(
            "method",
            .word([
                ValueForm.Word("POST", "the request is sent as a JSON body"),
                ValueForm.Word("PUT", "the request is sent as a JSON body"),
                ValueForm.Word("PATCH", "the request is sent as a JSON body"),
                ValueForm.Word("GET", "no body is sent; placeholders stand in the address"),
                ValueForm.Word("DELETE", "no body is sent; placeholders stand in the address"),
            ]),
            default: "POST", "The HTTP method.", example: "POST"),
        request, headers, observeOfArm, overlay, stream, streamText, prices,
    ]

    private static let openAITarget: [KeyDefinition] = [
        KeyDefinition(
            "openai", .text(.url), isRequired: true,
            "Base address of an OpenAI-compatible API, up to and with its version.",
            example: "http://127.0.0.1:8000/v1"),
        KeyDefinition(
            "model", .text(.plain("a model's name")), isRequired: true, "The model to ask.",
            example: "gpt-4o-mini"),
        KeyDefinition(
            "system", .text(.secretive), "The system prompt.", example: "\"Answer from documents.\""),
        KeyDefinition(
            "parameters", .template, default: "{}", "Further members of the request's body.",
            example: "{ temperature: 0, max_tokens: 512 }"),
        headers, observeOfArm, overlay, stream, prices,
    ]

    private static let commandTarget: [KeyDefinition] = [
        KeyDefinition(
            "command", .list(.text(.plain("an argument")), orOne: false, atLeast: 1), isRequired: true,
            "A program that reads one JSON line a question and writes one an answer; no shell is involved.",
            example: "[python3, app.py]"),
        observeOfArm, overlay, prices,
    ]

    private static let recordedTarget: [KeyDefinition] = [
        KeyDefinition(
            "recorded", .text(.path), isRequired: true,
            "Recorded outputs as JSON Lines, relative to this file.",
            example: "outputs/v1.jsonl"),
        observeOfArm, prices,
    ]

    private static let blessedTarget: [KeyDefinition] = [
        KeyDefinition(
            "blessed", .text(.plain("a baseline's name")), isRequired: true,
            "The run that was blessed as a baseline under this name.", example: "main")
    ]

    private static let request = KeyDefinition(
        "request", .template,
        default: "{ query: \"${input.query}\", history: \"${input.history}\", session: \"${session}\" }",
        "The request's body; a text that is one placeholder, such as ${input.COLUMN}, keeps its JSON type.",
        example: "{ query: \"${input.query}\", history: \"${input.history}\" }")

    private static let headers = KeyDefinition(
        "headers", .names(words: [], what: "header", .text(.secretive)), default: "{}",
        "HTTP headers; secrets as ${env:NAME}, never written out.",
        example: "{ Authorization: \"Bearer ${env:APP_KEY}\" }")

    private static let overlay = KeyDefinition(
        "overlay", .template, default: "{}", "Members laid over this version's request alone.",
        example: "{ top_k: 5 }")

    private static let stream = KeyDefinition(
        "stream",
        .choice([.flag, .word([ValueForm.Word("auto", "the answer's content type decides")])]),
        default: "auto",
        "Whether answers come as server-sent events.", example: "auto")

    private static let streamText = KeyDefinition(
        "stream_text", .text(.pointer), "Where the piece of text stands in each event of a stream.",
        example: "/delta")

    private static let observeOfArm = KeyDefinition(
        "observe", .keys(observe), default: "app.observe",
        "Where this version's answers differ from app.observe, part by part.", example: "{ text: /reply }")

    private static let prices = KeyDefinition(
        "prices", .keys(price), "Prices of tokens, for answers that say tokens but no cost.",
        example: "{ currency: USD, input: 0.15/M, output: 0.60/M }")

    static let price: [KeyDefinition] = [
        KeyDefinition(
            "currency", .text(.currency), default: "USD", "Currency of costs (ISO 4217).", example: "USD"),
        KeyDefinition(
            "input", .measure(.price), isRequired: true, "Price of input tokens.", example: "0.15/M"),
        KeyDefinition(
            "cached_input", .measure(.price), default: "that of input", "Price of cached input tokens.",
            example: "0.075/M"),
        KeyDefinition(
            "output", .measure(.price), isRequired: true, "Price of output tokens.", example: "0.60/M"),
    ]

    /// JSON Pointers into the answer, by part of the observation.
    static let observe: [KeyDefinition] = [
        pointer("text", "The answer's text.", "/answer"),
        pointer("intent", "The intent that was chosen.", "/routing/intent"),
        pointer("confidence", "The app's own confidence.", "/routing/confidence"),
        pointer("score", "A score that is the app's product.", "/score"),
        pointer("label", "The band or class that the app put on its score.", "/label"),
        pointer("documents", "What was retrieved, best first: [{id, score, text}].", "/retrieval"),
        pointer("guardrail", "What the guardrail did: {outcome, reason}.", "/guardrail"),
        pointer("usage", "Tokens and cost.", "/usage"),
        pointer("stages", "The app's own stages in order, with milliseconds.", "/timings"),
        pointer("tools", "Tool calls with name and arguments.", "/tool_calls"),
        pointer(
            "logprobs", "Natural logarithms of the tokens' probabilities: numbers, or OpenAI's {content}.",
            "/choices/0/logprobs"),
        pointer("versions", "Versions the app ran with, by name.", "/versions"),
        pointer("session", "The session to carry on in the next turn.", "/session_id"),
        KeyDefinition(
            "values", .names(words: [], what: "value", .text(.pointer)), default: "{}",
            "Further numbers, by a name of your own.", example: "{ toxicity: /scores/toxicity }"),
    ]

    private static func pointer(_ name: String, _ summary: String, _ example: String) -> KeyDefinition {
        KeyDefinition(name, .text(.pointer), summary, example: example)
    }

    private static let limits: [KeyDefinition] = [
        KeyDefinition(
            "concurrency", .integer(1...4096), default: "16", "Questions in flight at once.", example: "32"),
        KeyDefinition(
            "timeout", .measure(.duration), default: "30s", "Time one attempt may take.", example: "30s"),
        KeyDefinition(
            "total_timeout", .measure(.duration), default: "120s",
            "Time one example may take with all its turns, attempts and waits.", example: "2m"),
        KeyDefinition(
            "retries", .integer(0...100), default: "2", "Attempts after a first failure.", example: "2"),
        KeyDefinition(
            "rate", .measure(.rate), default: "as the app's own rate limits say", "Most requests in a time.",
            example: "20/s"),
        KeyDefinition(
            "repeats", .integer(1...1000), default: "1", "How often each example is asked.", example: "3"),
        KeyDefinition(
            "cache", .flag, default: "false",
            "Whether unchanged questions are answered from the cache; only where `versions` name all that shapes an answer.",
            example: "false"),
        KeyDefinition(
            "cache_age", .measure(.duration), default: "24h", "Age beyond which a cached answer is not used.",
            example: "6h"),
        KeyDefinition(
            "cache_size", .measure(.size), default: "1GiB",
            "Bytes on disk beyond which the cache lets go of its oldest answers.", example: "200MB"),
        KeyDefinition(
            "answer_size", .measure(.size), default: "16MiB", "Bytes beyond which an answer is refused.",
            example: "1MB"),
    ]
}
