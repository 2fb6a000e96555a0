import Foundation

/// A whole model of a few numbers, written to a folder of its own and worked out by hand in double precision.
///
/// Its widths are no multiples of a vector register's, so every remainder in the kernels is gone through.
struct TinyModel {
    enum Numbers: String { case float32 = "F32", float16 = "F16", bfloat16 = "BF16" }

    static let width = 20
    static let heads = 2
    static let inner = 37
    static let layers = 2
    static let positions = 24
    static let pieces =
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]"] + (0..<26).map { String(UnicodeScalar(UInt8(97 + $0))) }

    let folder: URL
    /// Tensors in the order of the file.
    private(set) var tensors: [(name: String, shape: [Int], values: [Double])] = []

    init(
        numbers: Numbers = .float32, pooling: String = "mean", normalised: Bool = true, seed: UInt64 = 7
    ) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("tiny-\(UUID().uuidString)")
        var state = seed
        func random() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 53) * 2 - 1
        }
        func add(_ name: String, _ shape: [Int], scale: Double, around: Double = 0) {
            let values = (0..<shape.reduce(1, *)).map { _ in
                Self.rounded(around + scale * random(), numbers)
            }
            tensors.append((name, shape, values))
        }
        let width = Self.width
        add("embeddings.word_embeddings.weight", [Self.pieces.count, width], scale: 1)
        add("embeddings.position_embeddings.weight", [Self.positions, width], scale: 0.5)
        add("embeddings.token_type_embeddings.weight", [2, width], scale: 0.2)
        add("embeddings.LayerNorm.weight", [width], scale: 0.2, around: 1)
        add("embeddings.LayerNorm.bias", [width], scale: 0.2)
        for layer in 0..<Self.layers {
            let at = "encoder.layer.\(layer)."
            for part in [
                "attention.self.query", "attention.self.key", "attention.self.value",
                "attention.output.dense",
            ] {
                add(at + part + ".weight", [width, width], scale: 0.8)
                add(at + part + ".bias", [width], scale: 0.3)
            }
            add(at + "intermediate.dense.weight", [Self.inner, width], scale: 0.8)
            add(at + "intermediate.dense.bias", [Self.inner], scale: 0.5)
            add(at + "output.dense.weight", [width, Self.inner], scale: 0.6)
            add(at + "output.dense.bias", [width], scale: 0.3)
            for part in ["attention.output.LayerNorm", "output.LayerNorm"] {
                add(at + part + ".weight", [width], scale: 0.2, around: 1)
                add(at + part + ".bias", [width], scale: 0.2)
            }
        }
        try write(numbers, pooling, normalised)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    func put(_ name: String, _ text: String) throws { try put(name, Data(text.utf8)) }

    func put(_ name: String, _ data: Data) throws { try data.write(to: folder.appendingPathComponent(name)) }

    func read(_ name: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(name)) }

    private func write(_ numbers: Numbers, _ pooling: String, _ normalised: Bool) throws {
        let files = FileManager.default
        try files.createDirectory(
            at: folder.appendingPathComponent("1_Pooling"), withIntermediateDirectories: true)
        try put(
            "config.json",
            """
            {"model_type": "bert", "hidden_size": \(Self.width), "num_hidden_layers": \(Self.layers),
             "num_attention_heads": \(Self.heads), "intermediate_size": \(Self.inner), "hidden_act": "gelu",
             "vocab_size": \(Self.pieces.count), "max_position_embeddings": \(Self.positions), "layer_norm_eps": 1e-12}
            """)
        try put("tokenizer_config.json", "{\"do_lower_case\": true}")
        try put("vocab.txt", Self.pieces.joined(separator: "\n") + "\n")
        let kinds = ["Transformer", "Pooling"] + (normalised ? ["Normalize"] : [])
        let modules = kinds.enumerated().map {
            "{\"type\": \"sentence_transformers.models.\($1)\", \"path\": \"\($0 == 0 ? "" : "\($0)_\($1)")\"}"
        }
        try put("modules.json", "[" + modules.joined(separator: ",") + "]")
        try put("1_Pooling/config.json", "{\"pooling_mode_\(pooling)\": true}")

        var head: [String] = []
        var data = Data()
        for tensor in tensors {
            let start = data.count
            for value in tensor.values { Self.append(value, numbers, to: &data) }
            head.append(
                "\"\(tensor.name)\": {\"dtype\": \"\(numbers.rawValue)\", \"shape\": \(tensor.shape), "
                    + "\"data_offsets\": [\(start), \(data.count)]}")
        }
        let json = Data(("{" + head.joined(separator: ", ") + "}").utf8)
        var file = Data()
        withUnsafeBytes(of: UInt64(json.count).littleEndian) { file.append(contentsOf: $0) }
        try put("model.safetensors", file + json + data)
    }

    /// The value as the file holds it.
    private static func rounded(_ value: Double, _ numbers: Numbers) -> Double {
        switch numbers {
        case .float32: Double(Float(value))
        case .float16: Double(Float16(value))
        case .bfloat16: Double(Float(bitPattern: Float(value).bitPattern & 0xFFFF_0000))
        }
    }

    private static func append(_ value: Double, _ numbers: Numbers, to data: inout Data) {
        switch numbers {
        case .float32:
            withUnsafeBytes(of: Float(value).bitPattern.littleEndian) { data.append(contentsOf: $0) }
        case .float16:
            withUnsafeBytes(of: Float16(value).bitPattern.littleEndian) { data.append(contentsOf: $0) }
        case .bfloat16:
            let bits = UInt16(Float(value).bitPattern >> 16)
            withUnsafeBytes(of: bits.littleEndian) { data.append(contentsOf: $0) }
        }
    }

    // MARK: - By hand

    private func tensor(_ name: String) -> [Double] { tensors.first { $0.name == name }?.values ?? [] }

    private func linear(_ rows: [[Double]], _ name: String) -> [[Double]] {
        let weight = tensor(name + ".weight")
        let bias = tensor(name + ".bias")
        return rows.map { row in
            bias.indices.map { output in
                row.indices.reduce(bias[output]) { $0 + weight[output * row.count + $1] * row[$1] }
            }
        }
    }

    private func norm(_ rows: [[Double]], _ name: String) -> [[Double]] {
        let scale = tensor(name + ".weight")
        let shift = tensor(name + ".bias")
        return rows.map { row in
            let mean = row.reduce(0, +) / Double(row.count)
            let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
            return row.indices.map {
                (row[$0] - mean) / (variance + 1e-12).squareRoot() * scale[$0] + shift[$0]
            }
        }
    }

    private func sum(_ left: [[Double]], _ right: [[Double]]) -> [[Double]] {
        zip(left, right).map { zip($0, $1).map(+) }
    }

    /// The last layer's vectors of the tokens, special ones included.
    func tokenVectors(_ ids: [Int]) -> [[Double]] {
        let width = Self.width
        let words = tensor("embeddings.word_embeddings.weight")
        let places = tensor("embeddings.position_embeddings.weight")
        let segments = tensor("embeddings.token_type_embeddings.weight")
        var rows = ids.enumerated().map { position, id in
            (0..<width).map { words[id * width + $0] + places[position * width + $0] + segments[$0] }
        }
        rows = norm(rows, "embeddings.LayerNorm")
        let size = width / Self.heads
        for layer in 0..<Self.layers {
            let at = "encoder.layer.\(layer)."
            let query = linear(rows, at + "attention.self.query")
            let key = linear(rows, at + "attention.self.key")
            let value = linear(rows, at + "attention.self.value")
            var attended = rows.map { _ in [Double](repeating: 0, count: width) }
            for head in 0..<Self.heads {
                let part = head * size..<(head + 1) * size
                for row in rows.indices {
                    let scores = rows.indices.map { other in
                        part.reduce(0) { $0 + query[row][$1] * key[other][$1] } / Double(size).squareRoot()
                    }
                    let top = scores.max() ?? 0
                    let weights = scores.map { exp($0 - top) }
                    let total = weights.reduce(0, +)
                    for column in part {
                        attended[row][column] =
                            rows.indices.reduce(0) { $0 + weights[$1] * value[$1][column] } / total
                    }
                }
            }
            rows = norm(
                sum(linear(attended, at + "attention.output.dense"), rows), at + "attention.output.LayerNorm")
            let inner = linear(rows, at + "intermediate.dense").map { row in
                row.map { 0.5 * $0 * (1 + erf($0 / 2.squareRoot())) }
            }
            rows = norm(sum(linear(inner, at + "output.dense"), rows), at + "output.LayerNorm")
        }
        return rows
    }
}
