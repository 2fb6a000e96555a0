import Domain
import Metrics
import Notation
import Scoring
import Synchronization
import Testing

/// The pass with an embedder behind it.
@Suite struct EmbeddingPassTests {
    /// Embeds a text as its length and 1; one with `!` not at all, one with `long` in two windows.
    private final class Counting: Embedder {
        let model: EmbeddingModel
        let showsTokens = true
        private let count = Mutex(0)
        var asked: Int { count.withLock { $0 } }

        init(_ digest: String) { model = EmbeddingModel(name: "counting-\(digest)", digest: digest) }

        func embed(
            _ texts: [String], _ detail: EmbeddingDetail
        ) async throws(EmbeddingProblem) -> [TextEmbedding] {
            if texts.contains(where: { $0.contains("!") }) { throw .failed("it shouts") }
            count.withLock { $0 += texts.count }
            var made: [TextEmbedding] = []
            for text in texts {
                let values = [Float(text.utf8.count), 1]
                let tokens = TokenVectors(
                    model: model, ids: [1], values: values, width: 2, isSpecial: [false])
                made.append(
                    TextEmbedding(
                        vector: try EmbeddingVector(model: model, values: values), tokenCount: 1,
                        windows: text.contains("long") ? 2 : 1, tokens: detail == .tokens ? tokens : nil))
            }
            return made
        }

        func tokenIDs(_ text: String) -> [Int32]? { text.utf8.map { Int32($0) } }

        func close() async {}
    }

    private func items(_ texts: [String]) -> [ModelPass.Item] {
        texts.enumerated().map { number, text in
            var example = Example(id: "\(number)", query: "q")
            example.references = ["reference"]
            var answer = Answer(latencyMilliseconds: 1)
            answer.text = text
            return ModelPass.Item(
                example: example,
                observation: Observation(
                    example: example.id, arm: .candidate, repetition: 0, outcome: .answered(answer)),
                row: number)
        }
    }

    private func pass(
        _ embedder: any Embedder, _ kept: KeptScores = KeptScores(),
        _ names: [String] = ["cosine_similarity"],
        reuse: ModelPass.Reuse = .successes
    ) throws -> ModelPass {
        ModelPass(
            definitions: try names.map { try MetricCatalogue.define(MetricRequest(name: $0)) },
            provider: EmbeddingProvider(embedder, references: { ["reference"] }), scratch: MemoryScratch(),
            kept: kept, reuse: reuse)
    }

    @Test func keptScoresAreTakenAndNothingIsAskedAgain() async throws {
        let model = Counting("one")
        var first = try pass(model)
        let scores = await first.measure(items(["a", "bb"]))
        #expect(model.asked == 3)
        var second = try pass(model, try KeptScores(first.kept.encoded()))
        let again = await second.measure(items(["a", "bb"]))
        #expect(again == scores)
        #expect(model.asked == 3)
    }

    /// Of another model's scores none is taken, and none stays beside the new ones.
    @Test func keptScoresOfAnotherModelNeverMeetThisOnes() async throws {
        var first = try pass(Counting("one"))
        _ = await first.measure(items(["a", "bb", "ccc"]))
        let other = Counting("two")
        var second = try pass(other, first.kept)
        let scores = await second.measure(items(["a"]))
        #expect(other.asked == 2)
        #expect(second.kept.series("cosine_similarity", .candidate)?.contains("two") == true)
        #expect(
            second.kept.score("cosine_similarity", .candidate, .init("0", 0), series: nil) == scores[0][0])
        #expect(second.kept.score("cosine_similarity", .candidate, .init("1", 0), series: nil) == nil)
        // A record that is read again as it was judged asks nobody.
        let third = Counting("three")
        var record = try pass(third, first.kept, reuse: .all)
        _ = await record.measure(items(["a", "bb", "ccc"]))
        #expect(third.asked == 0)
    }

    @Test func failuresAreTriedAgain() async throws {
        let model = Counting("one")
        var first = try pass(model)
        let failed = await first.measure(items(["a!"]))
        #expect(failed == [[.unmeasured("it shouts")]])
        #expect(first.uses.first?.failed == 2)
        var second = try pass(model, first.kept)
        guard case .value = await second.measure(items(["a"]))[0][0] else {
            Issue.record("not tried again")
            return
        }
    }

    /// A metric of vectors and three of tokens: the reference is embedded once for each of both.
    @Test func equalTextsAreEmbeddedOnceInABatchAndAcross() async throws {
        let model = Counting("one")
        let names = ["cosine_similarity", "bertscore", "bertscore_recall"]
        let provider = EmbeddingProvider(model)
        var counts: [Int] = []
        for texts in [["a", "a", "bb"], ["a"]] {
            var pass = ModelPass(
                definitions: try names.map { try MetricCatalogue.define(MetricRequest(name: $0)) },
                provider: provider, scratch: MemoryScratch(), kept: KeptScores(), reuse: .successes)
            _ = await pass.measure(items(texts))
            counts.append(model.asked)
        }
        // Vectors of tokens are held; those of texts are the cache's matter.
        #expect(counts == [6, 8])
    }

    @Test func textsReadInPartsAreCountedOnceEach() async throws {
        var pass = try self.pass(Counting("one"))
        _ = await pass.measure(items(["long a", "long a", "long b", "c"]))
        _ = await pass.measure(items(["long a"]))
        #expect(pass.uses.first?.windowed == 2)
    }

    @Test func rarityIsCountedOverTheReferences() async throws {
        let definition = MetricRequest(name: "bertscore", parameter: ["idf": true])
        var pass = ModelPass(
            definitions: [try MetricCatalogue.define(definition)],
            provider: EmbeddingProvider(Counting("one"), references: { ["ab", "b"] }),
            scratch: MemoryScratch(), kept: KeptScores(), reuse: .successes)
        guard case .value = await pass.measure(items(["a"]))[0][0] else {
            Issue.record("no score")
            return
        }
        #expect(abs(TokenRarity([[1, 2, 2], [2]]).weight(1) - 0.405465108108164) < 1e-12)
        #expect(TokenRarity([[1, 2, 2], [2]]).weight(2) == 0)
    }
}
