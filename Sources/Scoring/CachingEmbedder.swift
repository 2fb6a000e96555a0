import Digest
import Domain
import Synchronization

/// An embedder that embeds each text once: equal texts of a call are asked for together, and what an earlier call or run
/// embedded comes from the cache. Vectors of tokens are made anew, since they are too large to keep.
///
/// Behind an address another model may stand than in the run before. What is kept is held against what the model gives
/// now: a kept vector of another size, or of a model that called itself otherwise, is asked for again and replaced. Until
/// the model has been asked in this run, that is not known: `names` and `notes` say where two were met.
///
/// A cache never sinks a run: where it fails it is left alone from then on, and `notes` says so.
public final class CachingEmbedder: Embedder {
    private let embedder: any Embedder
    private let cache: any EmbeddingCache
    private let state = Mutex(State())

    private struct State {
        var cacheProblem: StoreError?
        var change: String?
        var asked = 0
        var kept = 0
        /// What vectors of this run are like.
        var made: Kind?
        var names: Set<String> = []
    }

    /// What tells the vectors of two models behind one address apart.
    private struct Kind: Sendable {
        let width: Int
        let name: String?

        init(_ embedding: TextEmbedding) {
            width = embedding.vector.values.count
            name = embedding.answeredBy
        }

        func agrees(with other: Kind) -> Bool {
            width == other.width && (name == nil || other.name == nil || name == other.name)
        }
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
    public var notes: [String] {
        state.withLock { state in
            [
                state.cacheProblem.map {
                    "vectors are no longer kept for later runs: \($0.description)"
                }, state.change,
            ].compactMap { $0 }
        }
    }

    /// What the model called itself, in this run and in what was kept, sorted.
    public var names: [String] { state.withLock { $0.names.sorted() } }

    /// Texts that the model embedded, and texts that needed no embedding.
    public var counts: (asked: Int, spared: Int) { state.withLock { ($0.asked, $0.kept) } }

    public func embed(
        _ texts: [String], _ detail: EmbeddingDetail
    ) async throws(EmbeddingProblem) -> [TextEmbedding] {
        var embeddings: [TextEmbedding] = []
        for result in await embedEach(texts, detail) { embeddings.append(try result.get()) }
        return embeddings
    }

    public func embedEach(
        _ texts: [String], _ detail: EmbeddingDetail
    ) async -> [Result<TextEmbedding, EmbeddingProblem>] {
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
        var kept = detail == .texts ? lookUp(keys) : distinct.map { _ in nil }
        var made: [Int: Result<TextEmbedding, EmbeddingProblem>] = [:]
        // Twice at most: what is kept can be found out only by what the first asking gives.
        while true {
            let missing = distinct.indices.filter { kept[$0] == nil && made[$0] == nil }
            if missing.isEmpty { break }
            let results = await embedder.embedEach(missing.map { distinct[$0] }, detail)
            for (number, place) in missing.enumerated() {
                made[place] =
                    number < results.count
                    ? check(results[number])
                    : .failure(
                        .failed("\(model) gave \(results.count) vectors for \(missing.count) texts"))
            }
            if detail == .texts {
                keep(missing.compactMap { place in made[place].map { (keys[place], $0) } })
            }
            kept = kept.map { $0.flatMap(current) }
        }
        let asked = made.count
        let names = kept.compactMap { $0?.answeredBy }
        state.withLock { state in
            state.asked += asked
            state.kept += texts.count - asked
            state.names.formUnion(names)
        }
        let all = distinct.indices.map { place in kept[place].map { .success($0) } ?? made[place] }
        return indices.map { all[$0] ?? .failure(.failed("\(model) gave no vector")) }
    }

    public func close() async { await embedder.close() }

    private static func digest(_ text: String) -> String { ContentDigest(of: text).hex }

    /// Nil where a kept vector is not what the model gives now.
    private func current(_ kept: TextEmbedding) -> TextEmbedding? {
        state.withLock { state in
            guard let made = state.made, !made.agrees(with: Kind(kept)) else { return kept }
            if let name = kept.answeredBy { state.names.insert(name) }
            if state.change == nil, made.width != kept.vector.values.count {
                state.change =
                    "\(model) gives vectors of \(made.width) numbers, and vectors of earlier runs have "
                    + "\(kept.vector.values.count): what stands behind its address changed, and what was kept is asked "
                    + "for again"
            }
            return nil
        }
    }

    /// A vector of another size than the first is of no use, and never kept.
    private func check(
        _ result: Result<TextEmbedding, EmbeddingProblem>
    ) -> Result<TextEmbedding, EmbeddingProblem> {
        guard case .success(let embedding) = result else { return result }
        return state.withLock { state in
            let kind = Kind(embedding)
            if let first = state.made, first.width != kind.width {
                return .failure(.differentWidths(model, first.width, kind.width))
            }
            state.made = state.made ?? kind
            if let name = kind.name { state.names.insert(name) }
            return result
        }
    }

    private func lookUp(_ keys: [String]) -> [TextEmbedding?] {
        if state.withLock({ $0.cacheProblem != nil }) { return keys.map { _ in nil } }
        let kept: [KeptEmbedding?]
        do throws(StoreError) { kept = try cache.embeddings(of: keys, model: model.digest) } catch {
            turnOff(error)
            return keys.map { _ in nil }
        }
        let found = kept.map { embedding -> TextEmbedding? in
            guard let embedding, let vector = try? EmbeddingVector(model: model, values: embedding.values)
            else { return nil }
            return current(
                TextEmbedding(
                    vector: vector, tokenCount: embedding.tokenCount, windows: embedding.windows,
                    answeredBy: embedding.answeredBy))
        }
        // Vectors of several sizes cannot all be right, and the model has not said yet which are.
        let widths = Set(found.compactMap { $0?.vector.values.count })
        return widths.count > 1 ? keys.map { _ in nil } : found
    }

    private func keep(_ made: [(String, Result<TextEmbedding, EmbeddingProblem>)]) {
        if state.withLock({ $0.cacheProblem != nil }) { return }
        var kept: [(text: String, embedding: KeptEmbedding)] = []
        for (key, result) in made {
            guard case .success(let embedding) = result else { continue }
            kept.append(
                (
                    text: key,
                    embedding: KeptEmbedding(
                        values: embedding.vector.values, tokenCount: embedding.tokenCount,
                        windows: embedding.windows, answeredBy: embedding.answeredBy)
                ))
        }
        if kept.isEmpty { return }
        do throws(StoreError) { try cache.keep(kept, model: model.digest) } catch { turnOff(error) }
    }

    private func turnOff(_ error: StoreError) {
        state.withLock { $0.cacheProblem = $0.cacheProblem ?? error }
    }
}
