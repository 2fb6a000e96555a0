import Domain
import Foundation
import HTTPServer
import Judging
import Metrics
import Notation
import Scoring
import Synchronization
import Testing

/// A judge's endpoint that behaves as it should, and one that misbehaves on purpose.
@Suite struct EndpointJudgeTests {
    struct Reply: Sendable {
        var status = 200
        var body: String
        var type = "application/json"
        var headers: [(String, String)] = []
        var delayMilliseconds = 0
    }

    private final class Requests: Sendable {
        private let seen = Mutex<[JSONValue]>([])
        private let authorizations = Mutex<[String?]>([])
        var bodies: [JSONValue] { seen.withLock { $0 } }
        var keys: [String?] { authorizations.withLock { $0 } }

        func add(_ request: HTTPRequest) -> Int {
            authorizations.withLock { $0.append(request.headers["Authorization"]) }
            return seen.withLock { seen in
                seen.append((try? JSONValue.parse(request.body)) ?? .null)
                return seen.count - 1
            }
        }
    }

    func withEndpoint(
        _ answer: @escaping @Sendable (_ request: JSONValue, _ turn: Int) -> Reply,
        _ body: (String, @Sendable () -> [JSONValue], @Sendable () -> [String?]) async throws -> Void
    ) async throws {
        let requests = Requests()
        let server = try HTTPServer { request, response in
            let turn = requests.add(request)
            let reply = answer(requests.bodies[turn], turn)
            if reply.delayMilliseconds > 0 {
                try await Task.sleep(for: .milliseconds(reply.delayMilliseconds))
            }
            var headers: HTTPFields = ["Content-Type": reply.type]
            for header in reply.headers { headers.append(header.0, header.1) }
            try await response.send(reply.status, headers: headers, text: reply.body)
        }
        let port = try server.start()
        let result: Result<Void, any Error>
        do {
            result = .success(
                try await body("http://127.0.0.1:\(port)/v1", { requests.bodies }, { requests.keys }))
        } catch { result = .failure(error) }
        await server.stop(within: .milliseconds(20))
        try result.get()
    }

    /// A chat completion with a text.
    static func chat(_ text: String, finish: String = "stop", more: String = "") -> String {
        let content = String(decoding: JSONValue.string(text).bytes(), as: UTF8.self)
        return """
            {"id": "c", "object": "chat.completion", "model": "judge-1-2026", "choices": [{"index": 0, "message":
            {"role": "assistant", "content": \(content)\(more)}, "finish_reason": "\(finish)"}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}}
            """
    }

    static let no = "{\"reason\": \"nothing toxic\", \"verdict\": \"no\"}"

    private func judge(
        _ address: String, retries: Int = 2, timeout: Double = 5, headers: [TargetPolicy.Header] = [],
        environment: [String: String] = [:], parameters: JSONObject = JudgePolicy.usualParameters
    ) throws -> EndpointJudge {
        var endpoint = JudgeEndpoint(
            address: address, model: "judge-1", headers: headers, parameters: parameters,
            timeoutSeconds: timeout,
            retries: retries, firstPauseSeconds: 0.01, concurrency: 2)
        endpoint.rereads = 1
        return try EndpointJudge(endpoint, environment: { environment[$0] })
    }

    static func questions(_ count: Int = 1, votes: Int = 1) throws -> [JudgeQuestion] {
        let form = try #require(JudgedForm.form(named: "toxicity"))
        var questions: [JudgeQuestion] = []
        for number in 0..<count {
            var input = Cases.input(answer: "Answer \(number).")
            if case .ask(let found) = form.next(
                &input, settings: JudgeSettings(votes: votes), answers: { _ in nil })
            {
                questions += found
            }
        }
        return questions
    }

    /// What came of one question to an endpoint that always answers so.
    private func outcome(
        _ replies: [Reply], retries: Int = 2, timeout: Double = 5
    ) async throws
        -> (JudgeOutcome, Int)
    {
        var found: JudgeOutcome = .failure(.cancelled)
        var count = 0
        try await withEndpoint { _, turn in
            replies[min(turn, replies.count - 1)]
        } _: { address, requests, _ in
            found = await (try judge(address, retries: retries, timeout: timeout)).judge(
                try Self.questions())[0]
            count = requests().count
        }
        return (found, count)
    }

    @Test func questionsGoOutWholeAndVerdictsComeBackInOrder() async throws {
        try await withEndpoint { request, _ in
            let shown = request["messages"]?[1]?["content"]?.stringValue ?? ""
            let isThird = shown.contains("Answer 2.")
            return Reply(body: Self.chat("{\"reason\": \"r\", \"verdict\": \"\(isThird ? "yes" : "no")\"}"))
        } _: { address, requests, keys in
            let judge = try judge(
                address, headers: [.init(name: "Authorization", value: Secretive("Bearer ${env:KEY}"))],
                environment: ["KEY": "secret-key"])
            let outcomes = await judge.judge(try Self.questions(5))
            #expect(
                outcomes.map { try? $0.get().verdict["verdict"]?.stringValue } == [
                    "no", "no", "yes", "no", "no",
                ])
            let reply = try outcomes[0].get()
            #expect(reply.reason == "r" && reply.model == "judge-1-2026" && reply.attempts == 1)
            #expect(reply.usage == Usage(inputTokens: 100, outputTokens: 20))
            #expect(keys().allSatisfy { $0 == "Bearer secret-key" })
            let body = requests()[0]
            #expect(body["model"] == "judge-1" && body["temperature"] == 0 && body["max_tokens"] == 2048)
            #expect(body["messages"]?.arrayValue?.map { $0["role"]?.stringValue } == ["system", "user"])
            #expect(body["response_format"]?["type"] == "json_schema")
            #expect(body["response_format"]?["json_schema"]?["strict"] == true)
        }
    }

    @Test func anEndpointWithoutSchemasIsAskedForObjectsThenForText() async throws {
        for (refused, expected) in [(1, "json_object"), (2, nil as String?)] {
            try await withEndpoint { request, _ in
                let form = request["response_format"]?["type"]?.stringValue
                if form == "json_schema" || (form == "json_object" && refused == 2) {
                    return Reply(
                        status: 400,
                        body:
                            "{\"error\": {\"message\": \"response_format of type \(form ?? "") is not supported\"}}"
                    )
                }
                return Reply(body: Self.chat(Self.no))
            } _: { address, requests, _ in
                let judge = try judge(address)
                #expect((try? await judge.judge(try Self.questions())[0].get()) != nil)
                #expect(requests().count == refused + 1)
                // Remembered: later questions are asked so at once.
                _ = await judge.judge(try Self.questions())
                #expect(requests().count == refused + 2)
                #expect(requests().last?["response_format"]?["type"]?.stringValue == expected)
            }
        }
    }

    @Test func aSeedMovesOnWithEachVote() async throws {
        var parameters = JSONObject()
        parameters["seed"] = 40
        try await withEndpoint { _, _ in
            Reply(body: Self.chat(Self.no))
        } _: { address, requests, _ in
            let judge = try judge(address, parameters: parameters)
            _ = await judge.judge(try Self.questions(votes: 3))
            #expect(Set(requests().compactMap { $0["seed"]?.intValue }) == [40, 41, 42])
        }
    }

    /// Answers that are no verdict: asked for once more, then given up, each with its cause.
    @Test(arguments: [
        ("not JSON at all", "no JSON object"),
        ("{\"reason\": \"r\", \"verdict\": \"vielleicht\"}", "none of yes, no"),
        ("{\"grund\": \"alles gut\", \"urteil\": \"nein\"}", "has no 'verdict'"),
        ("{\"verdict\": ", "does not end"),
        ("", "it is empty"), ("<think>hm", "thinking does not end"),
        ("{\"verdict\": \"no\"} {\"verdict\": \"yes\"}", "2 verdicts that differ"),
    ])
    func whatHoldsNoVerdictIsUnparsableNeverAScore(_ text: String, _ cause: String) async throws {
        let (found, requests) = try await outcome([Reply(body: Self.chat(text))])
        guard case .failure(.unparsable(let why)) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(why.contains(cause), "\(why)")
        #expect(requests == 2)
    }

    @Test func anAnswerThatIsReadAtTheSecondAskingCountsBoth() async throws {
        let (found, _) = try await outcome([Reply(body: Self.chat("hm")), Reply(body: Self.chat(Self.no))])
        let reply = try found.get()
        #expect(reply.attempts == 2)
        #expect(reply.usage == Usage(inputTokens: 200, outputTokens: 40))
    }

    @Test func anAnswerThatIsCutOffHoldsNoVerdict() async throws {
        let (found, _) = try await outcome([Reply(body: Self.chat(Self.no, finish: "length"))])
        guard case .failure(.unparsable(let why)) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(why.contains("max_tokens"))
    }

    @Test func aRefusalIsToldApart() async throws {
        let (refused, asked) = try await outcome([
            Reply(body: Self.chat("", more: ", \"refusal\": \"I cannot judge that.\""))
        ])
        #expect(refused == .failure(.refused("'I cannot judge that.'")))
        #expect(asked == 1)
        let (filtered, _) = try await outcome([Reply(body: Self.chat("", finish: "content_filter"))])
        #expect(filtered == .failure(.refused("its filter stopped the answer")))
    }

    @Test func whatPassesIsAskedAgainAndCounted() async throws {
        let busy = Reply(
            status: 429, body: "{\"error\": {\"message\": \"slow down\"}}", headers: [("Retry-After", "0")])
        let (found, asked) = try await outcome([
            busy, Reply(status: 503, body: "busy"), Reply(body: Self.chat(Self.no)),
        ])
        #expect(try found.get().attempts == 3)
        #expect(asked == 3)
        let (never, times) = try await outcome([busy], retries: 2)
        guard case .failure(.failed(let failure)) = never else {
            Issue.record("\(never)")
            return
        }
        #expect(failure.cause == .throttled && failure.detail.contains("slow down") && times == 3)
        #expect(failure.detail.contains("(3 attempts)"))
    }

    /// Patience by time: six pauses are no six failures.
    @Test func oneThatThrottlesIsWaitedForByTime() async throws {
        let busy = Reply(status: 429, body: "{\"error\": \"slow down\"}", headers: [("Retry-After", "1")])
        let (found, asked) = try await outcome(
            [busy, busy, busy, Reply(body: Self.chat(Self.no))], retries: 0)
        #expect(try found.get().attempts == 4 && asked == 4)
    }

    @Test func aKeyThatIsTurnedDownIsNotTriedForEachQuestion() async throws {
        try await withEndpoint { _, _ in
            Reply(status: 401, body: "{\"error\": {\"message\": \"bad key sk-SECRET-123, or so\"}}")
        } _: { address, requests, _ in
            var endpoint = JudgeEndpoint(address: address, model: "judge-1", timeoutSeconds: 5)
            endpoint.concurrency = 2
            let judge = try EndpointJudge(endpoint, environment: { _ in nil })
            let outcomes = await judge.judge(try Self.questions(30))
            #expect(requests().count <= 2, "\(requests().count)")
            for outcome in outcomes {
                guard case .failure(let problem) = outcome else {
                    Issue.record("\(outcome)")
                    continue
                }
                let words = problem.description
                #expect(!words.contains("SECRET") && words.contains("bad key <redacted>, or so"), "\(words)")
            }
        }
    }

    @Test func whatDoesNotPassIsNotAskedAgain() async throws {
        for status in [401, 403, 404, 413] {
            let (found, asked) = try await outcome([Reply(status: status, body: "{\"error\": \"no\"}")])
            guard case .failure(.failed(let failure)) = found else {
                Issue.record("\(found)")
                continue
            }
            #expect(failure.status == status && asked == 1)
        }
    }

    @Test func aRedirectIsNotFollowed() async throws {
        let (found, asked) = try await outcome([
            Reply(status: 307, body: "", headers: [("Location", "http://127.0.0.1:1/")])
        ])
        guard case .failure(.failed(let failure)) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(failure.detail.contains("redirects are not followed") && asked == 1)
    }

    @Test func aSlowJudgeIsTimedOut() async throws {
        let (found, _) = try await outcome(
            [Reply(body: Self.chat(Self.no), delayMilliseconds: 1500)], retries: 0, timeout: 0.2)
        guard case .failure(.failed(let failure)) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(failure.cause == .timeout)
    }

    @Test func aSecretThatIsSaidBackIsNotShown() async throws {
        try await withEndpoint { _, _ in
            Reply(status: 401, body: "{\"error\": {\"message\": \"bad key secret-key-77\"}}")
        } _: { address, _, _ in
            let judge = try judge(
                address, headers: [.init(name: "Authorization", value: Secretive("Bearer ${env:KEY}"))],
                environment: ["KEY": "secret-key-77"])
            let outcome = await judge.judge(try Self.questions())[0]
            guard case .failure(let problem) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(!problem.description.contains("secret-key-77"))
            #expect(problem.description.contains("<redacted>"))
        }
    }

    @Test func aStreamedAnswerIsReadWhereItIsWhole() async throws {
        let pieces = ["{\\\"reason\\\": \\\"r\\\", ", "\\\"verdict\\\": \\\"no\\\"}"]
        let events = pieces.map {
            "data: {\"object\": \"chat.completion.chunk\", \"model\": \"m\", \"choices\": [{\"index\": 0, \"delta\": {\"content\": \"\($0)\"}}]}\n\n"
        }.joined()
        let end =
            "data: {\"object\": \"chat.completion.chunk\", \"model\": \"m\", \"choices\": [{\"index\": 0, \"delta\": {}, \"finish_reason\": \"stop\"}]}\n\ndata: [DONE]\n\n"
        let (whole, _) = try await outcome([Reply(body: events + end, type: "text/event-stream")])
        #expect(try whole.get().verdict["verdict"] == "no")
        let (cut, _) = try await outcome([Reply(body: events, type: "text/event-stream")])
        #expect(cut == .failure(.unparsable("the stream ended early")))
    }

    @Test func whatIsNoChatCompletionSaysSo() async throws {
        let (page, _) = try await outcome([Reply(body: "<html>sign in</html>", type: "text/html")])
        guard case .failure(.unparsable(let why)) = page else {
            Issue.record("\(page)")
            return
        }
        #expect(why.contains("<html>sign in"))
        let (other, _) = try await outcome([Reply(body: "{\"hello\": 1}")])
        #expect(other == .failure(.unparsable("the body is no chat completion")))
        let (error, _) = try await outcome([Reply(body: "{\"error\": {\"message\": \"overloaded\"}}")])
        #expect(error == .failure(.unparsable("the endpoint says 'overloaded'")))
    }

    @Test func aVariableThatIsNotSetIsToldBeforeAnythingIsAsked() {
        #expect(throws: JudgeProblem.self) {
            try judge("http://h/v1", headers: [.init(name: "Authorization", value: Secretive("${env:NONE}"))])
        }
        #expect(throws: JudgeProblem.self) { try judge("ftp://h") }
    }

    @Test func theIdentityIsThatOfThePolicysJudge() throws {
        let policy = JudgePolicy(kind: .endpoint(address: "http://u:p@h/v1?key=1", model: "judge-1"))
        let endpoint = try #require(JudgeEndpoint(policy))
        let judge = try EndpointJudge(endpoint, environment: { _ in nil })
        #expect(judge.identity == JudgeIdentity(policy))
        #expect(judge.identity.address == "http://h/v1")
        var other = policy
        other.settings["temperature"] = 0.5
        #expect(JudgeIdentity(other) != JudgeIdentity(policy))
    }

    /// A verdict that says otherwise than its reason is found where the answer is read: asked for once more, counted as
    /// unparsable, and not kept.
    @Test func aVerdictThatContradictsItsReasonIsNeitherCountedNorKept() async throws {
        let torn = Reply(body: Self.chat("{\"reason\": \"The answer is toxic.\", \"verdict\": \"no\"}"))
        let cache = MemoryJudgementCache()
        try await withEndpoint { _, turn in
            turn < 2 ? torn : Reply(body: Self.chat(Self.no))
        } _: {
            address, requests, _ in
            let desk = JudgeDesk(try judge(address), cache: cache)
            let found = await desk.judge(try Self.questions())
            guard case .failure(.unparsable(let why)) = found[0] else {
                Issue.record("\(found)")
                return
            }
            #expect(why.contains("its reason says 'yes' and its verdict 'no'"), "\(why)")
            #expect(desk.counts.unparsable == 1 && desk.counts.executed == 0)
            #expect(requests().count == 2)
            // Another run asks again: nothing was kept.
            let next = JudgeDesk(try judge(address), cache: cache)
            #expect((try? await next.judge(try Self.questions())[0].get())?.isKept == false)
            #expect(requests().count == 3)
        }
    }
}
