import Domain
import Metrics
import Synchronization

/// Answers requests for vectors with one embedder.
///
/// Vectors of tokens are too large to keep on disk; those made last are held in memory, so that a text that stands in
/// both arms, or in examples that are near each other, is encoded once.
public final class EmbeddingProvider: ModelProvider {
    private let embedder: any Embedder
    private let caching: CachingEmbedder?
    private let state: Mutex<State>
    private let facts: ModelFacts
    private let references: @Sendable () throws(StoreError) -> [String]

    fileprivate struct State {
        var rarity: ModelAnswer?
        /// Texts that were read in parts.
        var windowed: Set<ExactText> = []
        var recent: [ExactText: TextEmbedding] = [:]
        var order: [ExactText] = []
        var oldest = 0
        var bytes = 0
        var use: ModelUse
    }

    /// Most bytes of tokens' vectors that are held.
    fileprivate static let mostBytes = 128 << 20

    /// - Parameter references: The references of the data set, for how rare tokens are among them; read once, and only
    ///   where a metric wants to know.
    public init(
        _ embedder: any Embedder, references: @escaping @Sendable () throws(StoreError) -> [String] = { [] }
    ) {
        self.embedder = embedder
        self.references = references
        caching = embedder as? CachingEmbedder
        facts = ModelFacts(role: "embedding", name: embedder.model.name, digest: embedder.model.digest)
        state = Mutex(State(use: ModelUse(facts, unit: "texts")))
    }

    public func model(_ kind: ModelKind) -> ModelFacts? {
        switch kind {
        case .embedding: facts
        case .tokenVectors: embedder.showsTokens ? facts : nil
        case .custom, .judge: nil
        }
    }

    public var uses: [ModelUse] {
        let use = state.withLock { state in
            var use = state.use
            use.windowed = state.windowed.count
            use.names = caching?.names ?? []
            return use
        }
        return use.wanted == 0 ? [] : [use]
    }

    public var problems: [String] { caching?.notes ?? [] }

    public func close() async { await embedder.close() }

    public func answers(to requests: [ModelRequest]) async -> [ModelAnswer] {
        var answers: [ModelAnswer?] = requests.map { _ in nil }
        for detail in [EmbeddingDetail.texts, .tokens] {
            var places: [Int] = []
            var texts: [String] = []
            for (place, request) in requests.enumerated() {
                guard case .embedding(let text, detail) = request else { continue }
                if detail == .tokens, let held = state.withLock({ $0.recent[text] }) {
                    answers[place] = .embedding(held)
                    state.withLock { state in
                        state.use.wanted += 1
                        state.use.cached += 1
                    }
                    continue
                }
                places.append(place)
                texts.append(text.text)
            }
            if texts.isEmpty { continue }
            for (place, answer) in zip(places, await embed(texts, detail)) { answers[place] = answer }
        }
        for (place, request) in requests.enumerated() where request == .rarity { answers[place] = rarity() }
        return answers.map { $0 ?? .failed("the model gives no such thing") }
    }

    /// Counted by the first who asks.
    private func rarity() -> ModelAnswer {
        state.withLock { state in
            if let made = state.rarity { return made }
            let made = countRarity()
            state.rarity = made
            return made
        }
    }

    private func countRarity() -> ModelAnswer {
        let texts: [String]
        do throws(StoreError) { texts = try references() } catch { return .failed(error.description) }
        var ids: [[Int32]] = []
        ids.reserveCapacity(texts.count)
        for text in texts {
            guard let tokens = embedder.tokenIDs(text) else {
                return .failed(EmbeddingProblem.noTokens(embedder.model).description)
            }
            ids.append(tokens)
        }
        if ids.isEmpty { return .failed("there are no references to count tokens in") }
        return .rarity(TokenRarity(ids))
    }

    /// Texts of which the model can read next to nothing are failed: all of them would be alike to it.
    private func embed(_ texts: [String], _ detail: EmbeddingDetail) async -> [ModelAnswer] {
        let isBlind = texts.map { embedder.isBlind(to: $0) }
        guard isBlind.contains(true) else { return await embedReadable(texts, detail) }
        let blind = isBlind.count { $0 }
        state.withLock { state in
            state.use.wanted += blind
            state.use.failed += blind
        }
        var readable = await embedReadable(zip(texts, isBlind).filter { !$1 }.map(\.0), detail).makeIterator()
        let words = "\(facts.name) knows too few of the text's words or signs to say what it means"
        return isBlind.map { $0 ? .failed(words) : readable.next() ?? .failed(words) }
    }

    private func embedReadable(_ texts: [String], _ detail: EmbeddingDetail) async -> [ModelAnswer] {
        if texts.isEmpty { return [] }
        let spared = caching?.counts.spared ?? 0
        let made = await embedder.embedEach(texts, detail)
        let cached = (caching?.counts.spared ?? 0) - spared
        let answers: [ModelAnswer] = made.map { result in
            switch result {
            case .success(let embedding): .embedding(embedding)
            case .failure(let problem): .failed(problem.description)
            }
        }
        state.withLock { state in
            state.use.wanted += texts.count
            state.use.cached += cached
            state.use.asked += texts.count - cached
            for (text, result) in zip(texts, made) {
                guard case .success(let embedding) = result else {
                    state.use.failed += 1
                    continue
                }
                if embedding.windows > 1 { state.windowed.insert(ExactText(text)) }
                if detail == .tokens { state.hold(embedding, ExactText(text)) }
            }
        }
        return answers
    }
}

extension EmbeddingProvider.State {
    fileprivate mutating func hold(_ embedding: TextEmbedding, _ text: ExactText) {
        guard recent[text] == nil else { return }
        recent[text] = embedding
        order.append(text)
        bytes += Self.size(embedding)
        while bytes > EmbeddingProvider.mostBytes, oldest < order.count {
            if let dropped = recent.removeValue(forKey: order[oldest]) { bytes -= Self.size(dropped) }
            oldest += 1
        }
        if oldest > 4096 {
            order.removeFirst(oldest)
            oldest = 0
        }
    }

    private static func size(_ embedding: TextEmbedding) -> Int {
        4 * (embedding.vector.values.count + (embedding.tokens?.values.count ?? 0)) + 256
    }
}
