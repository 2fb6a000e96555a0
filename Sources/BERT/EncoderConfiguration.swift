import Notation

/// The sizes of a BERT encoder, from its `config.json`.
///
/// Read are models whose `model_type` is `bert`: BERT itself, MiniLM, BGE, E5, GTE and their likes. Another
/// architecture is refused by its name: run on these formulas, its weights would give vectors that mean nothing.
///
/// J. Devlin et al., BERT, arXiv 1810.04805; the file's keys are those of Hugging Face transformers.
public struct EncoderConfiguration: Sendable, Hashable {
    public let layers: Int
    /// Numbers of a token's vector.
    public let width: Int
    public let heads: Int
    /// Numbers between the two linear steps of a layer.
    public let innerWidth: Int
    /// Rows of the word embeddings.
    public let vocabularySize: Int
    /// Rows of the position embeddings: the longest input, special tokens included.
    public let positions: Int
    public let segments: Int
    public let normEpsilon: Float

    public var headWidth: Int { width / heads }

    static let file = "config.json"

    /// - Throws: The first thing that is missing, out of range or of another architecture.
    public init(json: [UInt8]) throws(ModelProblem) {
        let config = try ModelJSON(json, file: Self.file)
        try Self.checkArchitecture(config)
        width = try config.required("hidden_size", 1...16_384)
        layers = try config.required("num_hidden_layers", 1...256)
        heads = try config.required("num_attention_heads", 1...256)
        innerWidth = try config.required("intermediate_size", 1...65_536)
        vocabularySize = try config.required("vocab_size", 1...4_000_000)
        positions = try config.required("max_position_embeddings", 3...65_536)
        segments = try config.integer("type_vocab_size", 1...1024) ?? 2
        let epsilon = config.value("layer_norm_eps")?.doubleValue ?? 1e-12
        guard epsilon >= 0, epsilon <= 0.1 else {
            throw config.problem(
                "layer_norm_eps", "is not from 0 to 0.1", mend: "copy the model's folder anew")
        }
        normEpsilon = Float(epsilon)
        guard width % heads == 0 else {
            throw config.problem(
                "num_attention_heads", "\(width) numbers cannot be shared among \(heads) heads",
                mend: "copy the model's folder anew")
        }
    }

    private static func checkArchitecture(_ config: ModelJSON) throws(ModelProblem) {
        let mend = "use a model of the BERT family: MiniLM, BGE, E5 or GTE whose model_type is bert"
        guard let type = try config.text("model_type") else {
            throw config.problem("model_type", "is missing", mend: mend)
        }
        guard type == "bert" else {
            throw config.problem("model_type", "the architecture '\(type)' is not supported", mend: mend)
        }
        let activation = try config.text("hidden_act") ?? "gelu"
        guard activation == "gelu" else {
            throw config.problem("hidden_act", "the activation '\(activation)' is not supported", mend: mend)
        }
        let positions = try config.text("position_embedding_type") ?? "absolute"
        guard positions == "absolute" else {
            throw config.problem(
                "position_embedding_type", "positions of type '\(positions)' are not supported", mend: mend)
        }
        if try config.flag("is_decoder") ?? false {
            throw config.problem("is_decoder", "the model is a decoder, not an encoder", mend: mend)
        }
    }
}
