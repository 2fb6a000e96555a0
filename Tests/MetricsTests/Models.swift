import Domain
import Metrics
import Notation

/// A model of made-up vectors, for tests that work them out by hand.
struct MadeUpModel: Sendable {
    /// Vectors of whole texts.
    var texts: [String: [Float]] = [:]
    /// Vectors of a text's tokens, without special ones; `[CLS]` and `[SEP]` are zeros.
    var tokens: [String: [[Float]]] = [:]
    /// The reason where it fails.
    var failure: String?
    var rarity: TokenRarity?
    static let model = EmbeddingModel(name: "made-up", digest: "d1")

    func answer(_ request: ModelRequest) throws -> ModelAnswer {
        if let failure { return .failed(failure) }
        if case .embedding(let text, .texts) = request {
            guard let values = texts[text.text] else { return .failed("no vector of '\(text.text)'") }
            return .embedding(
                TextEmbedding(vector: try EmbeddingVector(model: Self.model, values: values), tokenCount: 1))
        }
        if case .embedding(let text, .tokens) = request { return try tokens(of: text.text) }
        guard request == .rarity, let rarity else { return .failed("the model gives no such thing") }
        return .rarity(rarity)
    }

    private func tokens(of text: String) throws -> ModelAnswer {
        guard let rows = tokens[text] else { return .failed("no tokens of '\(text)'") }
        let width = rows.first?.count ?? 2
        let nothing = [Float](repeating: 0, count: width)
        // The token's number is its second component, for rarity.
        let ids = rows.map { Int32($0[1] * 10) }
        let vectors = TokenVectors(
            model: Self.model, ids: [101] + ids + [102], values: nothing + rows.flatMap { $0 } + nothing,
            width: width, isSpecial: [true] + rows.map { _ in false } + [true])
        return .embedding(
            TextEmbedding(
                vector: try EmbeddingVector(model: Self.model, values: [1]), tokenCount: rows.count,
                tokens: vectors))
    }
}

/// Measures a made-up observation with a model of made-up vectors.
func measure(
    _ name: String, _ parameter: JSONValue? = nil, model: MadeUpModel,
    example: (inout Example) -> Void = { _ in }, answer: (inout Answer) -> Void = { _ in }
) throws -> Measurement {
    var made = Example(id: "e", query: "q")
    example(&made)
    var said = Answer(latencyMilliseconds: 100)
    answer(&said)
    let observation = Observation(example: "e", arm: .candidate, repetition: 0, outcome: .answered(said))
    var input = MeasureInput(example: made, observation: observation)
    let definition = try metric(name, parameter)
    for request in definition.models?.requests(&input) ?? [] {
        input.models[request] = try model.answer(request)
    }
    return definition.measured(&input)
}
