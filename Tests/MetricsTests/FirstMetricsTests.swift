import Domain
import Metrics
import Testing

@Suite struct FirstMetricsTests {
    @Test func intentAccuracyComparesNames() throws {
        let expecting: (inout Example) -> Void = { $0.expectedIntent = "a" }
        #expect(try measure("intent_accuracy", example: expecting, answer: { $0.intent = "a" }) == .value(1))
        #expect(try measure("intent_accuracy", example: expecting, answer: { $0.intent = "A" }) == .value(0))
        #expect(try measure("intent_accuracy", answer: { $0.intent = "a" }).isNotApplicable)
        #expect(try measure("intent_accuracy", example: { $0.expectedIntent = "a" }) == .value(0))
    }

    @Test func recallCountsEachGoldDocumentOnce() throws {
        func recall(_ got: [String]) throws -> Double? {
            try measure(
                "recall@3", example: { $0.goldDocuments = ["d1", "d2"] },
                answer: { $0.documents = got.map { RetrievedDocument(id: $0) } }
            ).number
        }
        #expect(try recall(["d1", "d7", "d9"]) == 0.5)
        #expect(try recall(["d1", "d1", "d9"]) == 0.5)
        #expect(try recall(["x", "y", "z", "d1"]) == 0)
        #expect(try recall([]) == 0)
    }

    /// Values by the script's formula: precision 2/3, recall 1.
    @Test func tokenF1TakesTheBestReference() throws {
        let value = try measure(
            "token_f1", example: { $0.references = ["Carolina", "the Denver Broncos"] },
            answer: { $0.text = "Denver Broncos won." })
        #expect(value.number == 2 * (2.0 / 3) / (2.0 / 3 + 1))
    }

    @Test func costChargesCachedTokensOnce() throws {
        let prices = ReleasePolicy.Prices(
            currency: "USD", inputPerMillion: 0.15, cachedInputPerMillion: 0.075, outputPerMillion: 0.60)
        let value = try measure(
            "cost", resources: MetricResources(prices: prices),
            answer: { $0.usage = Usage(inputTokens: 1000, cachedInputTokens: 400, outputTokens: 200) })
        #expect(abs((value.number ?? 0) - 0.00024) < 1e-18)
        #expect(
            try measure("cost", answer: { $0.usage = Usage(inputTokens: 1000, outputTokens: 1) }).isFailed)
    }

    @Test func aRightlyBlockedAttackIsASuccess() throws {
        let value = try measure(
            "guardrail_pass", example: { $0.expectedGuardrail = .block },
            answer: { $0.guardrail = GuardrailDecision(outcome: .block) })
        #expect(value == .value(1))
    }

    @Test func aFailureOfTheAppScoresWorstWhereTheExampleExpectsSomething() throws {
        #expect(try measureFailure("token_f1", .timeout, example: { $0.references = ["x"] }) == .value(0))
        #expect(try measureFailure("token_f1", .timeout).isNotApplicable)
        #expect(try measureFailure("token_f1", .unreachable, example: { $0.references = ["x"] }).isFailed)
        #expect(try measureFailure("latency", .timeout).isNotApplicable)
    }
}
