import HTTPClient
import HTTPServer
import Notation
import Testing

@testable import helpdesk

private let liveRelease = Result { try pipeline("v1") }

@Suite struct ServiceTests {
    private func ask(
        _ body: String, path: String = "/v1/answer", method: String = "POST", isMinimal: Bool = false,
        headers: HTTPClientHeaders = [:]
    ) async throws -> (status: Int, text: String) {
        let service = Service(try liveRelease.get(), isMinimal: isMinimal)
        let server = try HTTPServer { try await service.handle($0, $1) }
        let port = try server.start()
        let request = HTTPClientRequest(
            method: method, url: "http://127.0.0.1:\(port)\(path)", headers: headers,
            body: method == "POST" ? Array(body.utf8) : nil)
        let response = try await HTTPClient().send(request)
        await server.stop(within: .milliseconds(50))
        return (response.status, String(decoding: response.body, as: UTF8.self))
    }

    @Test func anAnswerHoldsWhatAGateLooksAt() async throws {
        let (status, text) = try await ask(
            #"{"query": "Who wrote the poem The Mark of Anarchy?", "session": "s1"}"#)
        let body = try JSONValue.parse(text)
        #expect(status == 200)
        #expect(body["routing"]?["intent"] == "knowledge")
        #expect(body["retrieval"]?[0]?["id"] == "28-0")
        #expect(body["guardrail"]?["outcome"] == "allow")
        #expect(body["versions"]?["config"]?["top_k"] == 5)
        #expect(body["session_id"] == "s1")
        #expect(
            body["timings"]?.objectValue?.keys == [
                "routing", "retrieval", "generation", "format", "guardrail",
            ])
    }

    @Test func theMinimalAppReturnsTextAlone() async throws {
        let (_, text) = try await ask(#"{"query": "hello there"}"#, isMinimal: true)
        #expect(try JSONValue.parse(text).objectValue?.keys == ["answer"])
    }

    @Test func aStreamEndsWithTheWholeAnswer() async throws {
        let (_, text) = try await ask(
            #"{"query": "please freeze my account"}"#, headers: ["Accept": "text/event-stream"])
        let events = text.split(separator: "\n\n").map { String($0.dropFirst("data: ".count)) }
        #expect(events.last == "[DONE]")
        let whole = try JSONValue.parse(events[events.count - 2])
        let deltas = try events.dropLast(2).compactMap { try JSONValue.parse($0)["delta"]?.stringValue }
        #expect(deltas.joined() == whole["answer"]?.stringValue)
        #expect(deltas.count > 3)
    }

    @Test(arguments: [
        ("", "/v1/answer", "POST", 400), ("[1", "/v1/answer", "POST", 400),
        (#"{"query": 3}"#, "/v1/answer", "POST", 400),
        (#"{"query": " "}"#, "/v1/answer", "POST", 400), ("", "/v1/answer", "GET", 405),
        ("", "/x", "GET", 404),
        ("", "/healthz", "GET", 200), ("", "/config", "GET", 200),
    ])
    func statusesAreHonest(body: String, path: String, method: String, expected: Int) async throws {
        #expect(try await ask(body, path: path, method: method).status == expected)
    }
}
