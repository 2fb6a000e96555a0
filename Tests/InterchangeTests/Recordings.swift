import Digest
import Domain
import Foundation
import Interchange
import Notation
import Testing

/// One recorded response, and what it answered by the reckoning of `expect.py`.
struct Recording: Sendable, CustomTestStringConvertible {
    let name: String
    let isStream: Bool
    let body: [UInt8]
    let expected: JSONValue

    var testDescription: String { name }

    static func lines(of file: URL) throws -> [JSONValue] {
        try Data(contentsOf: file).split(separator: 0x0A).map { try JSONValue.parse(Array($0)) }
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures/llm-http-recordings")

    static func extract() throws -> [Recording] {
        let rows = try lines(of: folder.appendingPathComponent("interactions.jsonl"))
        let expected = try lines(of: folder.appendingPathComponent("expected.jsonl"))
        return zip(rows, expected).map { Recording($0, $1) }
    }

    static func all(in shared: String) throws -> [Recording] {
        let file = URL(fileURLWithPath: shared).appendingPathComponent(
            "llm-http-recordings/interactions.jsonl")
        let rows = try lines(of: file)
        return try lines(of: folder.appendingPathComponent("expected-all.jsonl")).map { expected in
            Recording(rows[(expected["line"]?.intValue ?? 1) - 1], expected)
        }
    }

    private init(_ row: JSONValue, _ expected: JSONValue) {
        name = "\(expected["line"]?.intValue ?? 0) \(row["cassette"]?.stringValue ?? "")"
        isStream = row["stream"]?.boolValue ?? false
        body = Array((row["body"]?.stringValue ?? "").utf8)
        self.expected = expected
    }

    /// Reads the recording as a target does; a stream in chunks of `size` bytes.
    func answer(chunk size: Int) throws -> Answer {
        var answer = Answer(latencyMilliseconds: 0)
        guard isStream else {
            #expect(ChatBody.read(try JSONValue.parse(body), into: &answer))
            return answer
        }
        var events = ServerSentEvents()
        var stream = ChatStream()
        var brought = false
        for start in stride(from: 0, to: body.count, by: size) {
            events.feed(body[start..<min(start + size, body.count)]) { if stream.take($0) { brought = true } }
        }
        #expect(stream.isKnown && stream.isFinished && stream.problem == nil && stream.failure == nil)
        #expect(ChatBody.read(stream.body, into: &answer))
        #expect(brought == !((answer.text ?? "").isEmpty && (answer.tools ?? []).isEmpty))
        return answer
    }

    func check(_ answer: Answer, textIsDigest: Bool) {
        #expect(answer.problems == [], "\(name)")
        let text = answer.text.map { textIsDigest ? String(ContentDigest(of: $0).hex.prefix(16)) : $0 }
        #expect(text == expected["text"]?.stringValue, "\(name)")
        let tools = (answer.tools ?? []).map { JSONValue.array([.string($0.name), $0.arguments]) }
        #expect(.array(tools) == expected["tools"], "\(name)")
        #expect(answer.usage?.inputTokens == expected["tokens"]?[0]?.intValue, "\(name)")
        #expect(answer.usage?.outputTokens == expected["tokens"]?[1]?.intValue, "\(name)")
    }
}

@Suite struct ChatRecordingTests {
    @Test(arguments: try Recording.extract())
    func aRecordedAnswerIsReadWhole(recording: Recording) throws {
        for size in [1, 7, 100_000] {
            recording.check(try recording.answer(chunk: size), textIsDigest: false)
        }
    }

    @Test(arguments: try Recording.extract().filter(\.isStream))
    func aStreamThatIsCutIsNotFinished(recording: Recording) throws {
        var events = ServerSentEvents()
        var stream = ChatStream()
        events.feed(recording.body.prefix(recording.body.count / 3)) { _ = stream.take($0) }
        // A stream of one event has no third of it.
        #expect(!stream.isFinished)
    }

    @Test func anErrorAmidAStreamIsTold() {
        var events = ServerSentEvents()
        var stream = ChatStream()
        let bytes = """
            data: {"id":"1","choices":[{"index":0,"delta":{"content":"Hel"}}]}

            data: {"error":{"message":"The server had an error","type":"server_error"}}


            """
        events.feed(Array(bytes.utf8)) { _ = stream.take($0) }
        #expect(stream.failure == "The server had an error")
    }

    @Test func aStreamOfNoKnownAPIIsReadByItsPointer() throws {
        var events = ServerSentEvents()
        var stream = ChatStream(textPointer: try JSONPointer("/token"))
        let bytes = """
            event: token
            data: {"token": "Hel"}

            event: token
            data: {"token": "lo"}

            event: final
            data: {"retrieval": ["d1"], "token": "!"}

            data: [DONE]


            """
        var brought = 0
        events.feed(Array(bytes.utf8)) { if stream.take($0) { brought += 1 } }
        #expect(stream.plainText == "Hello!")
        #expect(stream.body == ["token": "!", "retrieval": ["d1"]])
        #expect(brought == 3)
        #expect(stream.isFinished)
    }

    @Test func aStreamOfPlainTextIsText() {
        var events = ServerSentEvents()
        var stream = ChatStream()
        events.feed(Array("data: Hel\n\ndata: lo, \n\ndata: you\n\n".utf8)) { _ = stream.take($0) }
        #expect(stream.plainText == "Hello, you")
        #expect(!stream.isKnown)
    }
}

private let shared = ProcessInfo.processInfo.environment["SLUICE_SHARED_DATA"]

@Suite(.enabled(if: shared != nil)) struct CorpusChatRecordingTests {
    @Test func everyRecordedAnswerIsReadWhole() throws {
        let recordings = try Recording.all(in: shared ?? "")
        #expect(recordings.count == 304)
        for recording in recordings {
            for size in [13, 100_000] {
                recording.check(try recording.answer(chunk: size), textIsDigest: true)
            }
        }
    }
}
