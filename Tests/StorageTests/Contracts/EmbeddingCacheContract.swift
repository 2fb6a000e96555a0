import Domain
import Storage
import Testing

/// What every cache of vectors does, whatever it is made of.
struct EmbeddingCacheContract {
    struct Adapter: Sendable {
        let folder: TemporaryFolder?
        let cache: any EmbeddingCache
    }

    enum Kind: CaseIterable, Sendable {
        case memory, sqlite

        func make() throws -> Adapter {
            switch self {
            case .memory: return Adapter(folder: nil, cache: MemoryEmbeddingCache())
            case .sqlite:
                let folder = try TemporaryFolder()
                let cache = try SQLiteEmbeddingCache(path: folder.file("vectors.db"), now: 1_000_000)
                return Adapter(folder: folder, cache: cache)
            }
        }
    }

    private func sample(_ number: Int) -> (text: String, embedding: KeptEmbedding) {
        (
            "text \(number)",
            KeptEmbedding(
                values: [Float(number), -0.0, .leastNonzeroMagnitude, Float(number).nextUp],
                tokenCount: number % 2 == 0 ? number : nil, windows: 1 + number % 3)
        )
    }

    @Test(arguments: Kind.allCases)
    func whatIsKeptComesBackToTheLastBitAndInOrder(kind: Kind) throws {
        let adapter = try kind.make()
        try adapter.cache.keep((0..<300).map(sample), model: "one")
        let asked = [299, 0, 300, 7, 7].map { "text \($0)" }
        let found = try adapter.cache.embeddings(of: asked, model: "one")
        #expect(
            found == [
                sample(299).embedding, sample(0).embedding, nil, sample(7).embedding, sample(7).embedding,
            ])
        #expect(found[0]?.values.map(\.bitPattern) == sample(299).embedding.values.map(\.bitPattern))
        #expect(try adapter.cache.embeddings(of: [], model: "one").isEmpty)
    }

    @Test(arguments: Kind.allCases)
    func vectorsOfAnotherModelAreNotGiven(kind: Kind) throws {
        let adapter = try kind.make()
        try adapter.cache.keep([sample(1)], model: "one")
        try adapter.cache.keep([("text 1", sample(2).embedding)], model: "two")
        #expect(try adapter.cache.embeddings(of: ["text 1"], model: "one") == [sample(1).embedding])
        #expect(try adapter.cache.embeddings(of: ["text 1"], model: "two") == [sample(2).embedding])
        #expect(try adapter.cache.embeddings(of: ["text 1"], model: "three") == [nil])
    }

    @Test(arguments: Kind.allCases)
    func theLaterTakesThePlaceOfTheEarlier(kind: Kind) throws {
        let adapter = try kind.make()
        for round in 0..<5 { try adapter.cache.keep([("text", sample(round).embedding)], model: "one") }
        #expect(try adapter.cache.embeddings(of: ["text"], model: "one") == [sample(4).embedding])
    }
}
