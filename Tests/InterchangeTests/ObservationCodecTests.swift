import Domain
import Interchange
import Notation
import Testing

@Suite struct ObservationCodecTests {
    @Test(arguments: 0..<500)
    func anObservationComesBackAsItWas(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let observation = random.observation()
        let line = ObservationCodec.encode(observation)
        #expect(line.last == 0x0A)
        #expect(!line.dropLast().contains(0x0A), "seed \(seed)")
        let back = try ObservationCodec.decode(line)
        #expect(back == observation, "seed \(seed)")
        // Equality of texts is canonical equivalence; the bytes must come back too.
        #expect(ObservationCodec.encode(back) == line, "seed \(seed)")
    }

    @Test func theLineIsTheDocumentedOne() {
        var answer = Answer(latencyMilliseconds: 12.5)
        answer.text = "A"
        answer.documents = [RetrievedDocument(id: "d", score: 0.5, page: 2)]
        answer.stages = []
        answer.usage = Usage(inputTokens: 3)
        answer.versions = [Answer.Version(name: "model", value: "m")]
        let observation = Observation(
            example: "x", arm: .candidate, repetition: 1, outcome: .answered(answer))
        #expect(
            String(decoding: ObservationCodec.encode(observation), as: UTF8.self)
                == #"{"v":1,"example":"x","arm":"candidate","repetition":1,"answer":{"latency_ms":12.5,"text":"A","#
                + #""documents":[{"id":"d","score":0.5,"page":2}],"usage":{"input":3},"stages":[],"versions":[["model","m"]]}}"#
                + "\n")
    }

    @Test func aNaNIsKept() throws {
        let answer = Answer(latencyMilliseconds: .nan)
        let line = ObservationCodec.encode(
            Observation(example: "x", arm: .baseline, repetition: 0, outcome: .answered(answer)))
        #expect(try ObservationCodec.decode(line).answer?.latencyMilliseconds?.isNaN == true)
    }

    @Test func aDeepBodyIsKept() throws {
        let deep = String(repeating: "[", count: 256) + String(repeating: "]", count: 256)
        var answer = Answer(latencyMilliseconds: 1)
        answer.body = try JSONValue.parse(deep)
        let observation = Observation(
            example: "x", arm: .baseline, repetition: 0, outcome: .answered(answer), earlierTurns: [answer])
        #expect(try ObservationCodec.decode(ObservationCodec.encode(observation)) == observation)
    }

    @Test(arguments: [
        ("{\"v\":1", "the line is no JSON: the text ends before the value does: it is truncated (column 7)"),
        ("[]", "the line is an array, not an observation"),
        ("{}", "'v' is missing"),
        (
            #"{"v":2,"example":"x"}"#,
            "the line is of version 2, this program reads version 1: use a newer sluice"
        ),
        (#"{"v":1,"example":"x","arm":"left","repetition":0}"#, "'arm' is no arm"),
        (#"{"v":1,"example":"x","arm":"baseline","repetition":0}"#, "'failure' is missing"),
        (
            #"{"v":1,"example":5,"arm":"baseline","repetition":0,"answer":{"latency_ms":1}}"#,
            "'example' is an integer, not a text"
        ),
        (
            #"{"v":1,"example":"x","arm":"baseline","repetition":0,"answer":{"latency_ms":"fast"}}"#,
            "'latency_ms' is a string, not a number"
        ),
    ])
    func aLineThatIsNoneSaysWhy(line: String, message: String) {
        do {
            _ = try ObservationCodec.decode(Array(line.utf8))
            Issue.record("decoded")
        } catch {
            #expect(error.description == message)
        }
    }

    @Test func unknownMembersArePassedOver() throws {
        let line =
            #"{"v":1,"example":"x","arm":"baseline","repetition":0,"new":1,"answer":{"latency_ms":1,"later":[2]}}"#
        #expect(try ObservationCodec.decode(Array(line.utf8)).example == "x")
    }
}
