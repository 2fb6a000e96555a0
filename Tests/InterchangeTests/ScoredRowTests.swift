import Domain
import Notation
import Testing

@testable import Interchange

@Suite struct ScoredRowTests {
    private func read(_ text: String) throws -> (example: Example, observation: Observation) {
        var reader = ScoredRowReader()
        return try Array(text.utf8).withUnsafeBufferPointer { try reader.read($0, line: 7) }
    }

    @Test func anExpectationAndAnAnswerStandInOneObject() throws {
        let (example, observation) = try read(
            """
            {"id": "Q-1", "reference_response": ["a", "b"], "answer": "c", "documents": ["d1", {"id": "d2"}], \
            "retrieval_gold_doc_ids": {"d1": 2, "d3": 0}, "intent": "refund", "expected_intent": "cancel", \
            "tool_calls": [{"name": "f", "arguments": "{\\"x\\": 1}"}], "expected_tool_calls": ["f"], \
            "latency_ms": 120, "logprobs": [-0.5]}
            """)
        #expect(example.id == "Q-1")
        #expect(example.references == ["a", "b"])
        #expect(example.goldDocuments == ["d1"])
        #expect(
            example.relevance == [RelevanceGrade(id: "d1", grade: 2), RelevanceGrade(id: "d3", grade: 0)])
        #expect(example.expectedIntent == "cancel")
        let answer = try #require(observation.answer)
        #expect(answer.text == "c")
        #expect(answer.documents?.map(\.id) == ["d1", "d2"])
        #expect(answer.intent == "refund")
        #expect(answer.tools == [ToolCall(name: "f", arguments: ["x": 1])])
        #expect(answer.tokenLogarithms == [-0.5])
        #expect(answer.latencyMilliseconds == 120)
    }

    @Test func aBareIntentBesideAPredictedOneIsTheExpectation() throws {
        let (example, observation) = try read(#"{"intent": "cancel", "predicted_intent": "refund"}"#)
        #expect(example.expectedIntent == "cancel")
        #expect(observation.answer?.intent == "refund")
    }

    @Test func aLineWithoutIdGoesByItsNumber() throws {
        #expect(try read(#"{"text": "x"}"#).example.id == "7")
    }

    @Test func aFailureIsNoAnswer() throws {
        #expect(try read(#"{"failure": "timeout"}"#).observation.failure?.cause == .timeout)
        #expect(try read(#"{"error": "boom"}"#).observation.answer == nil)
    }

    @Test(arguments: [
        ("[1]", 1), ("{\"a\": 1", 8), ("{\"a\": 1, \"a\": 2}", 10), ("", 1), ("5", 1),
        ("{\"expected_score\": \"none\"}", 20), ("{\"failure\": \"sulk\"}", 0),
    ])
    func aBadLineIsRefusedWithItsPlace(_ text: String, _ column: Int) {
        #expect {
            try read(text)
        } throws: { error in
            (error as? ScoredRowReader.Problem)?.column == column
        }
    }
}
