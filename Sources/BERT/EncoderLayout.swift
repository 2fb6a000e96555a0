/// Where an encoder's weights lie in its file, each held to the shape that the configuration asks for.
public struct EncoderLayout: Sendable {
    public typealias Tensor = WeightsIndex.Tensor

    /// A matrix, one row an output, and its bias.
    public struct Linear: Sendable {
        public let weight: Tensor
        public let bias: Tensor
    }

    /// Scale and shift after normalising.
    public struct Norm: Sendable {
        public let scale: Tensor
        public let shift: Tensor
    }

    public struct Layer: Sendable {
        public let query: Linear
        public let key: Linear
        public let value: Linear
        public let attended: Linear
        public let attendedNorm: Norm
        public let inner: Linear
        public let outer: Linear
        public let outerNorm: Norm
    }

    public let words: Tensor
    public let positions: Tensor
    public let segments: Tensor
    public let norm: Norm
    public let layers: [Layer]

    /// Names are those of transformers' `BertModel`, with or without the prefix `bert.` of models with heads.
    /// - Throws: The first tensor that is missing or does not fit.
    public init(_ index: WeightsIndex, _ configuration: EncoderConfiguration) throws(ModelProblem) {
        let width = configuration.width
        let prefix = index.has("bert.embeddings.word_embeddings.weight") ? "bert." : ""
        func tensor(_ name: String, _ shape: [Int]) throws(ModelProblem) -> Tensor {
            try index.tensor(prefix + name, shape)
        }
        func linear(_ name: String, _ outputs: Int, _ inputs: Int) throws(ModelProblem) -> Linear {
            Linear(
                weight: try tensor(name + ".weight", [outputs, inputs]),
                bias: try tensor(name + ".bias", [outputs]))
        }
        func norm(_ name: String) throws(ModelProblem) -> Norm {
            Norm(
                scale: try tensor(name + ".weight", [width]), shift: try tensor(name + ".bias", [width]))
        }
        words = try tensor("embeddings.word_embeddings.weight", [configuration.vocabularySize, width])
        positions = try tensor("embeddings.position_embeddings.weight", [configuration.positions, width])
        segments = try tensor("embeddings.token_type_embeddings.weight", [configuration.segments, width])
        self.norm = try norm("embeddings.LayerNorm")
        var layers: [Layer] = []
        for number in 0..<configuration.layers {
            let at = "encoder.layer.\(number)."
            layers.append(
                Layer(
                    query: try linear(at + "attention.self.query", width, width),
                    key: try linear(at + "attention.self.key", width, width),
                    value: try linear(at + "attention.self.value", width, width),
                    attended: try linear(at + "attention.output.dense", width, width),
                    attendedNorm: try norm(at + "attention.output.LayerNorm"),
                    inner: try linear(at + "intermediate.dense", configuration.innerWidth, width),
                    outer: try linear(at + "output.dense", width, configuration.innerWidth),
                    outerNorm: try norm(at + "output.LayerNorm")))
        }
        self.layers = layers
    }
}
