import Domain
import Foundation
import Glibc
import HTTPServer
import Interchange
import Notation
import Synchronization
import Targets
import Testing

@Suite struct HTTPTargetTests {
    @Test func theRequestIsTheTemplatesWithMarksAndSecrets() async throws {
        let seen = Mutex<[HTTPRequest]>([])
        try await withServer { request, response in
            seen.withLock { $0.append(request) }
            try await response.send(
                headers: ["Content-Type": "application/json"], text: #"{"answer": "A", "sid": "s-2"}"#)
        } _: { url in
            let policy = httpPolicy(
                url + "/ask?id=${example.id}",
                template: ["q": "${input.query}", "k": "${input.k}", "s": "${session}", "n": 1]
            ) {
                $0.headers = [
                    .init(name: "X-Key", value: Secretive("${env:KEY}")),
                    .init(name: "User-Agent", value: Secretive("mine")),
                ]
                $0.overlay["n"] = 2
                $0.observe.session = "/sid"
            }
            let target = try make(policy, environment: ["KEY": "abc"])
            let columns = [Example.Column(name: "k", value: "5", json: 5)]
            let answer = await target.ask(question("Was?", id: "Ä 1", session: "s-1", columns: columns))
                .answer
            #expect(answer?.session == "s-2")
            #expect(answer?.status == 200)
            let missing = try #require(await target.ask(question("q")).failure)
            #expect(missing.cause == .notAsked)
            #expect(missing.detail == "the example has no column 'k', which the request's template wants")
        }
        let request = try #require(seen.withLock { $0.first })
        #expect(seen.withLock { $0.count } == 1)
        #expect(request.target == "/ask?id=%C3%84%201")
        #expect(String(decoding: request.body, as: UTF8.self) == #"{"q":"Was?","k":5,"s":"s-1","n":2}"#)
        #expect(request.headers["X-Key"] == "abc")
        #expect(request.headers["User-Agent"] == "mine")
        #expect(request.headers["Content-Type"] == "application/json")
        #expect(request.headers["X-Sluice-Replay"] == "r-7")
        #expect(request.headers["Idempotency-Key"] == "r-7%2F%C3%84%201")
    }

    @Test func theFirstTokensTimeIsThatOfTheEventThatBroughtIt() async throws {
        try await withServer { _, response in
            let writer = try await response.start(headers: ["Content-Type": "text/event-stream"])
            try await writer.write("data: {\"meta\": 1}\n\n")
            try await EventLoop.sleep(for: .milliseconds(150))
            try await writer.write("data: {\"token\": \"Hel\"}\n\n")
            try await EventLoop.sleep(for: .milliseconds(150))
            try await writer.write("data: {\"token\": \"lo\", \"docs\": [\"d1\"]}\n\n")
            try await writer.finish()
        } _: { url in
            let policy = httpPolicy(url) {
                $0.streamText = "/token"
                $0.observe.documents = "/docs"
            }
            let answer = try #require(await make(policy).ask(question("q")).answer)
            #expect(answer.text == "Hello")
            #expect(answer.documents == [RetrievedDocument(id: "d1")])
            #expect(answer.problems == [])
            let first = try #require(answer.timeToFirstTokenMilliseconds)
            #expect(first > 120 && first < 280, "\(first)")
            #expect(try #require(answer.latencyMilliseconds) > first + 100)
        }
    }

    @Test func everyProblemOfATargetIsToldAtOnce() {
        var policy = httpPolicy("ftp://x", template: ["a": "${nope}", "b": "${env:KEY}"])
        policy.headers = [.init(name: "X", value: Secretive("${env:UNSET}"))]
        policy.observe.intent = "intent"
        do {
            _ = try make(policy)
            Issue.record("made")
        } catch let problem as TargetProblem {
            #expect(
                problem.items.map(\.key) == ["url", "request/a", "request/b", "observe.intent", "headers.X"])
            #expect(problem.items.last?.cause == "the environment variable UNSET is not set")
        } catch { Issue.record(error) }
    }

    /// Anything that shapes a request or its reading makes another target.
    @Test func theIdentityCoversWhatShapesRequestAndReading() throws {
        let base = httpPolicy("http://u:p@h/x?key=1&v=2", template: ["a": 1])
        let identity = try make(base).identity
        #expect(identity.address == "http://h/x?key=<redacted>&v=2")
        let variants: [(inout TargetPolicy) -> Void] = [
            { $0.kind = .http(url: "http://h/y", method: "POST", template: ["a": 1]) },
            { $0.kind = .http(url: "http://u:p@h/x?key=1&v=2", method: "PUT", template: ["a": 1]) },
            { $0.kind = .http(url: "http://u:p@h/x?key=1&v=2", method: "POST", template: ["a": 2]) },
            { $0.headers = [.init(name: "A", value: Secretive("b"))] },
            { $0.overlay["b"] = 1 },
            { $0.observe.text = "/b" },
            { $0.observe.values = [.init(name: "a", pointer: "/a")] },
            { $0.stream = true },
            { $0.streamText = "/t" },
        ]
        var digests: Set<String> = [identity.configuration]
        for variant in variants {
            var policy = base
            variant(&policy)
            digests.insert(try make(policy).identity.configuration)
        }
        #expect(digests.count == variants.count + 1)
    }

    @Test func whatTheAppSaysOfItsLimitsIsHandedOn() async throws {
        try await withServer { _, response in
            try await response.send(
                headers: ["x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "2s"],
                text: "ok")
        } _: { url in
            let attempt = try await make(httpPolicy(url)).ask(question("q"))
            #expect(attempt.pacing == Pacing(remainingRequests: 3, resetSeconds: 2))
        }
    }
}

@Suite struct OpenAITargetTests {
    private func asked(
        _ policy: (String) -> TargetPolicy, _ question: Question
    ) async throws -> (JSONValue, Attempt) {
        let seen = Mutex<JSONValue>(.null)
        return try await withServer { request, response in
            let body = try JSONValue.parse(request.body)
            seen.withLock { $0 = body }
            try await response.send(
                headers: ["Content-Type": "application/json"],
                text: """
                    {"id": "c", "model": "m-2026", "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {"role":
                    "assistant", "content": null, "tool_calls": [{"id": "t", "type": "function", "function": {"name": "f",
                    "arguments": "{\\"a\\": 1}"}}]}}], "usage": {"prompt_tokens": 20, "completion_tokens": 7,
                    "prompt_tokens_details": {"cached_tokens": 16}}, "x": {"score": 0.5}}
                    """)
        } _: { url in
            let attempt = try await make(policy(url), environment: ["SECRET": "s-e-c"]).ask(question)
            return (seen.withLock { $0 }, attempt)
        }
    }

    @Test func messagesAreSystemHistoryAndQuery() async throws {
        let history = [Message(role: .user, content: "Hi"), Message(role: .assistant, content: "Hello")]
        let (body, attempt) = try await asked(
            { url in
                let parameters: JSONValue = ["temperature": 0, "tools": [["type": "function"]]]
                var policy = TargetPolicy(
                    kind: .openAI(
                        baseURL: url, model: "m", parameters: parameters.objectValue ?? JSONObject(),
                        stream: false,
                        system: Secretive("Know ${env:SECRET} and ${input.query}.")))
                policy.observe.score = "/x/score"
                policy.overlay["temperature"] = 1
                return policy
            }, question("What?", history: history))
        let expected: JSONValue = [
            "model": "m", "temperature": 1, "tools": [["type": "function"]],
            "messages": [
                ["role": "system", "content": "Know s-e-c and ${input.query}."],
                ["role": "user", "content": "Hi"],
                ["role": "assistant", "content": "Hello"], ["role": "user", "content": "What?"],
            ],
        ]
        #expect(body == expected)
        let answer = try #require(attempt.answer)
        #expect(answer.text == nil)
        #expect(answer.tools == [ToolCall(name: "f", arguments: ["a": 1])])
        #expect(answer.usage == Usage(inputTokens: 20, cachedInputTokens: 16, outputTokens: 7))
        #expect(answer.versions == [Answer.Version(name: "model", value: "m-2026")])
        #expect(answer.score == 0.5)
    }

    @Test func messagesOfTheUsersOwnAreATemplate() async throws {
        let parameters: JSONValue = [
            "messages": ["${input.history...}", ["role": "user", "content": "Q: ${input.query}"]]
        ]
        let (body, _) = try await asked(
            { url in
                TargetPolicy(
                    kind: .openAI(
                        baseURL: url + "/", model: "m", parameters: parameters.objectValue ?? JSONObject(),
                        stream: true, system: nil))
            }, question("What?"))
        let expected: JSONValue = [
            "model": "m", "stream": true, "stream_options": ["include_usage": true],
            "messages": [["role": "user", "content": "Q: What?"]],
        ]
        #expect(body == expected)
    }
}

@Suite(.serialized) struct CommandTargetTests {
    private func target(
        _ arguments: String..., limits: ReplayLimits = ReplayLimits(), headers: [TargetPolicy.Header] = []
    ) throws -> any Target {
        var policy = TargetPolicy(kind: .command(arguments: arguments))
        policy.headers = headers
        return try make(
            policy, limits: limits, environment: ["PATH": "/usr/bin:/bin", "KEY": "k-1", "UNLISTED": "x"])
    }

    @Test func theRequestLineHoldsTheQuestion() async throws {
        let target = try target("sh", "apps/echo.sh")
        let history = [Message(role: .user, content: "Hi"), Message(role: .assistant, content: "Yo")]
        let answer = try #require(
            await target.ask(question("line", id: "GD-9", history: history, repetition: 2)).answer)
        let expected: JSONValue = [
            "idempotency_key": "r-7/GD-9", "example": "GD-9", "query": "line",
            "history": [["role": "user", "content": "Hi"], ["role": "assistant", "content": "Yo"]],
            "context": [],
            "repeat": 2, "turn": 1, "run": "r-7",
        ]
        #expect(answer.body?["answer"] == expected)
        await target.close()
    }

    @Test func aCrashIsToldWithItsLastWordsAndTheNextQuestionIsAnswered() async throws {
        let target = try target("sh", "apps/echo.sh")
        for _ in 0..<3 {
            let failure = try #require(await target.ask(question("crash")).failure)
            #expect(failure.cause == .crashed)
            #expect(failure.detail == "the command ended with status 3; its last words: 'out of cheese'")
            #expect(await target.ask(question("one")).answer?.text == "one")
        }
        await target.close()
    }

    @Test func anAppThatAlwaysCrashesIsUnreachableSoon() async throws {
        let target = try target("sh", "-c", "echo no config >&2; exit 1")
        var causes: [Failure.Cause] = []
        for _ in 0..<7 { causes.append(try #require(await target.ask(question("q")).failure).cause) }
        #expect(causes.prefix(4).allSatisfy { $0 == .crashed })
        let last = try #require(await target.ask(question("q")).failure)
        #expect(last.cause == .unreachable)
        #expect(last.detail == "the command ended with status 1; its last words: 'no config'")
        await target.close()
    }

    @Test func aProgramThatIsNotThereIsUnreachable() async throws {
        let target = try target("no-such-program-here")
        let failure = try #require(await target.ask(question("q")).failure)
        #expect(failure.cause == .unreachable)
        #expect(
            failure.detail
                == "the command 'no-such-program-here' cannot be started: No such file or directory")
        await target.close()
    }

    @Test func onlyListedVariablesArePassed() async throws {
        let headers = [TargetPolicy.Header(name: "APP_KEY", value: Secretive("<${env:KEY}>"))]
        let target = try target("sh", "apps/echo.sh", headers: headers)
        #expect(await target.ask(question("env")).answer?.text == "1|<k-1>||\(fixtures.path)")
        await target.close()
    }

    @Test func answersWithIDsComeInAnyOrderAndAtOnce() async throws {
        let target = try target("sh", "apps/echo.sh")
        _ = await target.ask(question("one"))
        let start = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    #expect(await target.ask(question("slow \(number)")).answer?.text == "slow \(number)")
                }
            }
        }
        #expect(ContinuousClock.now - start < .seconds(2), "8 answers of 0.4 s each, at once")
        await target.close()
    }

    @Test func aLateAnswerIsNotAnothers() async throws {
        let target = try target("sh", "apps/echo.sh")
        _ = await target.ask(question("one"))
        let slow = Task { await target.ask(question("slow 1")).answer?.text }
        try await Task.sleep(for: .milliseconds(100))
        #expect(await target.ask(question("quick")).answer?.text == "quick")
        #expect(await slow.value == "slow 1")
        // Given up, its answer comes while another waits.
        #expect(await target.ask(question("slow 2", timeout: 0.1)).failure?.cause == .timeout)
        #expect(await target.ask(question("slow 3")).answer?.text == "slow 3")
        await target.close()
    }

    @Test func aProgramThatClosesItsErrorsIsHeardOn() async throws {
        let target = try target(
            "sh", "-c", "exec 2>&-; read line; sleep 0.1; echo '{\"answer\": \"late\"}'; read line")
        #expect(await target.ask(question("q")).answer?.body == ["answer": "late"])
        await target.close()
    }

    @Test(arguments: [
        (
            "noise", Failure.Cause.malformed,
            "the command's line is no JSON: the word is none of true, false and null; it begins 'loading model' (logs belong on standard error)"
        ),
        ("fail", .status, "the command answered with an error: 'no such thing'"),
        ("nothing", .emptyBody, "the command's answer holds nothing but its id"),
        ("huge", .tooLarge, "the command's answer is larger than 1000000 bytes (limits.answer_size)"),
    ])
    func aBadLineIsAFailureInWords(query: String, cause: Failure.Cause, detail: String) async throws {
        var limits = ReplayLimits()
        limits.answerBytes = 1_000_000
        let target = try target("sh", "apps/echo.sh", limits: limits)
        let failure = try #require(await target.ask(question(query)).failure)
        #expect(failure.cause == cause)
        if query != "noise" || failure.detail.contains("expected") == false {
            #expect(failure.detail == detail)
        }
        if query != "noise" { #expect(await target.ask(question("one")).answer?.text == "one") }
        await target.close()
    }

    @Test func whatTheProgramStartedEndsWithIt() async throws {
        let target = try target("sh", "apps/echo.sh")
        let text = try #require(await target.ask(question("group")).answer?.body?["answer"]?.stringValue)
        let pid = try #require(Int32(text))
        #expect(kill(pid, 0) == 0)
        await target.close()
        // The orphan is reaped by init, which may take a moment; a zombie counts as ended.
        var state = ""
        for _ in 0..<50 {
            let stat = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
            state = stat.split(separator: ")").last.map { String($0.prefix(2)) } ?? "gone"
            if stat.isEmpty || state == " Z" { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(state == " Z" || state == "gone" || state == "", "\(state)")
    }
}

@Suite struct RecordedTargetTests {
    private func target(
        _ rows: String, _ set: (inout TargetPolicy) -> Void = { _ in }
    ) throws -> (RecordedTarget, URL) {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "sluice-\(UInt64.random(in: 0 ... .max)).jsonl")
        try Data(rows.utf8).write(to: file)
        var policy = TargetPolicy(kind: .recorded(file: file.path))
        set(&policy)
        return (try RecordedTarget(policy, file: file.path, limits: ReplayLimits()), file)
    }

    @Test func rowsAnswerForTheirExampleAndRepeat() async throws {
        let (target, file) = try target(
            """
            {"id": "a", "answer": "A0", "latency_ms": 12, "retrieved": ["d"]}
            {"query_id": "a", "answer": "A1"}
            {"example": "b", "repeat": 3, "output": "B3"}
            nonsense
            {"answer": "nobody's"}
            """)
        defer { try? FileManager.default.removeItem(at: file) }
        let first = try #require(await target.ask(question("q", id: "a")).answer)
        #expect(first.text == "A0")
        #expect(first.latencyMilliseconds == 12)
        #expect(first.documents == [RetrievedDocument(id: "d")])
        let second = try #require(await target.ask(question("q", id: "a", repetition: 1)).answer)
        #expect(second.text == "A1")
        #expect(second.latencyMilliseconds == nil)
        #expect(await target.ask(question("q", id: "b", repetition: 3)).answer?.text == "B3")
        #expect(await target.ask(question("q", id: "b")).failure?.cause == .notRecorded)
        #expect(await target.ask(question("q", id: "c")).failure?.detail == "the recording has no answer")
        #expect(target.count == 3)
        #expect(target.problems.map(\.place.line) == [4, 5])
        #expect(target.problems.last?.cause == "the row has no id")
    }

    @Test func observationsComeBackWithTheirTurnsAndFailures() async throws {
        var turn = Answer(latencyMilliseconds: 3)
        turn.text = "first"
        var last = Answer(latencyMilliseconds: 5)
        last.text = "last"
        let observations = [
            Observation(
                example: "a", arm: .candidate, repetition: 0, outcome: .answered(last), earlierTurns: [turn]),
            Observation(
                example: "b", arm: .candidate, repetition: 0,
                outcome: .failed(Failure(cause: .timeout, detail: "late"))),
        ]
        let rows = observations.map { String(decoding: ObservationCodec.encode($0), as: UTF8.self) }.joined()
        let (target, file) = try target(rows)
        defer { try? FileManager.default.removeItem(at: file) }
        let history = [Message(role: .user, content: "1"), Message(role: .assistant, content: "golden")]
        var example = Example(id: "a", query: "2")
        example.history = history
        func ask(_ turn: Int, _ history: [Message]) async -> Answer? {
            let question = Question(
                example: example, query: "q", history: history, arm: .baseline, repetition: 0, turn: turn,
                attempt: 0,
                session: nil, runID: "r", idempotencyKey: "k", timeoutSeconds: 1)
            return await target.ask(question).answer
        }
        #expect(await ask(0, [])?.text == "first")
        #expect(await ask(1, history) == last)
        #expect(await target.ask(question("q", id: "b")).failure == Failure(cause: .timeout, detail: "late"))
    }

    @Test func aMappingReadsRowsOfAnyShape() async throws {
        let (target, file) = try target(#"{"id": "a", "out": {"t": "A"}, "error": null}"#) {
            $0.observe.text = "/out/t"
        }
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(await target.ask(question("q", id: "a")).answer?.text == "A")
    }

    @Test(arguments: [
        ("", "holds no recorded answer"), ("{}", "holds no recorded answer, for example"),
        (nil, "cannot be read: No such file or directory"),
    ])
    func aFileWithoutAnswersIsRefused(content: String?, words: String) throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "sluice-\(UInt64.random(in: 0 ... .max)).jsonl")
        if let content { try Data(content.utf8).write(to: file) }
        defer { try? FileManager.default.removeItem(at: file) }
        #expect {
            _ = try make(TargetPolicy(kind: .recorded(file: file.path)))
        } throws: { error in
            (error as? TargetProblem)?.description.contains(words) ?? false
        }
    }

    @Test func anotherContentIsAnotherIdentity() throws {
        let (one, first) = try target(#"{"id": "a", "answer": "A"}"#)
        let (other, second) = try target(#"{"id": "a", "answer": "B"}"#)
        defer { for file in [first, second] { try? FileManager.default.removeItem(at: file) } }
        #expect(one.identity.configuration != other.identity.configuration)
    }
}
