import Domain
import Metrics
import Notation
import Testing

@Suite struct SemanticTests {
    private func close(_ measurement: Measurement, _ value: Double) -> Bool {
        measurement.number.map { abs($0 - value) < 1e-6 } ?? false
    }

    // MARK: BERTScore

    /// Worked out by hand. Answer: (1, 0) and (0, 1); reference: (3, 4) alone. Cosines .6 and .8: precision .7, recall .8.
    private let pair = MadeUpModel(tokens: [
        "a b": [[1, 0], [0, 1]], "r": [[3, 4]], "a": [[1, 0]], "far": [[0, 1]],
    ])

    @Test(arguments: [
        ("bertscore_precision", 0.7), ("bertscore_recall", 0.8), ("bertscore", 2 * 0.7 * 0.8 / 1.5),
    ]) func eachTokenIsMatchedWithTheNearest(_ name: String, _ value: Double) throws {
        let score = try measure(
            name, model: pair, example: { $0.references = ["r"] }, answer: { $0.text = "a b" })
        #expect(close(score, value))
    }

    /// Against "a" precision is .5 and recall 1, against "r" .7 and .8: each is the best by itself, as bert-score has it.
    @Test(arguments: [
        ("bertscore_precision", 0.7), ("bertscore_recall", 1.0), ("bertscore", 2 * 0.7 * 0.8 / 1.5),
    ]) func ofSeveralReferencesTheBestCountsForEach(_ name: String, _ value: Double) throws {
        let score = try measure(
            name, model: pair, example: { $0.references = ["a", "r"] }, answer: { $0.text = "a b" })
        #expect(close(score, value))
    }

    /// Tokens 0 and 10 of the answer; 10 stands in 1 of 3 references, 0 in none: log 4 and log 2 are 2 to 1.
    @Test func rareTokensCountForMore() throws {
        var model = pair
        model.rarity = TokenRarity([[10, 10], [7], [8]])
        let score = try measure(
            "bertscore_precision", ["idf": true], model: model, example: { $0.references = ["r"] },
            answer: { $0.text = "a b" })
        #expect(close(score, (2 * 0.6 + 1 * 0.8) / 3))
        model.rarity = TokenRarity([[0, 10, 40]])
        #expect(
            try measure(
                "bertscore_precision", ["idf": true], model: model, example: { $0.references = ["r"] },
                answer: { $0.text = "a b" }
            ).isNotApplicable)
    }

    @Test(arguments: [
        ("", ["r"], 0.0), (" \n", ["r"], 0), ("a", [" "], 0), ("", ["", "r"], 1),
    ]) func aBlankTextMatchesOnlyAnother(_ text: String, _ references: [String], _ value: Double) throws {
        let score = try measure(
            "bertscore", model: pair, example: { $0.references = references }, answer: { $0.text = text })
        #expect(close(score, value))
    }

    // MARK: What all share

    static let names = [
        "bertscore", "cosine_similarity", "answer_similarity", "answer_relevance", "groundedness",
        "citation_accuracy", "context_relevance", "context_relevance_mean", "chunk_relevance@1",
        "context_recall[embedding]", "context_precision[embedding]",
    ]

    @Test(arguments: names) func aModelThatFailsIsNoScore(_ name: String) throws {
        let score = try measure(
            name, model: MadeUpModel(failure: "out of memory"), example: { $0.references = ["It rains."] },
            answer: {
                $0.text = "It snows [1]."
                $0.documents = [RetrievedDocument(id: "d", text: "Tea.")]
            })
        #expect(score == .unmeasured("out of memory"))
    }

    @Test(arguments: names) func whatTheAppDoesNotShowIsFailed(_ name: String) throws {
        let score = try measure(name, model: MadeUpModel(), example: { $0.references = ["It rains."] })
        #expect(score.isFailed)
    }

    @Test func vectorsOfTwoModelsAreNotCompared() throws {
        let definition = try metric("cosine_similarity")
        var example = Example(id: "e", query: "q")
        example.references = ["r"]
        var answer = Answer(latencyMilliseconds: 1)
        answer.text = "a"
        var input = MeasureInput(
            example: example,
            observation: Observation(
                example: "e", arm: .candidate, repetition: 0, outcome: .answered(answer)))
        for (text, digest) in [("a", "d1"), ("r", "d2")] {
            let vector = try EmbeddingVector(
                model: EmbeddingModel(name: "m\(digest)", digest: digest), values: [1])
            input.models[.embedding(ExactText(text), .texts)] = .embedding(
                TextEmbedding(vector: vector, tokenCount: 1))
        }
        guard case .unmeasured(let reason) = definition.measured(&input) else {
            Issue.record("compared")
            return
        }
        #expect(reason.contains("md1 (d1)") && reason.contains("md2 (d2)"))
    }

    @Test func similarityIsHeldToItsRange() throws {
        let model = MadeUpModel(texts: ["a": [1, 0], "b": [-1, 0], "c": [3, 4]])
        func score(_ name: String, _ parameter: JSONValue? = nil, to reference: String) throws -> Double? {
            try measure(
                name, parameter, model: model, example: { $0.references = [reference] },
                answer: { $0.text = "a" }
            ).number
        }
        #expect(try score("cosine_similarity", to: "b") == -1)
        #expect(try score("answer_similarity", to: "b") == 0)
        #expect(try score("answer_similarity", ["threshold": 0.6], to: "c") == 1)
        #expect(try score("answer_similarity", ["threshold": 0.61], to: "c") == 0)
        #expect(throws: MetricProblem.self) { try metric("answer_similarity", ["threshold": 2]) }
        #expect(throws: MetricProblem.self) { try metric("answer_similarity", ["treshold": 0.5]) }
    }

    // MARK: Context

    @Test func chunksAreHeldAgainstTheQuestion() throws {
        let model = MadeUpModel(texts: ["q": [1, 0], "near": [4, 3], "far": [-1, 0]])
        func score(_ name: String, _ parameter: JSONValue? = nil, of texts: [String?]) throws -> Measurement {
            try measure(
                name, parameter, model: model,
                answer: { $0.documents = texts.map { RetrievedDocument(id: "d", text: $0) } })
        }
        #expect(try score("context_relevance", of: ["near", "far"]).number == 0.5)
        #expect(try score("context_relevance", ["threshold": 0.9], of: ["near"]).number == 0)
        #expect(close(try score("context_relevance_mean", of: ["near", "far"]), 0.4))
        #expect(close(try score("chunk_relevance@1", of: ["near", "far"]), 0.8))
        #expect(try score("chunk_relevance@2", of: ["near", "far"]).number == 0)
        #expect(try score("chunk_relevance@3", of: ["near", "far"]).isNotApplicable)
        #expect(try score("context_relevance", of: []).isNotApplicable)
        #expect(try score("context_relevance", of: ["near", nil]).isFailed)
        #expect(close(try score("context_relevance_mean", of: ["near", " "]), 0.4))
    }

    /// Counted by hand.
    @Test func contextIsHeldAgainstGold() throws {
        let model = MadeUpModel(texts: [
            "It rained.": [1, 0], "It snowed.": [0, 1], "Water fell.": [4, 3], "Tea is hot.": [-1, -1],
        ])
        let chunks = ["It rained. Tea is hot.", "Tea is hot.", "Water fell."]
        func score(_ name: String, _ parameter: JSONValue? = nil) throws -> Double? {
            try measure(
                name, parameter, model: model,
                example: {
                    $0.references = ["It rained. It snowed."]
                    $0.goldDocuments = ["d0", "d7"]
                },
                answer: {
                    $0.documents = chunks.enumerated().map { RetrievedDocument(id: "d\($0)", text: $1) }
                }
            ).number
        }
        #expect(try score("context_recall[id]") == 0.5)
        #expect(try score("context_precision[id]") == 1.0 / 3)
        #expect(try score("context_recall[text]") == 0.5)
        #expect(try score("context_precision[text]") == 1.0 / 3)
        #expect(try score("context_recall[text]", ["threshold": 0.5]) == 1)
        #expect(try score("context_recall[embedding]") == 1)
        #expect(try score("context_precision[embedding]") == 2.0 / 3)
        #expect(try score("context_recall[embedding]", ["threshold": 0.9]) == 0.5)
    }

    @Test(arguments: ["context_recall", "context_recall[texts]", "context_precision[]"])
    func aWayOfMatchingIsNamed(_ name: String) {
        #expect(throws: MetricProblem.self) { try metric(name) }
    }

    @Test func goldSpansComeBeforeReferences() throws {
        let score = try measure(
            "context_recall[text]",
            example: {
                $0.references = ["1564"]
                $0.goldSpans = [SourceSpan(source: "s", text: "he was born")]
            }, answer: { $0.documents = [RetrievedDocument(id: "d", text: "He was born in Stratford.")] })
        #expect(score == .value(1))
        #expect(
            try measure("context_recall[text]", answer: { $0.documents = [] }).isNotApplicable)
    }
}
