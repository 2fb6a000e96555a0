import Domain
import Metrics
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
        #expect(embedder.notes[0].contains("no longer kept"))
    }

    /// A model behind an address: of a width and a name, that may turn texts down.
    private final class Remote: Embedder {
        let model = EmbeddingModel(name: "remote", digest: "r1")
        let showsTokens = false
        private let width: Int
        private let name: String
        private let seen = Mutex<[[String]]>([])

        init(width: Int, name: String) {
            self.width = width
            self.name = name
        }

        var asked: [[String]] { seen.withLock { $0 } }

        private func one(_ text: String) -> Result<TextEmbedding, EmbeddingProblem> {
            if text == "bad" { return .failure(.failed("turned down")) }
            let width = text == "wide" ? width + 1 : width
            var values = [Float](repeating: 0, count: width)
            values[0] = Float(text.utf8.count)
            do throws(EmbeddingProblem) {
                let vector = try EmbeddingVector(model: model, values: values)
                return .success(TextEmbedding(vector: vector, tokenCount: nil, answeredBy: name))
            } catch { return .failure(error) }
        }

        func embed(
            _ texts: [String], _ detail: EmbeddingDetail
        ) async throws(EmbeddingProblem) -> [TextEmbedding] {
            var all: [TextEmbedding] = []
            for result in await embedEach(texts, detail) { all.append(try result.get()) }
            return all
        }

        func embedEach(
            _ texts: [String], _ detail: EmbeddingDetail
        ) async -> [Result<TextEmbedding, EmbeddingProblem>] {
            seen.withLock { $0.append(texts) }
            return texts.map(one)
        }

        func close() async {}
    }

    @Test func whatCameIsKeptThoughAnotherTextFailed() async throws {
        let cache = MemoryEmbeddingCache()
        let first = await CachingEmbedder(Remote(width: 2, name: "m"), cache: cache)
            .embedEach(["a", "bad", "ccc"], .texts)
        #expect(first.map { (try? $0.get()) != nil } == [true, false, true])
        let model = Remote(width: 2, name: "m")
        _ = await CachingEmbedder(model, cache: cache).embedEach(["a", "bad", "ccc"], .texts)
        #expect(model.asked == [["bad"]])
    }

    /// Its first vectors tell what a model gives: another size is of no use to anybody.
    @Test func aVectorOfAnotherSizeIsNeverKept() async throws {
        let cache = MemoryEmbeddingCache()
        let embedder = CachingEmbedder(Remote(width: 2, name: "m"), cache: cache)
        let results = await embedder.embedEach(["a", "wide"], .texts)
        #expect(results[1] == .failure(.differentWidths(embedder.model, 2, 3)))
        let model = Remote(width: 2, name: "m")
        let later = CachingEmbedder(model, cache: cache)
        _ = await later.embedEach(["a"], .texts)
        #expect(model.asked.isEmpty)
        _ = await later.embedEach(["wide"], .texts)
        #expect(model.asked == [["wide"]], "it is not kept")
    }

    @Test(arguments: [(3, "m"), (2, "n")])
    func whatIsKeptOfAnotherModelBehindTheAddressIsAskedAgain(width: Int, name: String) async throws {
        let cache = MemoryEmbeddingCache()
        _ = await CachingEmbedder(Remote(width: 2, name: "m"), cache: cache).embedEach(["a", "bb"], .texts)
        let model = Remote(width: width, name: name)
        let embedder = CachingEmbedder(model, cache: cache)
        let results = await embedder.embedEach(["a", "ccc", "bb"], .texts)
        #expect(model.asked == [["ccc"], ["a", "bb"]])
        let vectors = try results.map { try $0.get() }
        #expect(Set(vectors.map(\.vector.values.count)) == [width])
        #expect(vectors.allSatisfy { $0.answeredBy == name })
        let uses = EmbeddingProvider(embedder)
        _ = await uses.answers(to: [.embedding(ExactText("a"), .texts)])
        if width == 2 {
            #expect(uses.uses.map(\.names) == [["m", "n"]])
        } else {
            #expect(embedder.notes.contains { $0.contains("vectors of 3 numbers") })
            #expect(uses.problems == embedder.notes)
        }
        // Replaced: the next run asks nothing.
        let later = Remote(width: width, name: name)
        _ = await CachingEmbedder(later, cache: cache).embedEach(["a", "bb", "ccc"], .texts)
        #expect(later.asked.isEmpty)
    }
}
