import Domain
import Metrics
import Synchronization
import Testing

@testable import Scoring

/// A provider that knows the vector of any text by its length, and what it was asked.
final class CountingProvider: ModelProvider {
    private let asked = Mutex<[[ModelRequest]]>([])
    private let digest: String
    private let failing: Set<String>

    init(digest: String = "m1", failing: Set<String> = []) {
        self.digest = digest
        self.failing = failing
    }

    var calls: [[ModelRequest]] { asked.withLock { $0 } }

    func model(_ kind: ModelKind) -> ModelFacts? {
        ModelFacts(role: "embedding", name: "lengths", digest: digest)
    }

    func answers(to requests: [ModelRequest]) async -> [ModelAnswer] {
        asked.withLock { $0.append(requests) }
        return requests.map { request in
            guard case .embedding(let text, _) = request else { return .failed("not of this kind") }
            if failing.contains(text.text) { return .failed("no vector of it") }
            let model = EmbeddingModel(name: "lengths", digest: digest)
            let values = [Float(text.text.utf8.count), 1]
            guard let vector = try? EmbeddingVector(model: model, values: values) else {
                return .failed("no vector")
            }
            return .embedding(TextEmbedding(vector: vector, tokenCount: nil))
        }
    }

    var uses: [ModelUse] {
        var use = ModelUse(ModelFacts(role: "embedding", name: "lengths", digest: digest), unit: "texts")
        use.wanted = calls.reduce(0) { $0 + $1.count }
        return use.wanted == 0 ? [] : [use]
    }
}

@Suite struct ModelPassTests {
    private func item(
        _ row: Int, _ text: String?, reference: String, arm: Arm = .candidate
    ) -> ModelPass.Item {
        var example = Example(id: "e\(row)", query: "?")
        example.references = [reference]
        guard let text else {
            let failure = Failure(cause: .timeout, detail: "30 s")
            return ModelPass.Item(
                example: example,
                observation: Observation(
                    example: example.id, arm: arm, repetition: 0, outcome: .failed(failure)), row: row)
        }
        var answer = Answer(latencyMilliseconds: 1)
        answer.text = text
        return ModelPass.Item(
            example: example,
            observation: Observation(
                example: example.id, arm: arm, repetition: 0, outcome: .answered(answer)), row: row)
    }

    private func pass(
        _ provider: any ModelProvider, kept: KeptScores = KeptScores(), reuse: ModelPass.Reuse = .successes,
        definitions: [MetricDefinition]? = nil
    ) throws -> ModelPass {
        let usual = try ["exact_match", "cosine_similarity"].map {
            try MetricCatalogue.define(MetricRequest(name: $0))
        }
        return ModelPass(
            definitions: definitions ?? usual, provider: provider, scratch: MemoryScratch(), kept: kept,
            reuse: reuse)
    }

    @Test func eachDistinctTextOfABatchIsAskedForOnce() async throws {
        let provider = CountingProvider()
        var pass = try pass(provider)
        #expect(pass.definitions.map(\.name) == ["cosine_similarity"])
        let scores = await pass.measure([
            item(0, "a", reference: "a"), item(1, "a", reference: "bb"),
            item(0, "bb", reference: "a", arm: .baseline),
        ])
        #expect(provider.calls.map(\.count) == [2])
        #expect(scores[0] == [.value(1)])
        // The angle between (1, 1) and (2, 1): 3 / √10.
        guard case .value(let cosine) = scores[1][0] else {
            Issue.record("no value: \(scores[1])")
            return
        }
        #expect(abs(cosine - 3 / 10.0.squareRoot()) < 1e-12)
        let rows = ScoreRows(ids: ["e0", "e1"], slices: [], starts: [0, 1, 2])
        let table = try pass.sheet.table(rows: rows, arms: [.baseline, .candidate])
        #expect(try table.column("cosine_similarity", .candidate)?.values == [1, cosine])
        let old = try #require(try table.column("cosine_similarity", .baseline))
        #expect(old.values[0] == cosine && old.states[1] < 0)
    }

    /// É in one scalar and in two are equal to Swift, and two texts to a model.
    @Test func textsThatDifferInTheirBytesAreTwo() async throws {
        let provider = CountingProvider()
        var pass = try pass(provider)
        _ = await pass.measure([item(0, "\u{E9}", reference: "e\u{301}")])
        #expect(provider.calls.map(\.count) == [2])
    }

    @Test func whatAModelCannotSayIsFailedAndNeverAScore() async throws {
        var pass = try pass(CountingProvider(failing: ["lost"]))
        let scores = await pass.measure([
            item(0, "lost", reference: "a"), item(1, "a", reference: "a"), item(2, nil, reference: "a"),
        ])
        #expect(scores[0] == [.unmeasured("no vector of it")])
        #expect(scores[1] == [.value(1)])
        // The app failed: the worst, as for any metric, and no model's business.
        #expect(scores[2] == [.value(-1)])
    }

    @Test func nobodyToAskIsFailed() async throws {
        var pass = try pass(NoModels())
        let scores = await pass.measure([item(0, "a", reference: "a")])
        #expect(scores == [[.unmeasured("the policy names no model for it")]])
        #expect(pass.kept.isEmpty)
    }

    @Test func keptScoresAreTakenWithoutAsking() async throws {
        var first = try pass(CountingProvider(failing: ["lost"]))
        let items = [item(0, "a", reference: "bb"), item(1, "lost", reference: "a")]
        let scores = await first.measure(items)
        var kept = first.kept
        kept.uses = first.uses
        let read = try KeptScores(kept.encoded())
        #expect(read.uses == first.uses && !read.uses.isEmpty)

        let provider = CountingProvider()
        var again = try pass(provider, kept: read)
        let second = await again.measure(items)
        #expect(second[0] == scores[0])
        // What failed is tried again.
        #expect(
            provider.calls == [[.embedding(ExactText("lost"), .texts), .embedding(ExactText("a"), .texts)]])
        #expect(second[1] != scores[1])

        var record = try pass(NoModels(), kept: read, reuse: .all)
        #expect(await record.measure(items) == scores)
        #expect(record.uses == first.uses)
    }

    @Test func scoresOfAnotherModelAreNotTaken() async throws {
        var first = try pass(CountingProvider(digest: "m1"))
        _ = await first.measure([item(0, "a", reference: "bb")])
        let provider = CountingProvider(digest: "m2")
        var second = try pass(provider, kept: first.kept)
        _ = await second.measure([item(0, "a", reference: "bb")])
        #expect(provider.calls.map(\.count) == [2])
        #expect(second.kept.series("cosine_similarity", .candidate)?.hasSuffix("m2") == true)
    }

    /// A metric of two steps asks for the second when the first is known.
    @Test func aMetricMayAskInSteps() async throws {
        let stepwise = MetricDefinition(
            name: "stepwise", summary: "", unit: .ratio, direction: .higher, tier: .quality, stage: nil,
            source: "",
            models: MetricDefinition.ModelNeed([.embedding], series: "stepwise/1") { input in
                let first = ModelRequest.embedding(ExactText("first"), .texts)
                guard case .embedding(let said) = input.models[first] else { return [first] }
                return [first, .embedding(ExactText("then \(said.vector.values[0])"), .texts)]
            },
            measure: { input in
                guard let said = try? input.models.embedding(of: "then 5.0", .texts) else {
                    return .failed("not asked")
                }
                return .value(Double(said.vector.values[0]))
            })
        let provider = CountingProvider()
        var pass = try pass(provider, definitions: [stepwise])
        let scores = await pass.measure([item(0, "a", reference: "a"), item(1, "b", reference: "b")])
        #expect(scores == [[.value(8)], [.value(8)]])
        #expect(
            provider.calls == [
                [.embedding(ExactText("first"), .texts)], [.embedding(ExactText("then 5.0"), .texts)],
            ])
    }

    @Test func aMetricThatNeverHasEnoughEnds() async throws {
        let count = Mutex(0)
        let greedy = MetricDefinition(
            name: "greedy", summary: "", unit: .ratio, direction: .higher, tier: .quality, stage: nil,
            source: "",
            models: MetricDefinition.ModelNeed([.embedding], series: "greedy/1") { _ in
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                return [.embedding(ExactText("\(number)"), .texts)]
            }, measure: { _ in .value(1) })
        var pass = try pass(CountingProvider(), definitions: [greedy])
        let scores = await pass.measure([item(0, "a", reference: "a")])
        #expect(scores == [[.failed("greedy still wanted more of its model after 16 rounds")]])
    }

    @Test(arguments: [
        "", "{}", #"{"format":"sluice.model-scores/2"}"#,
        #"{"format":"sluice.model-scores/1","models":[],"columns":[]}"#,
        #"{"format":"sluice.model-scores/2","models":[],"units":[],"columns":[{"metric":"m"}]}"#,
        #"{"format":"sluice.model-scores/2","models":[],"units":[["e"]],"columns":[]}"#,
        #"{"format":"sluice.model-scores/2","models":[],"units":[],"columns":[{"metric":"m","arm":"candidate","series":"s","units":[0],"scores":[1],"reasons":[]}]}"#,
        #"{"format":"sluice.model-scores/2","models":[],"units":[["e",0]],"columns":[{"metric":"m","arm":"candidate","series":"s","units":[0],"scores":[{"failed":3}],"reasons":["a"]}]}"#,
    ])
    func bytesThatAreNoKeptScoresAreRefused(text: String) {
        #expect(throws: KeptScores.Problem.self) { try KeptScores(Array(text.utf8)) }
        do { _ = try KeptScores(Array(text.utf8)) } catch {
            let words = error.description
            #expect(
                words.hasPrefix("model-scores.json:") || words.hasPrefix("model-scores.json at /"), "\(words)"
            )
            #expect(words.contains("sluice eval --rescore"), "\(words)")
        }
    }

    @Test func everyKindOfScoreComesBack() throws {
        var kept = KeptScores()
        let scores: [Measurement] = [
            .value(0.1 + 0.2), .values([1, 2.5]), .labels(["a", "b"]), .notApplicable("no reference"),
            .failed("no vector"), .unmeasured("the budget is spent"), .value(-1),
        ]
        for (row, score) in scores.enumerated() {
            kept.keep(score, "m", .baseline, .init("e\(row / 2)", row % 2), series: "s|m1")
        }
        let read = try KeptScores(kept.encoded())
        for (row, score) in scores.enumerated() {
            #expect(read.score("m", .baseline, .init("e\(row / 2)", row % 2), series: "s|m1") == score)
        }
        #expect(read.score("m", .candidate, .init("e0", 0), series: nil) == nil)
        #expect(read.score("m", .baseline, .init("e0", 0), series: "s|m2") == nil)
    }

    /// Rows of another set, or in another order, are those of the same examples.
    @Test func keptScoresGoByTheExample() async throws {
        var first = try pass(CountingProvider())
        let scores = await first.measure([item(0, "a", reference: "bb"), item(1, "a", reference: "cccc")])
        var again = try pass(NoModels(), kept: try KeptScores(first.kept.encoded()), reuse: .all)
        let second = item(1, "a", reference: "cccc")
        let moved = ModelPass.Item(example: second.example, observation: second.observation, row: 0)
        #expect(await again.measure([moved]) == [scores[1]])
        let unknown = item(7, "a", reference: "a")
        #expect(
            await again.measure([unknown])
                == [[.unmeasured("the run kept no score of it, and models are not asked again")]])
    }

    @Test func whatIsExpectedNowIsNotMeasuredByWhatWasExpected() async throws {
        let definitions = try ["cosine_similarity", "answer_relevance"].map {
            try MetricCatalogue.define(MetricRequest(name: $0))
        }
        var first = try pass(CountingProvider(), definitions: definitions)
        let scores = await first.measure([item(0, "a", reference: "bb")])
        var again = ModelPass(
            definitions: definitions, provider: NoModels(), scratch: MemoryScratch(), kept: first.kept,
            reuse: .all, reexpected: ["e0"])
        let read = await again.measure([item(0, "a", reference: "other")])
        #expect(
            read[0][0] == .unmeasured("other things are expected of it now, and models are not asked again"))
        // The question is no expectation.
        #expect(read[0][1] == scores[0][1])
    }

    @Test func whatEarlierPartsOfARunUsedIsAddedUp() async throws {
        var first = try pass(CountingProvider())
        _ = await first.measure([item(0, "a", reference: "bb")])
        var kept = first.kept
        kept.uses = first.uses
        #expect(kept.uses.map(\.wanted) == [2])
        var second = try pass(CountingProvider(), kept: kept)
        _ = await second.measure([
            item(0, "a", reference: "bb"), item(1, "c", reference: "dd"), item(2, "c", reference: "eee"),
        ])
        #expect(second.uses.map(\.wanted) == [2 + 3])
        // Nothing more is asked: what was asked still stands.
        kept = second.kept
        kept.uses = second.uses
        var third = try pass(CountingProvider(), kept: kept)
        _ = await third.measure([item(0, "a", reference: "bb")])
        #expect(third.uses == second.uses)
        // Another model's scores are measured anew, and the first one has no part in them.
        var other = try pass(CountingProvider(digest: "m2"), kept: kept)
        _ = await other.measure([item(0, "a", reference: "bb")])
        #expect(other.uses.map(\.model.digest) == ["m2"])
    }

    /// A sweep's variants share their models: each says what it used itself.
    @Test func runsThatShareAModelCountTheirOwn() async throws {
        let provider = CountingProvider()
        var first = try pass(provider)
        _ = await first.measure([item(0, "a", reference: "bb")])
        var second = try pass(provider)
        _ = await second.measure([item(0, "c", reference: "bb"), item(1, "dd", reference: "eee")])
        #expect(second.uses.map(\.wanted) == [4])
        let third = try pass(provider)
        #expect(third.uses.isEmpty)
    }

    @Test func moneyAndNamesOfPartsAreAddedUp() {
        let facts = ModelFacts(role: "judge", name: "j", digest: "d")
        var one = ModelUse(facts, unit: "judgements")
        (one.wanted, one.asked, one.tokens, one.money, one.names) = (3, 2, 10, 0.5, ["b"])
        var two = ModelUse(facts, unit: "judgements")
        (two.wanted, two.failed, two.money, two.names) = (4, 1, 0.25, ["a", "b"])
        let sum = ModelUse.merged([one], [two])
        #expect(sum.count == 1 && sum[0].wanted == 7 && sum[0].asked == 2 && sum[0].failed == 1)
        #expect(sum[0].tokens == 10 && sum[0].money == 0.75 && sum[0].names == ["a", "b"])
        let left = ModelUse.since([one], sum)
        #expect(left.map(\.money) == [0.25] && left.map(\.wanted) == [4])
    }
}
