import Domain
import Metrics
import Testing

/// Several chunks of one document are the usual case.
@Suite struct ContextChunkTests {
    private func value(_ name: String, ids: [String], gold: [String]) throws -> Measurement {
        var example = Example(id: "e", query: "?")
        example.goldDocuments = gold
        var answer = Answer(latencyMilliseconds: 1)
        answer.documents = ids.map { RetrievedDocument(id: $0) }
        var input = MeasureInput(
            example: example,
            observation: Observation(example: "e", arm: .candidate, repetition: 0, outcome: .answered(answer))
        )
        return try MetricCatalogue.define(MetricRequest(name: name)).measured(&input)
    }

    @Test func eachChunkOfARelevantDocumentIsRelevantContext() throws {
        #expect(try value("context_precision[id]", ids: ["a", "a", "a"], gold: ["a"]) == .value(1))
        #expect(try value("context_precision[id]", ids: ["a", "b", "a", "c"], gold: ["a"]) == .value(0.5))
        #expect(try value("context_recall[id]", ids: ["a", "a", "b"], gold: ["a", "b"]) == .value(1))
        // Ranked measures count a document once, as trec_eval would.
        #expect(try value("precision@3", ids: ["a", "a", "a"], gold: ["a"]) == .value(1.0 / 3))
    }
}
