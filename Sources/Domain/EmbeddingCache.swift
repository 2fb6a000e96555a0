import Synchronization

/// What is kept of a text's embedding: all but the vectors of its tokens, which are many times larger.
public struct KeptEmbedding: Sendable, Hashable {
    public let values: [Float]
    public let tokenCount: Int?
    public let windows: Int
    /// What the model called itself in the answer; nil where it did not say.
    public let answeredBy: String?

    public init(values: [Float], tokenCount: Int?, windows: Int, answeredBy: String? = nil) {
        self.answeredBy = answeredBy
        self.values = values
        self.tokenCount = tokenCount
        self.windows = windows
    }
}

/// Vectors of earlier runs by the model's digest and the text's: what was embedded once need not be again.
///
/// A cache may forget at any time, and never gives another model's or text's vector.
public protocol EmbeddingCache: Sendable {
    /// What was kept of each text, in the order of their digests; nil where there is nothing.
    func embeddings(of texts: [String], model: String) throws(StoreError) -> [KeptEmbedding?]
    /// Keeps embeddings in the place of earlier ones of the same texts, all or none of them.
    func keep(_ embeddings: [(text: String, embedding: KeptEmbedding)], model: String) throws(StoreError)
}

/// Vectors in memory, for tests and for runs that shall leave nothing behind.
public final class MemoryEmbeddingCache: EmbeddingCache {
    private let kept = Mutex<[String: [String: KeptEmbedding]]>([:])

    public init() {}

    public func embeddings(of texts: [String], model: String) -> [KeptEmbedding?] {
        kept.withLock { kept in texts.map { kept[model]?[$0] } }
    }

    public func keep(_ embeddings: [(text: String, embedding: KeptEmbedding)], model: String) {
        kept.withLock { kept in
            for (text, embedding) in embeddings { kept[model, default: [:]][text] = embedding }
        }
    }
}
