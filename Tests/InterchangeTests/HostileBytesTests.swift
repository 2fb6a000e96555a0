import Domain
import Interchange
import Notation
import Testing

/// Bytes from outside, damaged at random, must never stop the process, and never be taken for something
/// whole.
@Suite struct HostileBytesTests {
    private func damaged(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...8, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let interesting: [UInt8] = [
                0, 0x0A, 0x0D, 0x22, 0x2C, 0x3A, 0x5B, 0x5C, 0x7B, 0x7D, 0x39, 0x2D, 0x65, 0xC3, 0xFF,
            ]
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = interesting.randomElement(using: &random) ?? 0
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(interesting.randomElement(using: &random) ?? 0, at: place)
            default:
                bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...40, using: &random)))
            }
        }
        return bytes
    }

    @Test(arguments: 0..<300)
    func dataSets(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let row =
            #"{"query_id": "a", "query": "q", "history": [["a", "b"]], "required_elements": [{"count": "x", "at_least": 1, "at_most": 99999999999999999999}], "gold_source_spans": [{"source": "s", "page": 9223372036854775807}], "expected_score": [0.1, 1e308], "repeats": 3, "zone": [1, -0.0, 1e-320], "provenance": {"a": 1}}"#
        let bytes = damaged(Array((row + "\n" + row.replacing("\"a\"", with: "\"b\"")).utf8), &random)
        let (examples, reader) = DatasetReader.read([("g.jsonl", bytes)])
        // Nothing is lost without a word.
        #expect(examples.count == reader.exampleCount)
        #expect(examples.count + reader.errorCount > 0)
    }

    @Test(arguments: 0..<300)
    func observations(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let line = ObservationCodec.encode(random.observation())
        guard let observation = try? ObservationCodec.decode(damaged(line, &random)) else { return }
        // What is taken is whole: it can be written and read again.
        let again = ObservationCodec.encode(observation)
        #expect((try? ObservationCodec.decode(again)).map { ObservationCodec.encode($0) } == again)
    }

    @Test(arguments: try Recording.extract())
    func answersAndStreams(recording: Recording) {
        for seed in 0..<40 {
            var random = SeededRandom(seed: UInt64(seed))
            let bytes = damaged(recording.body, &random)
            var answer = Answer(latencyMilliseconds: 0)
            if recording.isStream {
                var events = ServerSentEvents()
                var stream = ChatStream()
                events.feed(bytes) { _ = stream.take($0) }
                ChatBody.read(stream.body, into: &answer)
            } else if let body = try? JSONValue.parse(bytes) {
                ChatBody.read(body, into: &answer)
            }
            let usage = answer.usage
            #expect((usage?.inputTokens ?? 0) >= 0 && (usage?.outputTokens ?? 0) >= 0)
            #expect((usage?.cachedInputTokens ?? 0) <= (usage?.inputTokens ?? .max))
        }
    }

    @Test(arguments: 0..<300)
    func headersAndTemplates(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let values = [
            "1h2m3.5s", "Thu, 01 Jan 2026 00:01:30 GMT", "2026-01-01T00:00:10.5Z",
            "limit=1, remaining=2, reset=3",
        ]
        let value = damaged(Array((values.randomElement(using: &random) ?? "").utf8), &random)
        let pacing = RateLimitHeaders.pacing(now: 1e9) { _ in String(decoding: value, as: UTF8.self) }
        #expect((pacing.retryAfterSeconds ?? 0) >= 0)
        #expect((pacing.resetSeconds ?? 0) >= 0)
        #expect((pacing.remainingRequests ?? 0) >= 0)
        let template = damaged(Array("a ${input.query} $${x} ${session}".utf8), &random)
        _ = try? TemplateText(String(decoding: template, as: UTF8.self))
    }
}
