import Domain
import Interchange
import Notation
import Testing

@Suite struct FeedbackReaderTests {
    @Test func whatIsSaidIsReadAndTheRestIsFree() throws {
        let body =
            #"{"request_id":"r-1","thumb":"down","escalated":true,"resolved":null,"overridden":false,"why":{"a":1}}"#
        let feedback = try FeedbackReader.read(Array(body.utf8), received: 7)
        #expect(feedback.request == "r-1" && feedback.received == 7 && feedback.thumb == .down)
        #expect(feedback.isEscalated == true && feedback.isResolved == nil && feedback.isOverridden == false)
        #expect(feedback.fields["why"] == ["a": 1] && feedback.fields.count == 1)
        let line = FeedbackCodec.encode(feedback)
        #expect(try FeedbackCodec.decode(try JSONValue.parse(line)) == feedback)
    }

    @Test(arguments: [
        ("[]", "object"), ("{", "no JSON"), (#"{"thumb":"up"}"#, "'request_id'"),
        (#"{"request_id":"a b","thumb":"up"}"#, "'request_id'"),
        (#"{"request_id":"a"}"#, "at least one"), (#"{"request_id":"a","thumb":"sideways"}"#, "'thumb'"),
        (#"{"request_id":"a","thumb":1}"#, "'thumb'"),
        (#"{"request_id":"a","resolved":"yes"}"#, "'resolved'"),
        (#"{"request_id":"a","x":"\#(String(repeating: "a", count: 5000))"}"#, "longer"),
        (#"{"request_id":"a","\#(String(repeating: "a", count: 65))":1}"#, "name"),
        (String(repeating: " ", count: 20_000), "16384"),
    ])
    func whatCannotBeTakenIsNamed(body: String, word: String) {
        let problem = #expect(throws: FeedbackReader.Problem.self) {
            try FeedbackReader.read(Array(body.utf8), received: 1)
        }
        #expect(problem?.description.contains(word) == true)
    }

    @Test func membersAreCounted() {
        let members = (0..<33).map { "\"m\($0)\":1" }.joined(separator: ",")
        #expect(throws: FeedbackReader.Problem.self) {
            try FeedbackReader.read(Array("{\"request_id\":\"a\",\(members)}".utf8), received: 1)
        }
    }
}
