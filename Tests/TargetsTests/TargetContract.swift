import Domain
import Foundation
import HTTPServer
import Notation
import Synchronization
import Targets
import Testing

/// How the contract meets one adapter. The app behind it answers a query with the query's own words; it fails
/// at `fail`, and never answers `hang`, where it can.
struct ContractedAdapter: Sendable, CustomTestStringConvertible {
    let name: String
    /// Whether the app behind it can keep a question waiting.
    let canHang: Bool
    let secret: String?
    let policy: @Sendable (_ url: String) throws -> TargetPolicy

    var testDescription: String { name }

    static let secretValue = "s3cr3t-value"

    static let all: [ContractedAdapter] = [
        ContractedAdapter(name: "http", canHang: true, secret: secretValue) { url in
            httpPolicy(url + "/json") {
                $0.headers = [.init(name: "Authorization", value: Secretive("Bearer ${env:KEY}"))]
            }
        },
        ContractedAdapter(name: "http, text", canHang: true, secret: nil) { httpPolicy($0 + "/text") },
        ContractedAdapter(name: "http, events", canHang: true, secret: nil) { url in
            httpPolicy(url + "/events") { $0.streamText = "/token" }
        },
        ContractedAdapter(name: "openai", canHang: true, secret: secretValue) { url in
            var policy = TargetPolicy(
                kind: .openAI(
                    baseURL: url + "/v1", model: "m",
                    parameters: (["temperature": 0] as JSONValue).objectValue!, stream: false,
                    system: Secretive("Be kind, ${env:KEY}.")))
            policy.headers = [.init(name: "Authorization", value: Secretive("Bearer ${env:KEY}"))]
            return policy
        },
        ContractedAdapter(name: "openai, streamed", canHang: true, secret: nil) { url in
            TargetPolicy(
                kind: .openAI(
                    baseURL: url + "/v1/", model: "m", parameters: JSONObject(), stream: true, system: nil))
        },
        ContractedAdapter(name: "command", canHang: true, secret: secretValue) { _ in
            var policy = TargetPolicy(kind: .command(arguments: ["sh", "apps/echo.sh"]))
            policy.headers = [.init(name: "APP_KEY", value: Secretive("${env:KEY}"))]
            return policy
        },
        ContractedAdapter(name: "command without ids", canHang: true, secret: nil) { _ in
            TargetPolicy(kind: .command(arguments: ["sh", "apps/echo.sh", "noid"]))
        },
        ContractedAdapter(name: "recorded", canHang: false, secret: nil) { _ in
            TargetPolicy(kind: .recorded(file: "recorded.jsonl"))
        },
    ]

    /// The app of the HTTP adapters.
    @Sendable static func app(_ request: HTTPRequest, _ response: consuming ResponseWriter) async throws {
        let body = try JSONValue.parse(request.body)
        let words =
            body["query"]?.stringValue ?? body["messages"]?.arrayValue?.last?["content"]?.stringValue ?? ""
        if words.hasPrefix("hang") { try await EventLoop.sleep(for: .seconds(20)) }
        if words.hasPrefix("fail") {
            try await response.send(500, text: "boom")
            return
        }
        let message: JSONValue = ["role": "assistant", "content": .string(words)]
        switch (String(request.path), body["stream"]?.boolValue ?? false) {
        case ("/text", _): try await response.send(headers: ["Content-Type": "text/plain"], text: words)
        case ("/events", _):
            let writer = try await response.start(headers: ["Content-Type": "text/event-stream"])
            for letter in words { try await writer.write("data: {\"token\": \"\(letter)\"}\n\n") }
            try await writer.finish()
        case ("/v1/chat/completions", false):
            let answer: JSONValue = [
                "model": "m-1", "choices": [["message": message, "finish_reason": "stop"]],
            ]
            try await response.send(headers: ["Content-Type": "application/json"], body: answer.bytes())
        case ("/v1/chat/completions", true):
            let writer = try await response.start(headers: ["Content-Type": "text/event-stream"])
            for letter in words {
                let event: JSONValue = [
                    "choices": [["index": 0, "delta": ["content": .string(String(letter))]]]
                ]
                try await writer.write("data: \(event.text())\n\n")
            }
            try await writer.write(
                "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
            )
            try await writer.finish()
        default:
            let answer: JSONValue = ["answer": .string(words)]
            try await response.send(headers: ["Content-Type": "application/json"], body: answer.bytes())
        }
    }

    /// Runs `body` with a target of this adapter, and closes it.
    func withTarget(_ body: (any Target) async throws -> Void) async throws {
        try await withServer(handler: Self.app) { url in
            let target = try make(
                try policy(url), environment: ["KEY": Self.secretValue, "PATH": "/usr/bin:/bin"])
            do { try await body(target) } catch {
                await target.close()
                throw error
            }
            await target.close()
        }
    }
}

/// What every target promises to the runner.
@Suite(.serialized) struct TargetContract {
    @Test(arguments: ContractedAdapter.all)
    func aQuestionIsAnswered(adapter: ContractedAdapter) async throws {
        try await adapter.withTarget { target in
            let attempt = await target.ask(question("one", id: "Q-one"))
            #expect(attempt.answer?.text == "one", "\(attempt)")
            #expect(attempt.answer?.problems == [])
            if adapter.name != "recorded" {
                let latency = try #require(attempt.answer?.latencyMilliseconds)
                #expect(latency > 0 && latency < 5000)
            }
        }
    }

    @Test(arguments: ContractedAdapter.all)
    func manyQuestionsAtOnceGetEachItsOwnAnswer(adapter: ContractedAdapter) async throws {
        try await adapter.withTarget { target in
            await withTaskGroup(of: (String, String?).self) { group in
                for number in 0..<40 {
                    group.addTask {
                        let words = "word \(number)"
                        return (words, await target.ask(question(words, id: "Q-\(number)")).answer?.text)
                    }
                }
                for await (words, text) in group { #expect(text == words) }
            }
        }
    }

    @Test(arguments: ContractedAdapter.all)
    func aFailureIsData(adapter: ContractedAdapter) async throws {
        try await adapter.withTarget { target in
            let failure = try #require(await target.ask(question("fail", id: "Q-fail")).failure)
            #expect(failure.cause == .status)
            #expect(!failure.detail.isEmpty)
            #expect(await target.ask(question("one", id: "Q-one")).answer?.text == "one")
        }
    }

    @Test(arguments: ContractedAdapter.all.filter(\.canHang))
    func aHangNeverOutlivesItsTimeout(adapter: ContractedAdapter) async throws {
        try await adapter.withTarget { target in
            // The first answer is slower where something has to start.
            _ = await target.ask(question("one", id: "Q-one"))
            let start = ContinuousClock.now
            let attempt = await target.ask(question("hang", id: "Q-hang", timeout: 0.3))
            #expect(attempt.failure?.cause == .timeout, "\(attempt)")
            #expect(ContinuousClock.now - start < .seconds(2))
            #expect(await target.ask(question("one", id: "Q-one")).answer?.text == "one")
        }
    }

    @Test(arguments: ContractedAdapter.all.filter(\.canHang))
    func aCancelledQuestionReturnsAtOnce(adapter: ContractedAdapter) async throws {
        try await adapter.withTarget { target in
            _ = await target.ask(question("one", id: "Q-one"))
            let start = ContinuousClock.now
            let task = Task { await target.ask(question("hang", id: "Q-hang")) }
            try await Task.sleep(for: .milliseconds(100))
            task.cancel()
            #expect(await task.value.failure?.cause == .cancelled)
            #expect(ContinuousClock.now - start < .seconds(2))
        }
    }

    @Test(arguments: ContractedAdapter.all)
    func identityIsStableAndHoldsNoSecret(adapter: ContractedAdapter) async throws {
        let policy = try adapter.policy("http://127.0.0.1:9")
        let environments = [["KEY": ContractedAdapter.secretValue], ["KEY": "another value"]]
        let identities = try environments.map { try make(policy, environment: $0).identity }
        #expect(identities[0] == identities[1])
        #expect(identities[0].configuration.hasPrefix("sha256:"))
        #expect(!"\(identities[0])".contains(ContractedAdapter.secretValue))
        var other = policy
        other.observe.intent = "/other"
        #expect(
            try make(other, environment: environments[0]).identity.configuration
                != identities[0].configuration)
    }

    @Test(arguments: ContractedAdapter.all)
    func closingTwiceAndAskingAfterwardsDoNotHang(adapter: ContractedAdapter) async throws {
        try await adapter.withTarget { target in
            _ = await target.ask(question("one", id: "Q-one"))
            await target.close()
            await target.close()
            let start = ContinuousClock.now
            _ = await target.ask(question("one", id: "Q-one", timeout: 1))
            #expect(ContinuousClock.now - start < .seconds(3))
        }
    }
}
