import BERT
import Testing

@Suite struct WeightsTests {
    /// A file of a head and as many zeros as `data` says.
    private func file(_ head: String, data: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var length = UInt64(head.utf8.count)
        for _ in 0..<8 {
            bytes.append(UInt8(truncatingIfNeeded: length))
            length >>= 8
        }
        return bytes + Array(head.utf8) + [UInt8](repeating: 0, count: data)
    }

    private func index(_ bytes: [UInt8]) throws -> WeightsIndex {
        try bytes.withUnsafeBytes { buffer in try WeightsIndex(buffer) }
    }

    /// The head of a whole encoder of the sizes in `configuration()`, with one entry changed.
    private func encoder(
        _ name: String = "", _ change: (String, [Int])? = nil, prefix: String = ""
    ) -> [UInt8] {
        var shapes: [(String, [Int])] = [
            ("embeddings.word_embeddings.weight", [10, 8]),
            ("embeddings.position_embeddings.weight", [12, 8]),
            ("embeddings.token_type_embeddings.weight", [2, 8]), ("embeddings.LayerNorm.weight", [8]),
            ("embeddings.LayerNorm.bias", [8]),
        ]
        let at = "encoder.layer.0."
        for part in [
            "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
        ] {
            shapes += [(at + part + ".weight", [8, 8]), (at + part + ".bias", [8])]
        }
        for part in ["attention.output.LayerNorm", "output.LayerNorm"] {
            shapes += [(at + part + ".weight", [8]), (at + part + ".bias", [8])]
        }
        shapes += [(at + "intermediate.dense.weight", [16, 8]), (at + "intermediate.dense.bias", [16])]
        shapes += [(at + "output.dense.weight", [8, 16]), (at + "output.dense.bias", [8])]
        var entries: [String] = []
        var offset = 0
        for (key, shape) in shapes {
            var (type, shape) = ("F32", shape)
            if key == name {
                guard let change else { continue }
                (type, shape) = change
            }
            let size = shape.reduce(1, *) * (type == "F32" ? 4 : type == "F64" ? 8 : 2)
            entries.append(
                "\"\(prefix)\(key)\": {\"dtype\": \"\(type)\", \"shape\": \(shape), "
                    + "\"data_offsets\": [\(offset), \(offset + size)]}")
            offset += size
        }
        return file(
            "{\"__metadata__\": {\"format\": \"pt\"}, " + entries.joined(separator: ", ") + "}", data: offset)
    }

    @Test(arguments: ["", "bert."]) func aWholeEncoderIsFound(prefix: String) throws {
        let bytes = encoder(prefix: prefix)
        let layout = try EncoderLayout(index(bytes), EncoderConfiguration(json: configuration()))
        #expect(layout.layers.count == 1)
        #expect(layout.words.count == 80)
        #expect(layout.layers[0].outerNorm.shift.count == 8)
        let last = layout.layers[0].outer.bias
        #expect(last.offset + last.count * 4 == bytes.count)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let change: (String, [Int])?
        let says: String
        var testDescription: String { says }
    }

    @Test(arguments: [
        Bad(change: nil, says: "the tensor is missing"),
        Bad(change: ("F32", [9, 8]), says: "has the shape [9, 8], and config.json asks for [10, 8]"),
        Bad(change: ("F64", [10, 8]), says: "holds numbers of type F64"),
        Bad(change: ("I64", [10, 8]), says: "holds numbers of type I64"),
    ])
    func aTensorThatDoesNotFitIsNamed(bad: Bad) throws {
        let name = "embeddings.word_embeddings.weight"
        let bytes = encoder(name, bad.change)
        let message = problem {
            _ = try EncoderLayout(index(bytes), EncoderConfiguration(json: try configuration()))
        }
        #expect(message?.hasPrefix("model.safetensors: \(name): ") == true, "\(message ?? "")")
        #expect(message?.contains(bad.says) == true, "\(message ?? "")")
    }

    @Test(arguments: ["F16", "BF16"]) func halfNumbersAreTaken(type: String) throws {
        let bytes = encoder("embeddings.word_embeddings.weight", (type, [10, 8]))
        let layout = try EncoderLayout(index(bytes), EncoderConfiguration(json: configuration()))
        #expect(layout.words.number.rawValue == type)
        #expect(layout.words.count == 80)
    }

    @Test func aFileThatIsCutOffSaysSoWhereverItEnds() throws {
        let whole = encoder()
        let sizes = try EncoderConfiguration(json: configuration())
        for size in stride(from: 0, to: whole.count, by: 7) {
            let message = problem { _ = try EncoderLayout(index(Array(whole[..<size])), sizes) }
            #expect(message?.contains("cut off or damaged") == true, "\(size): \(message ?? "no error")")
        }
    }

    @Test(arguments: [
        "[]", "{", "{\"a\": 1}", "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [4]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [-1], \"data_offsets\": [0, 4]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [4, 0]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 9223372036854775807]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [-4, 0]}}",
    ])
    func aDamagedHeadIsRefused(head: String) {
        #expect(problem { _ = try index(file(head, data: 4)) }?.hasPrefix("model.safetensors") == true)
    }
}
