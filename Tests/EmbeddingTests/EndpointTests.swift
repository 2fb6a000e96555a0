import Domain
import Foundation
import HTTPServer
import Notation
import Synchronization
import Testing

@testable import Embedding

@Suite struct EndpointTests {
    /// Runs an endpoint that answers each request with what a closure makes of its texts and their number so far.
    private func withEndpoint<Value: Sendable>(
        _ answer: @escaping @Sendable (_ texts: [String], _ turn: Int) -> (status: Int, body: String),
        _ body: (String, @Sendable () -> [HTTPRequest]) async throws -> Value
    ) async throws -> Value {
        let requests = Requests()
        let server = try HTTPServer { request, response in
            let turn = requests.add(request)
            let json = try? JSONValue.parse(request.body)
            let texts = (json?["input"]?.arrayValue ?? []).compactMap(\.stringValue)
            let (status, body) = answer(texts, turn)
            try await response.send(status, headers: ["Retry-After": "0"], text: body)
        }
        let port = try server.start()
        let result: Result<Value, any Error>
        do { result = .success(try await body("http://127.0.0.1:\(port)/v1", { requests.all })) } catch {
            result = .failure(error)
        }
        await server.stop(within: .milliseconds(20))
        return try result.get()
    }

    private final class Requests: Sendable {
        private let seen = Mutex<[HTTPRequest]>([])
        var all: [HTTPRequest] { seen.withLock { $0 } }

        func add(_ request: HTTPRequest) -> Int {
            seen.withLock { seen in
                seen.append(request)
                return seen.count - 1
            }
        }
    }

    /// A vector that tells its text: its length, and 1.
    private static func vectors(_ texts: [String], model: String = "m", reversed: Bool = false) -> String {
        var items = texts.enumerated().map { index, text in
            "{\"object\": \"embedding\", \"index\": \(index), \"embedding\": [\(text.utf8.count), 1]}"
        }
        if reversed { items.reverse() }
        return "{\"object\": \"list\", \"model\": \"\(model)\", \"data\": [" + items.joined(separator: ", ")
            + "]}"
    }

    private func embedder(
        _ address: String, batch: Int = 96, retries: Int = 2, concurrency: Int = 1,
        headers: [TargetPolicy.Header] = [], environment: [String: String] = [:]
    ) throws -> EndpointEmbedder {
        try EndpointEmbedder(
            EndpointSettings(
                address: address, model: "m", headers: headers, timeoutSeconds: 5, retries: retries,
                firstPauseSeconds: 0.01, batch: batch, concurrency: concurrency),
            environment: { environment[$0] })
    }

    @Test func textsGoInBatchesAndComeBackInOrder() async throws {
        let texts = (0..<25).map { String(repeating: "x", count: $0) }
        try await withEndpoint { texts, turn in
            (200, Self.vectors(texts, reversed: turn % 2 == 1))
        } _: { url, requests in
            let embedder = try embedder(
                url, batch: 4, concurrency: 3,
                headers: [.init(name: "Authorization", value: Secretive("Bearer ${env:KEY}"))],
                environment: ["KEY": "secret-key"])
            let embedded = try await embedder.embed(texts, .texts)
            #expect(embedded.map { Int($0.vector.values[0]) } == Array(0..<25))
            #expect(embedded.allSatisfy { $0.vector.model == embedder.model && $0.tokenCount == nil })
            #expect(requests().count == 7)
            #expect(requests().allSatisfy { $0.path == "/v1/embeddings" })
            #expect(requests().allSatisfy { $0.headers["Authorization"] == "Bearer secret-key" })
            let body = try JSONValue.parse(requests()[0].body)
            #expect(body["model"]?.stringValue == "m" && body["encoding_format"]?.stringValue == "float")
        }
    }

    @Test(arguments: [429, 500, 503, 408]) func whatFailsInPassingIsAskedAgain(status: Int) async throws {
        try await withEndpoint { texts, turn in
            turn < 2 ? (status, "{\"error\": {\"message\": \"busy\"}}") : (200, Self.vectors(texts))
        } _: { url, requests in
            let embedded = try await embedder(url).embed(["a"], .texts)
            #expect(embedded.count == 1)
            #expect(requests().count == 3)
        }
    }

    @Test func whatGoesOnFailingSaysWhatTheEndpointSaid() async throws {
        try await withEndpoint { _, _ in
            (503, "{\"error\": {\"message\": \"overloaded secret-key\"}}")
        } _: { url, requests in
            let embedder = try embedder(
                url, headers: [.init(name: "X-Key", value: Secretive("${env:KEY}"))],
                environment: ["KEY": "secret-key"])
            let message = await refusal { _ = try await embedder.embed(["a"], .texts) }
            #expect(message.contains("status 503 ('overloaded <redacted>') (3 attempts)"), "\(message)")
            #expect(requests().count == 3)
        }
    }

    /// Of a hundred texts one is turned down with all that stand beside it: it fails, and no other.
    @Test(arguments: [400, 413, 422])
    func oneBadTextTakesNoOtherWithIt(status: Int) async throws {
        let texts = (0..<100).map { $0 == 37 ? "BAD" : String(repeating: "x", count: $0 + 1) }
        try await withEndpoint { texts, _ in
            texts.contains("BAD")
                ? (status, "{\"error\": \"one of the inputs is no text\"}") : (200, Self.vectors(texts))
        } _: { url, requests in
            let results = await (try embedder(url, batch: 50)).embedEach(texts, .texts)
            for (place, result) in results.enumerated() {
                switch result {
                case .success(let embedding):
                    #expect(embedding.vector.values == [Float(place + 1), 1])
                    #expect(place != 37)
                case .failure(let problem):
                    #expect(place == 37)
                    #expect(problem.description.contains("status \(status)"), "\(problem)")
                }
            }
            // Two batches, and one of them halved down to the text: 50, 25, 13, 7, 4, 2, each with its other half.
            #expect(requests().count <= 2 + 2 * 6)
        }
    }

    @Test func aVectorThatIsNoneFailsItsTextAlone() async throws {
        try await withEndpoint { texts, _ in
            (200, Self.vectors(texts).replacingOccurrences(of: "[3, 1]", with: "[null, 1]"))
        } _: { url, _ in
            let results = await (try embedder(url)).embedEach(["a", "bb", "ccc", "dddd"], .texts)
            #expect(results.map { (try? $0.get()) != nil } == [true, true, false, true])
        }
    }

    /// What turns down everything it is asked is not asked for each text of a run.
    @Test func anEndpointThatTurnsEverythingDownIsSoonLeftAlone() async throws {
        try await withEndpoint { _, _ in
            (400, "{\"error\": \"no such model\"}")
        } _: { url, requests in
            let embedder = try embedder(url, batch: 64)
            let texts = (0..<640).map { "text \($0)" }
            let results = await embedder.embedEach(texts, .texts)
            #expect(results.allSatisfy { (try? $0.get()) == nil })
            #expect(requests().count < 40, "\(requests().count)")
        }
    }

    @Test func whatCameBeforeTheEndpointBrokeIsNotLost() async throws {
        try await withEndpoint { texts, turn in
            turn < 2 ? (200, Self.vectors(texts)) : (503, "{}")
        } _: { url, requests in
            let results = await (try embedder(url, batch: 2, retries: 0)).embedEach(
                ["a", "bb", "ccc", "dddd", "e", "f", "g", "h"], .texts)
            #expect(
                results.map { (try? $0.get()) != nil } == [
                    true, true, true, true, false, false, false, false,
                ])
            #expect(requests().count == 3, "the rest need not be asked")
        }
    }

    @Test func whatIsRefusedIsNotAskedAgain() async throws {
        try await withEndpoint { _, _ in
            (401, "{}")
        } _: { url, requests in
            let message = await refusal { _ = try await embedder(url).embed(["a"], .texts) }
            #expect(message.contains("status 401; check the key in embedding.headers"), "\(message)")
            #expect(requests().count == 1)
        }
    }

    @Test(arguments: [
        ("{\"data\": []}", "0 vectors for 2 texts"),
        (
            "{\"data\": [{\"embedding\": [1]}, {\"embedding\": [1]}, {\"embedding\": [1]}]}",
            "3 vectors for 2 texts"
        ),
        ("{\"data\": [{\"embedding\": [1]}, {\"embedding\": [1, 2]}]}", "vectors of different sizes"),
        ("{\"data\": [{\"embedding\": [1]}, {\"embedding\": [NaN]}]}", "no JSON"),
        (
            "{\"data\": [{\"index\": 0, \"embedding\": [1]}, {\"index\": 0, \"embedding\": [1]}]}",
            "the index 0"
        ),
        (
            "{\"data\": [{\"index\": 0, \"embedding\": [1]}, {\"index\": 7, \"embedding\": [1]}]}",
            "the index 7"
        ),
        ("{\"vectors\": []}", "without the list 'data'"), ("", "no JSON"), ("<html>", "no JSON"),
    ])
    func answersOfEveryWrongFormAreRefused(body: String, says: String) async throws {
        try await withEndpoint { _, _ in
            (200, body)
        } _: { url, requests in
            let message = await refusal { _ = try await embedder(url).embed(["a", "b"], .texts) }
            #expect(message.contains(says), "\(message)")
            #expect(requests().count == 1)
        }
    }

    @Test(arguments: [
        ("[]", "no list of numbers for text 1"), ("[null]", "no finite number in the vector of text 1"),
        ("[1e300]", "no finite number in the vector of text 1"),
    ])
    func aVectorOfEveryWrongFormIsRefused(vector: String, says: String) async throws {
        try await withEndpoint { _, _ in
            (200, "{\"data\": [{\"embedding\": \(vector)}]}")
        } _: { url, requests in
            let message = await refusal { _ = try await embedder(url).embed(["a"], .texts) }
            #expect(message.contains(says), "\(message)")
            #expect(requests().count == 1)
        }
    }

    @Test func anEndpointThatChangesItsModelIsFoundOut() async throws {
        try await withEndpoint { texts, turn in
            (200, Self.vectors(texts, model: "m-\(turn)"))
        } _: { url, _ in
            let embedder = try embedder(url)
            _ = try await embedder.embed(["a"], .texts)
            let message = await refusal { _ = try await embedder.embed(["b"], .texts) }
            #expect(message.contains("'m-1' after answers of 'm-0'"), "\(message)")
        }
        try await withEndpoint { _, turn in
            (200, "{\"data\": [{\"embedding\": [1\(turn == 0 ? "" : ", 2")]}]}")
        } _: { url, _ in
            let embedder = try embedder(url)
            _ = try await embedder.embed(["a"], .texts)
            let message = await refusal { _ = try await embedder.embed(["b"], .texts) }
            #expect(message.contains("vectors of 2 numbers after vectors of 1"), "\(message)")
        }
    }

    @Test func anEndpointThatIsNotThereIsNamed() async throws {
        let embedder = try embedder("http://127.0.0.1:1/v1", retries: 1)
        let message = await refusal { _ = try await embedder.embed(["a"], .texts) }
        #expect(message.contains("http://127.0.0.1:1/v1/embeddings could not be asked"), "\(message)")
        #expect(message.contains("(2 attempts)"))
    }

    @Test func vectorsOfTokensAreNotToBeHadThere() async throws {
        let embedder = try embedder("http://127.0.0.1:1/v1")
        await #expect(throws: EmbeddingProblem.noTokens(embedder.model)) {
            try await embedder.embed(["a"], .tokens)
        }
    }

    @Test func settingsThatCannotWorkAreRefusedAtOnce() {
        #expect(throws: EmbeddingProblem.self) { try embedder("ftp://host") }
        let header = TargetPolicy.Header(name: "Authorization", value: Secretive("Bearer ${env:NOT_SET}"))
        #expect(throws: EmbeddingProblem.self) { try embedder("http://h/v1", headers: [header]) }
    }

    @Test func credentialsInAnAddressAreNotShown() {
        let settings = EndpointSettings(address: "https://me:pass@host/v1?key=abc", model: "m")
        #expect(settings.shownURL == "https://host/v1")
        #expect(settings.url == "https://me:pass@host/v1?key=abc")
    }

    private func refusal(_ body: () async throws -> Void) async -> String {
        do { try await body() } catch { return "\(error)" }
        return ""
    }
}
