import Adoption
import Notation
import Synchronization
import Testing

/// Apps that want to be asked in their own way, played by a function of what was sent.
@Suite struct SurveyTests {
    /// What an app answers, by method, path with query, and body.
    typealias App = @Sendable (_ method: String, _ target: String, _ body: JSONValue?) -> ProbeResponse

    private final class Player: Prober {
        let app: App
        let sent = Mutex<[ProbeRequest]>([])
        let waited = Mutex<[Double]>([])

        init(_ app: @escaping App) { self.app = app }

        func send(_ request: ProbeRequest) async throws(ProbeFailure) -> ProbeResponse {
            sent.withLock { $0.append(request) }
            let target = String(request.url.dropFirst("http://app".count))
            return app(request.method, target, request.body.flatMap { try? JSONValue.parse($0) })
        }

        func wait(seconds: Double) async { waited.withLock { $0.append(seconds) } }
    }

    private static func json(
        _ status: Int, _ text: String, allow: String? = nil, location: String? = nil
    ) -> ProbeResponse {
        ProbeResponse(
            status: status, type: "application/json", body: Array(text.utf8), milliseconds: 1,
            location: location, allow: allow)
    }

    private static func answer(_ question: JSONValue?) -> ProbeResponse {
        guard let text = question?.stringValue else { return json(422, #"{"detail": "no question"}"#) }
        return json(
            200,
            String(
                decoding: JSONValue.object(object("answer", .string("About \(text.count) things."))).bytes(),
                as: UTF8.self))
    }

    private static func object(_ key: String, _ value: JSONValue) -> JSONObject {
        var object = JSONObject()
        object[key] = value
        return object
    }

    private static let nothing = json(404, #"{"detail": "Not Found"}"#)

    /// FastAPI's refusal for members that are missing.
    private static func missing(_ names: [[String]]) -> ProbeResponse {
        let items = names.map { path -> JSONValue in
            [
                "type": "missing", "loc": .array((["body"] + path).map { .string($0) }),
                "msg": "Field required",
                "input": ["query": "x"],
            ]
        }
        return json(
            422, String(decoding: JSONValue.object(object("detail", .array(items))).bytes(), as: UTF8.self))
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var url = "http://app/ask"
        /// The shape in words.
        let shape: String
        /// The most requests that finding it may take.
        let most: Int
        var model: String?
        let app: App
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "a plain query", shape: "POST { query }", most: 4) { _, target, body in
            target == "/ask" ? answer(body?["query"]) : nothing
        },
        Case(name: "FastAPI that says what is missing", shape: "POST { user_question }", most: 5) {
            _, target, body in
            guard target == "/ask" else { return nothing }
            return body?["user_question"] == nil
                ? missing([["user_question"]]) : answer(body?["user_question"])
        },
        Case(name: "FastAPI with several members", shape: "POST { text, session_id, top_k }", most: 8) {
            _, target, body in
            guard target == "/ask" else { return nothing }
            if body?["text"] == nil || body?["session_id"] == nil || body?["top_k"] == nil {
                return missing([["text"], ["session_id"], ["top_k"]].filter { body?[$0[0]] == nil })
            }
            if body?["top_k"]?.intValue == nil {
                return json(
                    422,
                    #"{"detail": [{"type": "int_parsing", "loc": ["body", "top_k"], "msg": "Input should be a valid integer"}]}"#
                )
            }
            return answer(body?["text"])
        },
        Case(name: "a nested input", shape: "POST { input: { question } }", most: 8) { _, target, body in
            guard target == "/ask" else { return nothing }
            if body?["input"] == nil { return missing([["input"]]) }
            if body?["input"]?.objectValue == nil {
                return json(
                    422,
                    #"{"detail": [{"type": "dict_type", "loc": ["body", "input"], "msg": "a valid dictionary"}]}"#
                )
            }
            if body?["input"]?["question"] == nil { return missing([["input", "question"]]) }
            return answer(body?["input"]?["question"])
        },
        Case(name: "two members that both sound like it", shape: "POST { context_text, query }", most: 6) {
            _, target, body in
            guard target == "/ask" else { return nothing }
            let wanted = ["query", "context_text"].filter { body?[$0] == nil }
            return wanted.isEmpty ? answer(body?["query"]) : missing(wanted.map { [$0] })
        },
        Case(name: "no extras allowed", shape: "POST { question }", most: 6) { _, target, body in
            guard target == "/ask" else { return nothing }
            if body?["query"] != nil {
                return json(
                    422,
                    #"{"detail": [{"type": "missing", "loc": ["body", "question"], "msg": "m"}, {"type": "extra_forbidden", "loc": ["body", "query"], "msg": "m"}]}"#
                )
            }
            return answer(body?["question"])
        },
        Case(name: "words that quote the name", shape: "POST { utterance }", most: 5) { _, target, body in
            guard target == "/ask" else { return nothing }
            return body?["utterance"] == nil
                ? json(400, #"{"error": "the field 'utterance' is required"}"#) : answer(body?["utterance"])
        },
        Case(name: "a crash that names the key", shape: "POST { customer_text }", most: 5) {
            _, target, body in
            guard target == "/ask" else { return nothing }
            return body?["customer_text"] == nil
                ? json(500, #"{"error": "KeyError: 'customer_text'"}"#) : answer(body?["customer_text"])
        },
        Case(name: "silent refusals until the right name", shape: "POST { message }", most: 8) {
            _, target, body in
            guard target == "/ask" else { return nothing }
            return body?["message"] == nil ? json(400, "{}") : answer(body?["message"])
        },
        Case(name: "chat messages", shape: "POST { messages }", most: 6) { _, target, body in
            guard target == "/ask" else { return nothing }
            guard let last = body?["messages"]?[0]?["content"] else { return missing([["messages"]]) }
            return answer(last)
        },
        Case(name: "an app that answers anything, and heeds one name", shape: "POST { prompt }", most: 20) {
            _, target, body in
            guard target == "/ask" else { return nothing }
            return body?["prompt"] == nil
                ? json(200, #"{"answer": "Please ask something."}"#) : answer(body?["prompt"])
        },
        Case(name: "GET with q", shape: "GET ?q=${input.query}", most: 6) { method, target, _ in
            guard target.hasPrefix("/ask") else { return nothing }
            guard method == "GET" else { return json(405, "{}", allow: "GET, HEAD") }
            return target.hasPrefix("/ask?q=")
                ? answer(.string(String(target.dropFirst(7)))) : json(400, "{}")
        },
        Case(
            name: "an address with its question", url: "http://app/find?lang=en&term=x&q=hello",
            shape: "GET ?lang=en&term=x&q=${input.query}", most: 5
        ) { method, target, _ in
            guard method == "GET", let range = target.firstRange(of: "&q=") else { return nothing }
            return answer(.string(String(target[range.upperBound...])))
        },
        Case(name: "OpenAPI for the path", shape: "POST { history, ask_me }", most: 4) { _, target, body in
            if target == "/openapi.json" { return json(200, document("/ask")) }
            guard target == "/ask", body?["history"]?.arrayValue != nil else { return nothing }
            return answer(body?["ask_me"])
        },
        Case(
            name: "OpenAPI for another path than was given", url: "http://app",
            shape: "POST { history, ask_me }", most: 5
        ) { _, target, body in
            if target == "/openapi.json" { return json(200, document("/v2/chat")) }
            return target == "/v2/chat" ? answer(body?["ask_me"]) : nothing
        },
        Case(
            name: "OpenAI's chat at its base", url: "http://app/v1",
            shape: "OpenAI's chat completions, model m-7", most: 6
        ) { _, target, body in
            if target == "/v1/models" { return json(200, #"{"data": [{"id": "m-7"}]}"#) }
            guard target == "/v1/chat/completions", body?["model"] == "m-7" else { return nothing }
            let text = body?["messages"]?[0]?["content"]?.stringValue ?? ""
            return json(
                200,
                #"{"choices": [{"message": {"role": "assistant", "content": "So \#(text.count)."}, "finish_reason": "stop"}]}"#
            )
        },
        Case(name: "a stream", shape: "POST { query }", most: 4) { _, target, body in
            guard target == "/ask", let text = body?["query"]?.stringValue else { return nothing }
            let events =
                "data: {\"token\": \"It \"}\n\ndata: {\"token\": \"is \(text.count)\"}\n\ndata: [DONE]\n\n"
            return ProbeResponse(
                status: 200, type: "text/event-stream", body: Array(events.utf8), milliseconds: 1)
        },
        Case(name: "lines where not told to be quiet", shape: "POST { query, stream }", most: 5) {
            _, target, body in
            guard target == "/ask" else { return nothing }
            guard let text = body?["query"] else { return json(400, "{}") }
            return body?["stream"] == false ? answer(text) : json(200, "{\"a\": 1}\n{\"a\": 2}\n")
        },
        Case(name: "moved by a slash", url: "http://app/ask", shape: "POST { query }", most: 7) {
            _, target, body in
            if target == "/ask" { return json(307, "", location: "/ask/") }
            return target == "/ask/" ? answer(body?["query"]) : nothing
        },
    ]

    private static func document(_ path: String) -> String {
        """
        {"openapi": "3.1.0", "paths": {
          "/login": {"post": {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/c/L"}}}}}},
          "\(path)": {"post": {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/c/Q"}}}}}}},
         "c": {"L": {"type": "object", "required": ["password"], "properties": {"password": {"type": "string"}}},
          "Q": {"type": "object", "required": ["ask_me"], "properties": {
            "history": {"type": "array"}, "ask_me": {"type": "string"}, "debug": {"type": "boolean"}}}}}
        """
    }

    private static let samples = ["one?", "and another?", "what of a third one?"].map {
        SampleInput(query: $0)
    }

    @Test(arguments: cases) func theShapeIsFound(example: Case) async throws {
        let player = Player(example.app)
        let finding = try await Survey(player, .init(samples: SurveyTests.samples, model: example.model)).run(
            example.url)
        #expect(finding.shape.words == example.shape)
        let sent = player.sent.withLock { $0 }
        #expect(sent.count <= example.most + 2, "\(sent.map { $0.method + " " + $0.url })")
        #expect(sent.count == finding.requests)
        #expect(Set(sent.map(\.key)).count == sent.count, "each request has a key of its own")
        #expect(
            sent.allSatisfy { $0.url.hasPrefix("http://app/") || $0.url == "http://app" },
            "no other host is asked")
        #expect(finding.answers.count == 3)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let name: String
        let kind: SurveyProblem.Kind
        let words: String
        let app: App
        var testDescription: String { name }
    }

    static let refusals: [Refusal] = [
        Refusal(name: "401", kind: .denied, words: "--header") { _, _, _ in json(401, #"{"detail": "who?"}"#)
        },
        Refusal(name: "403", kind: .denied, words: "does not let") { _, _, _ in json(403, "{}") },
        Refusal(name: "404", kind: .notFound, words: "whole address") { _, _, _ in nothing },
        Refusal(name: "405", kind: .method, words: "DELETE") { _, _, _ in json(405, "{}", allow: "DELETE") },
        Refusal(name: "415", kind: .mediaType, words: "--command") { _, _, _ in json(415, "{}") },
        Refusal(name: "429", kind: .throttled, words: "too often") { _, _, _ in json(429, "{}") },
        Refusal(name: "500", kind: .broken, words: "own log") { _, _, _ in json(500, "{}") },
        Refusal(name: "a web page", kind: .html, words: "web page") { _, _, _ in
            ProbeResponse(
                status: 200, type: "text/html", body: Array("<html>hi</html>".utf8), milliseconds: 1)
        },
        Refusal(name: "nothing at all", kind: .empty, words: "with nothing") { _, _, _ in json(200, "") },
        Refusal(name: "another host", kind: .redirect, words: "no key is sent there") { _, _, _ in
            json(302, "", location: "https://elsewhere.example/ask")
        },
        Refusal(name: "round and round", kind: .redirect, words: "without end") { _, target, _ in
            json(308, "", location: target + "x")
        },
        Refusal(name: "an error in every answer", kind: .refused, words: "no such tenant") { _, _, _ in
            json(200, #"{"error": "no such tenant"}"#)
        },
        Refusal(name: "bytes", kind: .broken, words: "neither JSON nor text") { _, _, _ in
            ProbeResponse(
                status: 200, type: "application/octet-stream", body: [0xFF, 0xFE, 0x00], milliseconds: 1)
        },
    ]

    @Test(arguments: refusals) func whatKeepsAnAppFromBeingUnderstoodIsSaid(example: Refusal) async {
        let player = Player(example.app)
        let problem = await #expect(throws: SurveyProblem.self) {
            try await Survey(player, .init(samples: SurveyTests.samples)).run("http://app/ask")
        }
        #expect(problem?.kind == example.kind, "\(problem?.description ?? "")")
        #expect(problem?.description.contains(example.words) ?? false, "\(problem?.description ?? "")")
        #expect(player.sent.withLock { $0.count } <= 42)
        if example.name == "429" { #expect(player.waited.withLock { $0 } == [1]) }
    }

    @Test func anAppThatNeverHeedsTheQuestionIsDoubted() async throws {
        let player = Player { _, target, _ in
            target == "/openapi.json"
                ? SurveyTests.nothing : SurveyTests.json(200, #"{"answer": "Welcome!"}"#)
        }
        let finding = try await Survey(player, .init(samples: SurveyTests.samples)).run("http://app/ask")
        #expect(finding.notes.first?.contains("same answer") ?? false)
        #expect(player.sent.withLock { $0.count } <= 42)
    }

    /// An app that sends back what it was sent answers each question otherwise, and heeds none.
    @Test func anEchoIsNotSaidToAnswerAlike() async throws {
        let player = Player { _, target, body in
            target == "/openapi.json"
                ? SurveyTests.nothing
                : SurveyTests.json(
                    200, #"{"you_sent": "# + String(decoding: (body ?? .null).bytes(), as: UTF8.self) + "}")
        }
        let finding = try await Survey(player, .init(samples: SurveyTests.samples)).run("http://app/ask")
        let note = try #require(finding.notes.first)
        #expect(!note.contains("same answer") && note.contains("echoes"), "\(note)")
        #expect(player.sent.withLock { $0.count } <= 25)
    }

    @Test func aNameInEscapedQuotesIsFollowed() async throws {
        let player = Player { _, target, body in
            guard target == "/ask" else { return SurveyTests.nothing }
            guard let text = body?["frage"]?.stringValue else {
                return SurveyTests.json(400, #"{"fehler": "Feld \"frage\" fehlt"}"#)
            }
            return SurveyTests.json(
                200, #"{"antwort": "Sie fragten: \#(text.reversed().map(String.init).joined())"}"#)
        }
        let finding = try await Survey(player, .init(samples: SurveyTests.samples)).run("http://app/ask")
        #expect(finding.shape.words.contains("frage"), "\(finding.shape)")
    }

    @Test(arguments: [#"{"answer": "x", "score": 1e999}"#, #"{"answer": "x", "score": NaN}"#])
    func jsonThatCannotBeReadSaysWhere(body: String) async throws {
        let player = Player { _, target, _ in
            target == "/ask" ? SurveyTests.json(200, body) : SurveyTests.nothing
        }
        var problem: SurveyProblem?
        do { _ = try await Survey(player, .init(samples: SurveyTests.samples)).run("http://app/ask") } catch {
            problem = error
        }
        let words = try #require(problem?.description)
        #expect(words.contains("JSON that cannot be read: line 1, column "), "\(words)")
        #expect(words.contains("it begins '{\"answer\": \"x\"") && words.contains("null"), "\(words)")
    }
}
