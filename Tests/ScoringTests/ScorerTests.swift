import Domain
import Metrics
import Testing

@testable import Scoring

/// From observations to rows: every metric, and a digest of what each stage put out.
@Suite struct ScorerTests {
    private func answer(
        text: String? = "yes", intent: String? = "refund", documents: [String]? = ["d1", "d2"],
        guardrail: GuardrailOutcome? = .allow
    ) -> Answer {
        var answer = Answer(latencyMilliseconds: 12)
        answer.text = text
        answer.intent = intent
        answer.documents = documents.map { $0.map { RetrievedDocument(id: $0) } }
        answer.guardrail = guardrail.map { GuardrailDecision(outcome: $0) }
        return answer
    }

    private func column(_ name: String, _ outcomes: [Observation.Outcome]) throws -> ScoreColumn {
        let definitions = try ["intent_accuracy", "recall@3", "latency"].map {
            try MetricCatalogue.define(MetricRequest(name: $0))
        }
        let scorer = Scorer(definitions: definitions, scratch: MemoryScratch())
        var example = Example(id: "e", query: "?")
        example.expectedIntent = "refund"
        example.goldDocuments = ["d2"]
        var features: ExampleFeatures?
        for (row, outcome) in outcomes.enumerated() {
            let observation = Observation(example: "e", arm: .candidate, repetition: row, outcome: outcome)
            let scores = scorer.score(example, observation, row: row, features: &features)
            #expect(scores.count == definitions.count)
        }
        let rows = ScoreRows(ids: ["e"], slices: [], starts: [0, Int32(outcomes.count)])
        return try #require(try scorer.sheet.table(rows: rows, arms: [.candidate]).column(name, .candidate))
    }

    @Test func metricsStandByTheirNames() throws {
        let outcomes: [Observation.Outcome] = [
            .answered(answer()), .answered(answer(intent: "order", documents: ["d9"])),
        ]
        #expect(try column("intent_accuracy", outcomes).values == [1, 0])
        #expect(try column("recall@3", outcomes).values == [1, 0])
        #expect(try column("latency", outcomes).values == [12, 12])
    }

    /// An answer without documents lacks them; an app that failed is the worst; a connection that failed is neither.
    @Test func whatIsMissingSaysWhoseFaultItIs() throws {
        let outcomes: [Observation.Outcome] = [
            .answered(answer(documents: nil)), .failed(Failure(cause: .timeout, detail: "30 s")),
            .failed(Failure(cause: .unreachable, detail: "refused")),
        ]
        let recall = try column("recall@3", outcomes)
        #expect(recall.states[0] < 0 && recall.answered[Int(-recall.states[0]) - 1])
        #expect(recall.states[1] == 0 && recall.values[1] == 0)
        #expect(recall.states[2] < 0 && !recall.answered[Int(-recall.states[2]) - 1])
        let latency = try column("latency", outcomes)
        #expect(latency.states[0] == 0)
        #expect(latency.states[1] > 0 && !latency.answered[Int(latency.states[1]) - 1])
    }

    struct Signal: Sendable {
        let stage: Stage
        let first: Answer
        let second: Answer
        let isSame: Bool
    }

    @Test func signalsAreEqualWhereAStageDidTheSame() throws {
        let cases = [
            Signal(stage: .routing, first: answer(), second: answer(text: "no", documents: []), isSame: true),
            Signal(stage: .routing, first: answer(), second: answer(intent: "order"), isSame: false),
            Signal(stage: .retrieval, first: answer(), second: answer(text: "no"), isSame: true),
            Signal(
                stage: .retrieval, first: answer(), second: answer(documents: ["d2", "d1"]), isSame: false),
            // Ids are kept apart: two of them are not one that is spelled as both.
            Signal(stage: .retrieval, first: answer(), second: answer(documents: ["d1d2"]), isSame: false),
            Signal(stage: .generation, first: answer(), second: answer(intent: "order"), isSame: true),
            Signal(stage: .generation, first: answer(), second: answer(text: "yes "), isSame: false),
            Signal(stage: .guardrail, first: answer(), second: answer(guardrail: .block), isSame: false),
        ]
        for it in cases {
            let found = try column(it.stage.signalName, [.answered(it.first), .answered(it.second)])
            #expect(found.states == [0, 0])
            #expect((found.values[0] == found.values[1]) == it.isSame, "\(it.stage)")
        }
    }

    @Test func aStageThatIsNotShownHasNoSignal() throws {
        let hidden = try column(Stage.retrieval.signalName, [.answered(answer(documents: nil))])
        #expect(hidden.states[0] > 0 && hidden.answered[Int(hidden.states[0]) - 1])
        let empty = try column(Stage.retrieval.signalName, [.answered(answer(documents: []))])
        #expect(empty.states[0] == 0)
        let failed = try column(
            Stage.generation.signalName, [.failed(Failure(cause: .timeout, detail: "30 s"))])
        #expect(failed.states[0] > 0 && !failed.answered[Int(failed.states[0]) - 1])
    }
}
