import Digest
import Domain
import Synchronization

/// An embedder that embeds each text once: equal texts of a call are asked for together, and what an earlier call or run
/// embedded comes from the cache. Vectors of tokens are made anew, since they are too large to keep.
///
/// A cache never sinks a run: where it fails it is left alone from then on, and `notes` says so.
public final class CachingEmbedder: Embedder {
    private let embedder: any Embedder
    private let cache: any EmbeddingCache
    private let state = Mutex(State())

    private struct State {
        var notes: [StoreError] = []
        var asked = 0
        var kept = 0
    }

    public init(_ embedder: any Embedder, cache: any EmbeddingCache) {
        self.embedder = embedder
        self.cache = cache
    }

    public var model: EmbeddingModel { embedder.model }
    public var showsTokens: Bool { embedder.showsTokens }

    public func tokenIDs(_ text: String) -> [Int32]? { embedder.tokenIDs(text) }

    public var unknownToken: Int32? { embedder.unknownToken }

    /// What went wrong with the cache, in words: for the run's warnings.
    public var notes: [StoreError] { state.withLock { $0.notes } }

    /// Texts that the model embedded, and texts that needed no embedding.
    public var counts: (asked: Int, spared: Int) { state.withLock { ($0.asked, $0.kept) } }

    public func embed(
        _ texts: [String], _ detail: EmbeddingDetail
    ) async throws(EmbeddingProblem) -> [TextEmbedding] {
        var places: [String: Int] = [:]
        var distinct: [String] = []
        let indices = texts.map { text in
            // Equal to the last byte: `é` in one scalar and in two are two texts.
            let key = Self.digest(text)
            if let place = places[key] { return place }
            places[key] = distinct.count
            distinct.append(text)
            return distinct.count - 1
        }
        let keys = distinct.map(Self.digest)
        var found = detail == .texts ? try lookUp(keys) : distinct.map { _ in nil }
        let missing = found.indices.filter { found[$0] == nil }
        if !missing.isEmpty {
            let made = try await embedder.embed(missing.map { distinct[$0] }, detail)
            guard made.count == missing.count else {
                throw .failed("\(model) gave \(made.count) vectors for \(missing.count) texts")
            }
            for (place, embedding) in zip(missing, made) { found[place] = embedding }
            if detail == .texts { keep(zip(missing, made).map { (keys[$0], $1) }) }
        }
        let asked = missing.count
        state.withLock { state in
            state.asked += asked
            state.kept += texts.count - asked
        }
        return indices.compactMap { found[$0] }
    }

    public func close() async { await embedder.close() }

    private static func digest(_ text: String) -> String { ContentDigest(of: text).hex }

    private func lookUp(_ keys: [String]) throws(EmbeddingProblem) -> [TextEmbedding?] {
        if !notes.isEmpty { return keys.map { _ in nil } }
        let kept: [KeptEmbedding?]
        do throws(StoreError) { kept = try cache.embeddings(of: keys, model: model.digest) } catch {
            turnOff(error)
            return keys.map { _ in nil }
        }
        var found: [TextEmbedding?] = []
        for embedding in kept {
            guard let embedding else {
                found.append(nil)
                continue
            }
            let vector = try EmbeddingVector(model: model, values: embedding.values)
            found.append(
                TextEmbedding(
                    vector: vector, tokenCount: embedding.tokenCount, windows: embedding.windows))
        }
        return found
    }

    private func keep(_ made: [(String, TextEmbedding)]) {
        if !notes.isEmpty { return }
        let kept = made.map { key, embedding in
            (
                text: key,
                embedding: KeptEmbedding(
                    values: embedding.vector.values, tokenCount: embedding.tokenCount,
                    windows: embedding.windows)
            )
        }
        do throws(StoreError) { try cache.keep(kept, model: model.digest) } catch { turnOff(error) }
    }

    private func turnOff(_ error: StoreError) {
        state.withLock { state in
            guard state.notes.isEmpty else { return }
            state.notes.append(
                StoreError(error.kind, "vectors are no longer kept for later runs: \(error.description)"))
        }
    }
}
