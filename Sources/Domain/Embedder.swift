/// A model that turns texts into vectors whose angles say how near their meanings are.
public protocol Embedder: Sendable {
    /// Which model it is: vectors carry it, and those of different models never meet.
    var model: EmbeddingModel { get }
    /// Whether it has a vector for each token besides.
    var showsTokens: Bool { get }
    /// One embedding for each text, in their order.
    ///
    /// A text's vector does not depend on the texts it is asked with (but for rounding: within 1e-6).
    /// - Parameter detail: What is wanted of each text.
    func embed(_ texts: [String], _ detail: EmbeddingDetail) async throws(EmbeddingProblem) -> [TextEmbedding]
    /// What came of each text, in their order: one that fails takes no other with it.
    func embedEach(
        _ texts: [String], _ detail: EmbeddingDetail
    ) async -> [Result<TextEmbedding, EmbeddingProblem>]
    /// The model's numbers of a text's tokens, without special ones; nil where it does not show tokens.
    func tokenIDs(_ text: String) -> [Int32]?
    /// The number of what its vocabulary has no piece for; nil where it does not show tokens.
    var unknownToken: Int32? { get }
    /// Lets go of connections and memory.
    func close() async
}

extension Embedder {
    /// For models whose texts fail together or not at all.
    public func embedEach(
        _ texts: [String], _ detail: EmbeddingDetail
    ) async -> [Result<TextEmbedding, EmbeddingProblem>] {
        do throws(EmbeddingProblem) {
            let made = try await embed(texts, detail)
            guard made.count == texts.count else {
                throw .failed("\(model) gave \(made.count) vectors for \(texts.count) texts")
            }
            return made.map { .success($0) }
        } catch {
            return texts.map { _ in .failure(error) }
        }
    }

    public var unknownToken: Int32? { nil }

    /// Whether the model can read next to nothing of a text: more than half of its pieces are unknown to it, so that
    /// all such texts are alike to it. False where that cannot be told.
    public func isBlind(to text: String) -> Bool {
        guard let unknownToken, let ids = tokenIDs(text) else { return false }
        // Of a text that leaves no token there is only the frame: all such texts would be alike.
        return ids.isEmpty || 2 * ids.count { $0 == unknownToken } > ids.count
    }

    public func tokenIDs(_ text: String) -> [Int32]? { nil }
}

public enum EmbeddingDetail: Sendable, Hashable {
    /// One vector a text.
    case texts
    /// And one for each of its tokens.
    case tokens
}

/// Which model made a vector.
public struct EmbeddingModel: Sendable, Hashable, CustomStringConvertible {
    /// The folder's or the endpoint's name of the model, for people.
    public let name: String
    /// SHA-256 of all that shapes its vectors: weights, configuration, vocabulary; or the endpoint's address and
    /// the model's name there. Two models are the same where these are.
    public let digest: String

    public init(name: String, digest: String) {
        self.name = name
        self.digest = digest
    }

    public static func == (left: EmbeddingModel, right: EmbeddingModel) -> Bool {
        left.digest == right.digest
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

    /// `minilm (1f2e3d4c5b6a)`.
    public var description: String { "\(name) (\(digest.prefix(12)))" }
}

/// A text's vector, with the model that made it.
public struct EmbeddingVector: Sendable, Hashable {
    public let model: EmbeddingModel
    /// Finite numbers, at least one.
    public let values: [Float]

    /// - Throws: `badVector` where there is no number, or one that is not finite.
    public init(model: EmbeddingModel, values: [Float]) throws(EmbeddingProblem) {
        if values.isEmpty { throw .badVector(model, "it has no numbers") }
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            throw .badVector(model, "its number \(index + 1) is not finite")
        }
        self.model = model
        self.values = values
    }

    /// The cosine of the angle to another vector, in [−1, 1]; 0 where one of them is all zeros.
    ///
    /// - Throws: `differentModels` or `differentWidths`: such vectors live in different spaces; `badVector` for one of zeros.
    public func cosine(to other: EmbeddingVector) throws(EmbeddingProblem) -> Double {
        guard model == other.model else { throw .differentModels(model, other.model) }
        guard values.count == other.values.count else {
            throw .differentWidths(model, values.count, other.values.count)
        }
        var dot = 0.0
        var mine = 0.0
        var theirs = 0.0
        for index in values.indices {
            let left = Double(values[index])
            let right = Double(other.values[index])
            dot += left * right
            mine += left * left
            theirs += right * right
        }
        guard mine > 0, theirs > 0 else {
            throw .badVector(model, "all its numbers are 0, which points nowhere")
        }
        let cosine = dot / (mine * theirs).squareRoot()
        return min(1, max(-1, cosine))
    }
}

/// The vectors of a text's tokens, in the order of the text; special tokens stand at both ends of each window.
public struct TokenVectors: Sendable, Hashable {
    public let model: EmbeddingModel
    /// The model's numbers of the tokens.
    public let ids: [Int32]
    /// `ids.count` rows of `width` numbers.
    public let values: [Float]
    public let width: Int
    /// Whether a token was put there by the model (`[CLS]`, `[SEP]`) rather than found in the text.
    public let isSpecial: [Bool]

    public init(model: EmbeddingModel, ids: [Int32], values: [Float], width: Int, isSpecial: [Bool]) {
        self.model = model
        self.ids = ids
        self.values = values
        self.width = width
        self.isSpecial = isSpecial
    }
}

/// What came of one text.
public struct TextEmbedding: Sendable, Hashable {
    public let vector: EmbeddingVector
    /// Tokens of the text, special ones not counted; nil where the model does not say.
    public let tokenCount: Int?
    /// In how many parts it was read: more than 1 where it is longer than the model reads at once. The vector is then
    /// the mean of the parts', weighted by their tokens, and scores made of it should say so.
    public let windows: Int
    public let tokens: TokenVectors?
    /// What the model called itself in the answer; nil where it does not say.
    public let answeredBy: String?

    public init(
        vector: EmbeddingVector, tokenCount: Int?, windows: Int = 1, tokens: TokenVectors? = nil,
        answeredBy: String? = nil
    ) {
        self.answeredBy = answeredBy
        self.vector = vector
        self.tokenCount = tokenCount
        self.windows = windows
        self.tokens = tokens
    }
}

/// Why there are no vectors, or none that may be compared.
public enum EmbeddingProblem: Error, Sendable, Hashable, CustomStringConvertible {
    case differentModels(EmbeddingModel, EmbeddingModel)
    case differentWidths(EmbeddingModel, Int, Int)
    case badVector(EmbeddingModel, String)
    /// The model gives no vectors of tokens.
    case noTokens(EmbeddingModel)
    /// The model could not be loaded, asked or read: what happened, and how to mend it.
    case failed(String)

    public var description: String {
        switch self {
        case .differentModels(let left, let right):
            "vectors of different models cannot be compared: \(left) and \(right); embed both texts with one model"
        case .differentWidths(let model, let left, let right):
            "vectors of \(left) and \(right) numbers cannot be compared, both said to be of \(model); "
                + "delete the cache of vectors, .sluice/vectors.db, and run again"
        case .badVector(let model, let cause): "\(model) gave a vector that cannot be used: \(cause)"
        case .noTokens(let model):
            "\(model) gives no vectors of tokens; name the folder of an encoder with 'embedding: { model: … }'"
        case .failed(let detail): detail
        }
    }
}
