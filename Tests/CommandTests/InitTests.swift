import Foundation
import HTTPServer
import Notation
import Storage
import Testing

/// The first five minutes on somebody's own app: an unchanged change ships, a broken retriever is blocked with retrieval
/// named and the change shown. Apps of several shapes, none of which says how it wants to be asked.
@Suite struct InitTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let name: String
        let path: String
        /// Whether a person's labels name documents; else reference answers.
        var showsDocuments = true
        let reply: @Sendable (AnyApp.Request, Shop) -> AnyApp.Reply
        var testDescription: String { name }
    }

    private static func missing(_ names: [String]) -> AnyApp.Reply {
        let items = names.map { name -> JSONValue in
            [
                "type": "missing", "loc": ["body", .string(name)], "msg": "Field required",
                "input": .object(JSONObject()),
            ]
        }
        return .json(["detail": .array(items)], status: 422)
    }

    private static func documents(_ ids: [String], _ key: String) -> JSONValue {
        .array(
            ids.enumerated().map { index, id in
                var object = JSONObject()
                object[key] = .string(id)
                object["score"] = .number(1 / Double(index + 1))
                object["text"] = .string("passage \(id)")
                return .object(object)
            })
    }

    static let shapes: [Shape] = [
        Shape(name: "FastAPI with names of its own", path: "/v3/consult") { request, shop in
            guard request.method == "POST", request.path == "/v3/consult" else { return .nothing }
            guard let question = request.body?["user_utterance"]?.stringValue,
                request.body?["session_id"]?.stringValue != nil
            else { return missing(["user_utterance", "session_id"].filter { request.body?[$0] == nil }) }
            return .json([
                "data": ["reply": .string(shop.text(question))],
                "retrieved_documents": documents(shop.documents(question), "doc_id"),
                "versions": ["index": .string(shop.version), "model": "m-1"],
            ])
        },
        Shape(name: "a search by GET", path: "/find") { request, shop in
            guard request.path == "/find" else { return .nothing }
            guard request.method == "GET" else {
                return AnyApp.Reply(status: 405, body: "{}", headers: ["Allow": "GET"])
            }
            guard let question = request.query["q"] else { return .json(["message": "give q"], status: 400) }
            return .json([
                "summary": .string(shop.text(question)),
                "documents": documents(shop.documents(question), "id"),
                "took_ms": 3, "versions": ["index": .string(shop.version)],
            ])
        },
        Shape(name: "OpenAI's chat with its sources", path: "/v1") { request, shop in
            if request.path == "/v1/models" { return .json(["data": [["id": "shop-1"]]]) }
            guard request.path == "/v1/chat/completions" else { return .nothing }
            guard request.body?["model"] == "shop-1",
                let question = request.body?["messages"]?.arrayValue?.last?["content"]?.stringValue
            else { return .json(["error": ["message": "bad request"]], status: 400) }
            return .json([
                "id": "c", "model": "shop-1", "versions": ["index": .string(shop.version)],
                "choices": [
                    [
                        "index": 0, "finish_reason": "stop",
                        "message": ["role": "assistant", "content": .string(shop.text(question))],
                    ]
                ],
                "usage": ["prompt_tokens": 9, "completion_tokens": 4],
                "sources": documents(shop.documents(question), "id"),
            ])
        },
        Shape(name: "a stream of tokens", path: "/stream") { request, shop in
            guard request.path == "/stream" else { return .nothing }
            guard let question = request.body?["prompt"]?.stringValue else {
                return .json(["error": "the field `prompt` is missing"], status: 400)
            }
            var events = shop.text(question).split(separator: " ").map { word -> JSONValue in
                ["token": .string(word + " ")]
            }
            events.append([
                "done": true, "chunks": documents(shop.documents(question), "chunk_id"),
                "versions": ["index": .string(shop.version)],
            ])
            let text = events.map { "data: " + String(decoding: $0.bytes(), as: UTF8.self) + "\n\n" }.joined()
            return AnyApp.Reply(body: text + "data: [DONE]\n\n", type: "text/event-stream")
        },
        Shape(name: "nothing but text", path: "/say", showsDocuments: false) { request, shop in
            guard request.path == "/say" else { return .nothing }
            guard let question = request.body?["text"]?.stringValue else {
                return AnyApp.Reply(status: 500, body: "KeyError: 'text'", type: "text/plain")
            }
            return AnyApp.Reply(body: shop.text(question), type: "text/plain")
        },
    ]

    @Test(arguments: shapes) func theFirstFiveMinutes(shape: Shape) async throws {
        let place = try Workplace()
        let live = try AnyApp { shape.reply($0, Shop()) }
        let broken = try AnyApp { shape.reply($0, Shop(isBroken: true)) }
        try place.write("questions.txt", Shop.questions.joined(separator: "\n"))
        let began = ContinuousClock.now
        let first = try await place.sluice("init", live.origin + shape.path, "--inputs", "questions.txt")
        #expect(first.status == 0, "\(first)")
        #expect(first.out.contains("no expectations made up"), "\(first)")
        for request in live.requests {
            #expect(request.headers["X-Sluice-Replay"] == "init")
            #expect(request.headers["Idempotency-Key"]?.hasPrefix("init-") ?? false)
        }
        #expect(live.requests.count <= 20, "\(live.requests.map { $0.method + " " + $0.path })")
        let check = try await place.sluice("validate")
        #expect(check.status == 0, "\(check)")

        // Ten examples, no expectation: a first verdict.
        let alone = try await place.sluice("eval")
        #expect(alone.status == 0, "\(alone)")
        #expect(alone.out.contains("SHIP"), "\(alone)")
        #expect(alone.out.contains("are not judged"), "\(alone)")

        // A person writes what a right answer is.
        var rows: [String] = []
        for line in try place.read("golden/starter.jsonl").split(separator: "\n") {
            guard case .object(var row) = try JSONValue.parse(String(line)) else { continue }
            let question = row["query"]?.stringValue ?? ""
            if shape.showsDocuments {
                row["retrieval_gold_doc_ids"] = .array(
                    [Shop.gold(question)].compactMap { $0 }.map { .string($0) })
            } else {
                row["reference_response"] = .string(Shop().text(question))
            }
            rows.append(String(decoding: JSONValue.object(row).bytes(), as: UTF8.self))
        }
        try place.write("golden/starter.jsonl", rows.joined(separator: "\n") + "\n")
        let same = try await place.sluice("eval", "--title", "nothing changed")
        #expect(same.status == 0, "\(same)")
        let bad = try await place.sluice("eval", "--candidate", broken.origin + shape.path)
        #expect(bad.status == 1, "\(bad)")
        #expect(bad.out.contains("BLOCK"), "\(bad)")
        if shape.showsDocuments {
            #expect(bad.out.contains("where it broke: retrieval"), "\(bad)")
            #expect(bad.out.contains("index index-7 → index-8"), "\(bad)")
        }
        #expect(ContinuousClock.now - began < .seconds(300))
    }

    @Test func theDemoAppInFiveMinutes() async throws {
        let place = try Workplace()
        let example = (#filePath as NSString).deletingLastPathComponent + "/../../examples/helpdesk"
        func start(_ release: String) async throws -> (Child, String) {
            let child = try Child(
                Program.helpdesk, ["--port", "0", "--version-of", release, "--data", example + "/data"],
                in: place.folder)
            let isUp = try await child.waits { child.out.contains("\n") }
            try #require(isUp, "\(release): \(child.err)")
            let address = try #require(
                child.out.split(separator: " ").last?.trimmingCharacters(in: .newlines))
            return (child, address + "/v1/answer")
        }
        let (live, url) = try await start("v1")
        let (changed, other) = try await start("broken-retriever")
        defer {
            live.signal(SIGKILL)
            changed.signal(SIGKILL)
        }
        let questions = example + "/golden/questions.xquad.jsonl"
        let first = try await place.sluice("init", url, "--inputs", questions, "--json")
        #expect(first.status == 0, "\(first)")
        let found = try JSONValue.parse(first.out)
        #expect(found["preset"] == "rag")
        // As the demo's own policy maps them, by hand.
        let parts = (found["parts"]?.arrayValue ?? []).map {
            "\($0["part"]?.stringValue ?? "") \($0["pointer"]?.stringValue ?? "")"
        }
        #expect(
            parts == [
                "text /answer", "intent /routing/intent", "confidence /routing/confidence",
                "documents /retrieval",
                "guardrail /guardrail", "usage /usage", "stages /timings", "tools /tool_calls",
                "versions /versions",
                "session /session_id",
            ])
        #expect(try place.read("golden/starter.jsonl") == String(contentsOfFile: questions, encoding: .utf8))
        let same = try await place.sluice("eval")
        #expect(same.status == 0, "\(same)")
        let bad = try await place.sluice("eval", "--candidate", other)
        #expect(bad.status == 1, "\(bad)")
        #expect(bad.out.contains("where it broke: retrieval"), "\(bad)")
        #expect(bad.out.contains("config.top_k 5 → 3"), "\(bad)")
    }

    // MARK: An app of nothing but text

    private static func text(_ request: AnyApp.Request) -> AnyApp.Reply {
        guard let question = request.body?["query"]?.stringValue else { return .nothing }
        return .json(["answer": .string("About \(question.count) letters.")])
    }

    @Test func anAppOfNothingButTextIsToldWhatToReturn() async throws {
        let place = try Workplace()
        let app = try AnyApp(InitTests.text)
        let outcome = try await place.sluice("init", app.origin + "/ask", "--project", "desk")
        #expect(outcome.status == 0, "\(outcome)")
        for words in [
            "not shown: documents. Return ", "not shown: usage", "preset chat", "10 examples can show",
        ] {
            #expect(outcome.out.contains(words), "\(words)")
        }
        let policy = try place.read("sluice.yaml")
        #expect(policy.contains("project: desk"))
        #expect(policy.contains("# sure: \"About "), "a sample stands beside each pointer")
        let verdict = try await place.sluice("eval")
        #expect(verdict.status == 0, "\(verdict)")
        // Without the leave to wait, gates that nothing can judge keep the verdict open.
        try place.write("strict.yaml", policy.replacingOccurrences(of: "unfed: wait", with: "unfed: ask"))
        let strict = try await place.sluice("eval", "--policy", "strict.yaml")
        #expect(strict.status == 2, "\(strict)")
        let lint = try await place.sluice("dataset", "lint")
        #expect(lint.out.contains("nothing is expected"), "\(lint)")
    }

    /// An app that compares two texts: the second one is a column of the starter set.
    @Test func anAppThatComparesTwoTexts() async throws {
        let place = try Workplace()
        let app = try AnyApp { request in
            let names = ["text_a", "text_b"].filter { request.body?[$0]?.stringValue == nil }
            guard names.isEmpty else { return InitTests.missing(names) }
            let left = request.body?["text_a"]?.stringValue ?? ""
            let right = request.body?["text_b"]?.stringValue ?? ""
            let score = Double(min(left.count, right.count)) / Double(max(left.count, right.count, 1))
            let label =
                score >= 0.9 ? "HIGH" : score >= 0.7 ? "MEDIUM" : score >= 0.5 ? "LOW" : "TRUE NEGATIVE"
            return .json(["similarity": .number(score), "label": .string(label)])
        }
        let outcome = try await place.sluice("init", app.origin + "/compare")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.out.contains("preset similarity"), "\(outcome)")
        let policy = try place.read("sluice.yaml")
        #expect(policy.contains("text_b: \"${input.text_b}\""), "\(policy)")
        #expect(policy.contains("score: /similarity") && policy.contains("label: /label"), "\(policy)")
        #expect(try place.read("golden/starter.jsonl").contains("\"text_b\":\"I forgot my password"))
        let verdict = try await place.sluice("eval")
        #expect(verdict.status == 0, "\(verdict)")
        #expect(verdict.out.contains("✓ band_consistency == 1"), "\(verdict)")
    }

    @Test func aProgramIsAnAppAsWell() async throws {
        let place = try Workplace()
        try place.write(
            "app.sh",
            """
            while read -r line; do
              id=$(printf '%s' "$line" | sed 's/.*"id":"\\([^"]*\\)".*/\\1/')
              echo "{\\"id\\":\\"$id\\",\\"reply\\":\\"answer number $id it is\\"}"
            done
            """)
        let outcome = try await place.sluice("init", "--command", "sh 'app.sh'", "--yes")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try place.read("sluice.yaml").contains("{ command: [\"sh\", \"app.sh\"] }"))
        #expect(try await place.sluice("eval").status == 0)
        let gone = try await place.sluice("init", "--command", "./no-such-program", "--force")
        #expect(gone.status == 3, "\(gone)")
    }

    // MARK: Files

    @Test func nothingIsOverwrittenUnasked() async throws {
        let place = try Workplace()
        let app = try AnyApp(InitTests.text)
        try place.write("golden/starter.jsonl", "mine\n")
        let refused = try await place.sluice("init", app.origin + "/ask")
        #expect(refused.status == 65, "\(refused)")
        #expect(refused.err.contains("golden/starter.jsonl stands there already"), "\(refused)")
        #expect(!place.exists("sluice.yaml"))
        #expect(app.requests.isEmpty, "nothing is asked for nothing")
        #expect(try place.read("golden/starter.jsonl") == "mine\n")
        let forced = try await place.sluice("init", app.origin + "/ask", "--force")
        #expect(forced.status == 0, "\(forced)")
        #expect(place.exists("sluice.yaml"))
        #expect(place.strays().isEmpty)
    }

    @Test func bothFilesAreWrittenOrNone() async throws {
        let place = try Workplace()
        let app = try AnyApp(InitTests.text)
        // The folder of the second file cannot be made.
        try place.write("golden", "a file\n")
        let outcome = try await place.sluice("init", app.origin + "/ask")
        #expect(outcome.status != 0, "\(outcome)")
        #expect(place.files() == ["golden"], "\(place.files())")
        // Nor is what stood there lost where the last file cannot be had.
        let other = try Workplace()
        try other.write("golden/starter.jsonl", "mine\n")
        try FileManager.default.createSymbolicLink(
            atPath: other.path("sluice.yaml"), withDestinationPath: "elsewhere.yaml")
        let linked = try await other.sluice("init", app.origin + "/ask", "--force")
        #expect(linked.status != 0, "\(linked)")
        #expect(try other.read("golden/starter.jsonl") == "mine\n")
        #expect(!other.exists("elsewhere.yaml"))
    }

    @Test func aDryRunPrintsThePolicyAndWritesNothing() async throws {
        let place = try Workplace()
        let app = try AnyApp(InitTests.text)
        let outcome = try await place.sluice("init", app.origin + "/ask", "--dry-run")
        #expect(outcome.status == 0)
        #expect(outcome.out.hasPrefix("# What a change of "), "\(outcome)")
        #expect(place.files() == [])
    }

    @Test func anotherFolderAndADataSetOfOnesOwn() async throws {
        let place = try Workplace()
        let app = try AnyApp(InitTests.text)
        try place.writeExamples(3, name: "data/mine.jsonl")
        let outcome = try await place.sluice(
            "init", app.origin + "/ask", "--policy", "gate/sluice.yaml", "--dataset", "data/mine.jsonl")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(place.files() == ["data/mine.jsonl", "gate/sluice.yaml"])
        #expect(
            try place.read("gate/sluice.yaml").contains("dataset: ../data/mine.jsonl")
                || place.read("gate/sluice.yaml").contains("dataset: \"../data/mine.jsonl\""))
        #expect(try await place.sluice("validate", "--policy", "gate/sluice.yaml").status == 0)
    }

    // MARK: Secrets

    @Test func aSecretIsSentAndNeverWritten() async throws {
        let place = try Workplace()
        let secret = "s3cr3t-Qx7-value"
        let app = try AnyApp { request in
            guard request.headers["Authorization"] == "Bearer \(secret)" else {
                return AnyApp.Reply(status: 401, body: "{}", headers: ["WWW-Authenticate": "Bearer"])
            }
            guard let question = request.body?["query"]?.stringValue else { return .nothing }
            // The app gives it away.
            return .json(["answer": .string("About \(question.count) with \(secret).")])
        }
        let refused = try await place.sluice("init", app.origin + "/ask")
        #expect(refused.status == 3, "\(refused)")
        #expect(refused.err.contains("--header 'Authorization: Bearer ${env:"), "\(refused)")
        #expect(place.files() == [])

        let header = "Authorization: Bearer ${env:TEST_TOKEN}"
        let unset = try await place.sluice("init", app.origin + "/ask", "--header", header)
        #expect(unset.status == 65, "\(unset)")
        #expect(unset.err.contains("TEST_TOKEN is not set"), "\(unset)")
        let outcome = try await place.sluice(
            "init", app.origin + "/ask", "--header", header, environment: ["TEST_TOKEN": secret])
        #expect(outcome.status == 0, "\(outcome)")
        #expect(
            try place.read("sluice.yaml").contains("headers: { Authorization: \"Bearer ${env:TEST_TOKEN}\" }")
        )
        for file in place.files() { #expect(try !place.read(file).contains(secret), "\(file)") }
        #expect(!(outcome.out + outcome.err).contains(secret))
        #expect(try await place.sluice("eval", environment: ["TEST_TOKEN": secret]).status == 0)

        for arguments in [
            ["init", app.origin + "/ask", "--header", "Authorization: Bearer sk-123"],
            ["init", "http://user:pass@127.0.0.1:1/ask"], ["init", "http://127.0.0.1:1/ask?api_key=abc"],
        ] {
            let said = try await place.start(arguments).outcome()
            #expect(said.status == 64, "\(said)")
            #expect(said.err.contains("which a policy must not"), "\(said)")
        }
    }

    // MARK: What goes wrong

    struct Trouble: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: String
        let after: RawApp.After
        let words: [String]
        var scheme = "http"
        var testDescription: String { name }
    }

    static let troubles = [
        Trouble(
            name: "no HTTP", bytes: "220 mail.example ESMTP\r\n", after: .close, words: ["closed", "mend:"]),
        Trouble(name: "closed at once", bytes: "", after: .close, words: ["closed the connection", "mend:"]),
        Trouble(
            name: "never an answer", bytes: "", after: .hang, words: ["did not answer in time", "--timeout"]),
        Trouble(
            name: "TLS where there is none", bytes: "HTTP/1.1 400 Bad\r\n\r\n", after: .close,
            words: ["secure", "mend:"], scheme: "https"),
    ]

    @Test(arguments: troubles) func whatIsNoAppIsSaid(trouble: Trouble) async throws {
        let place = try Workplace()
        let app = try RawApp(Array(trouble.bytes.utf8), then: trouble.after)
        defer { app.stop() }
        let url = trouble.scheme + app.url.dropFirst("http".count) + "ask"
        let outcome = try await place.sluice("init", url, "--timeout", "700ms")
        #expect(outcome.status == 3, "\(outcome)")
        #expect(outcome.err.contains("nothing was written"), "\(outcome)")
        #expect(outcome.err.contains(trouble.words[1]), "\(outcome)")
        #expect(place.files() == [])
    }

    @Test func anAppThatIsNotRunningIsSaid() async throws {
        let place = try Workplace()
        let outcome = try await place.sluice("init", "http://127.0.0.1:1/ask")
        #expect(outcome.status == 3, "\(outcome)")
        #expect(outcome.err.contains("nothing takes connections at http://127.0.0.1:1"), "\(outcome)")
        #expect(outcome.err.contains("mend: start the app"), "\(outcome)")
        let unknown = try await place.sluice("init", "http://no-such-host.invalid/ask")
        #expect(unknown.status == 3, "\(unknown)")
    }

    @Test(arguments: [
        (["init"], 64, "name the app"), (["init", "ftp://x/"], 3, "is no http or https address"),
        (["init", "http://127.0.0.1:1/", "--preset", "rga"], 64, "did you mean 'rag'?"),
        (["init", "http://127.0.0.1:1/", "--command", "x"], 64, "exclude one another"),
        (["init", "--command", "a 'b"], 64, "never closed"),
        (["init", "http://127.0.0.1:1/", "--timeout", "soon"], 64, "90s or 2m"),
        (["init", "http://127.0.0.1:1/", "--header", "X"], 64, "Name: value"),
        (["init", "http://127.0.0.1:1/", "--inputs", "gone.txt"], 65, "gone.txt"),
        (["init", "http://127.0.0.1:1/", "--inputs", "bad.jsonl"], 65, "bad.jsonl:2"),
    ])
    func aWrongCommandLineIsSaid(arguments: [String], status: Int, words: String) async throws {
        let place = try Workplace()
        try place.write("bad.jsonl", "{\"query\": \"a\"}\n{\n")
        let outcome = try await place.start(arguments).outcome()
        #expect(Int(outcome.status) == status, "\(outcome)")
        #expect(outcome.err.contains(words), "\(outcome)")
    }

    /// Control characters of an app reach no terminal, and nothing of an answer is more than data in the policy.
    @Test func aHostileAnswerIsShownAndNothingMore() async throws {
        let place = try Workplace()
        let app = try AnyApp { request in
            guard let question = request.body?["query"]?.stringValue else { return .nothing }
            return .json([
                "answer\u{1B}[2J\n  evil: [": .string(
                    "\u{1B}]0;owned\u{7} \(question.count)\nunsure: continue # ${env:HOME}\u{202E}"),
                "sources": [["id": "a\n- gates: []", "text": "${input.expected}"]],
                "intent\": x": "y",
            ])
        }
        let outcome = try await place.sluice("init", app.origin + "/ask", "--preset", "rag")
        #expect(outcome.status == 0, "\(outcome)")
        for text in [outcome.out, outcome.err, try place.read("sluice.yaml")] {
            #expect(
                !text.contains("\u{1B}") && !text.contains("\u{7}") && !text.contains("\u{202E}"), "\(text)")
        }
        #expect(try place.read("sluice.yaml").contains("\nunsure: ask\n"))
        #expect(try await place.sluice("validate").status == 0)
        #expect(try await place.sluice("eval").status == 0)
    }
}
