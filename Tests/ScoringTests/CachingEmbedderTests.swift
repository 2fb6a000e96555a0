import Domain
import Scoring
import Synchronization
import Testing

@Suite struct CachingEmbedderTests {
    /// Embeds a text as its length, and remembers what it was asked.
    private final class Counting: Embedder {
        let model: EmbeddingModel
        let showsTokens = true
        private let seen = Mutex<[[String]]>([])
        var asked: [[String]] { seen.withLock { $0 } }

        init(_ digest: String = "d") { model = EmbeddingModel(name: "counting", digest: digest) }

        func embed(
            _ texts: [String], _ detail: EmbeddingDetail
        ) async throws(EmbeddingProblem) -> [TextEmbedding] {
            seen.withLock { $0.append(texts) }
            var made: [TextEmbedding] = []
            for text in texts {
                let vector = try EmbeddingVector(model: model, values: [Float(text.utf8.count), 1])
                let tokens = TokenVectors(
                    model: model, ids: [1], values: [1, 2], width: 2, isSpecial: [false])
                made.append(
                    TextEmbedding(
                        vector: vector, tokenCount: text.utf8.count, windows: 2,
                        tokens: detail == .tokens ? tokens : nil))
            }
            return made
        }

        func close() async {}
    }

    private struct Broken: EmbeddingCache {
        func embeddings(of texts: [String], model: String) throws(StoreError) -> [KeptEmbedding?] {
            throw StoreError(.full, "the disk is full")
        }

        func keep(_ embeddings: [(text: String, embedding: KeptEmbedding)], model: String) throws(StoreError)
        {
            throw StoreError(.full, "the disk is full")
        }
    }

    private func lengths(_ embedded: [TextEmbedding]) -> [Int] { embedded.map { Int($0.vector.values[0]) } }

    @Test func equalTextsAreAskedForOnceAndKeptForTheNext() async throws {
        let model = Counting()
        let cache = MemoryEmbeddingCache()
        let embedder = CachingEmbedder(model, cache: cache)
        #expect(try await lengths(embedder.embed(["a", "bb", "a", ""], .texts)) == [1, 2, 1, 0])
        #expect(model.asked == [["a", "bb", ""]])
        let second = try await CachingEmbedder(model, cache: cache).embed(["ccc", "bb", "a"], .texts)
        #expect(lengths(second) == [3, 2, 1])
        #expect(model.asked.last == ["ccc"])
        #expect(second[1].windows == 2 && second[1].tokenCount == 2)
        #expect(embedder.counts == (asked: 3, spared: 1))
    }

    /// Swift's strings compare by canonical equivalence; a model's tokens need not.
    @Test func textsThatDifferInTheirBytesAreTwo() async throws {
        let model = Counting()
        let embedded = try await CachingEmbedder(model, cache: MemoryEmbeddingCache())
            .embed(["\u{E9}", "e\u{301}"], .texts)
        #expect(lengths(embedded) == [2, 3])
    }

    @Test func vectorsOfTokensAreMadeAnewAndOnceACall() async throws {
        let model = Counting()
        let embedder = CachingEmbedder(model, cache: MemoryEmbeddingCache())
        for _ in 0..<2 {
            let embedded = try await embedder.embed(["a", "a"], .tokens)
            #expect(embedded.allSatisfy { $0.tokens != nil })
        }
        #expect(model.asked == [["a"], ["a"]])
    }

    @Test func anotherModelsVectorsAreNotTaken() async throws {
        let cache = MemoryEmbeddingCache()
        let (one, other) = (Counting("1"), Counting("2"))
        let left = try await CachingEmbedder(one, cache: cache).embed(["a"], .texts)[0].vector
        let right = try await CachingEmbedder(other, cache: cache).embed(["a"], .texts)[0].vector
        #expect(other.asked == [["a"]])
        #expect(throws: EmbeddingProblem.differentModels(one.model, other.model)) {
            try left.cosine(to: right)
        }
    }

    @Test func aCacheThatFailsIsSaidAndSinksNothing() async throws {
        let model = Counting()
        let embedder = CachingEmbedder(model, cache: Broken())
        #expect(try await lengths(embedder.embed(["a"], .texts)) == [1])
        #expect(try await lengths(embedder.embed(["a"], .texts)) == [1])
        #expect(embedder.notes.count == 1)
        #expect(embedder.notes[0].description.contains("no longer kept"))
    }
}
