import Domain
import Foundation
import Testing

@testable import Embedding

@Suite struct EncoderTests {
    /// The ids of single letters, between the special tokens.
    private func ids(_ text: String) -> [Int] {
        [2] + text.unicodeScalars.filter { $0 != " " }.map { Int($0.value) - 97 + 4 } + [3]
    }

    private func apart(_ one: [Float], _ other: [Double]) -> Double {
        #expect(one.count == other.count)
        return zip(one, other).map { abs(Double($0) - $1) }.max() ?? .infinity
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let numbers: String
        let pooling: String
        let usesBLAS: Bool
        var testDescription: String { "\(numbers), \(pooling), \(usesBLAS ? "OpenBLAS" : "own product")" }
    }

    /// The model worked out by hand in double precision is the source.
    @Test(arguments: [
        Case(numbers: "F32", pooling: "mean_tokens", usesBLAS: false),
        Case(numbers: "F32", pooling: "mean_tokens", usesBLAS: true),
        Case(numbers: "F16", pooling: "cls_token", usesBLAS: true),
        Case(numbers: "BF16", pooling: "max_tokens", usesBLAS: true),
    ])
    func vectorsAreThoseWorkedOutByHand(each: Case) async throws {
        let numbers = try #require(TinyModel.Numbers(rawValue: each.numbers))
        let model = try TinyModel(numbers: numbers, pooling: each.pooling, normalised: false)
        defer { model.remove() }
        let embedder = try EncoderEmbedder(
            folder: model.folder.path, threads: 2, usesBLAS: each.usesBLAS || !EncoderEmbedder.multiplies)
        let texts = ["", "a", "a b", "q w e r t y u i o p a s d f g h j k l", "z z z z z z z"]
        let embedded = try await embedder.embed(texts, .tokens)
        #expect(embedded.count == texts.count)
        for (text, result) in zip(texts, embedded) {
            let rows = model.tokenVectors(ids(text))
            let tokens = try #require(result.tokens)
            #expect(tokens.ids.map(Int.init) == ids(text))
            #expect(apart(tokens.values, rows.flatMap { $0 }) < 2e-5, "\(text)")
            let pooled = (0..<TinyModel.width).map { column in
                let values = rows.map { $0[column] }
                switch each.pooling {
                case "cls_token": return values[0]
                case "max_tokens": return values.max() ?? 0
                default: return values.reduce(0, +) / Double(values.count)
                }
            }
            #expect(apart(result.vector.values, pooled) < 2e-5, "\(text)")
            #expect(result.windows == 1 && result.tokenCount == ids(text).count - 2)
            #expect(tokens.isSpecial.filter { $0 }.count == 2 && tokens.isSpecial.first == true)
        }
    }

    @Test func aTextBeyondTheModelsLengthIsReadInWindows() async throws {
        let model = try TinyModel()
        defer { model.remove() }
        let embedder = try EncoderEmbedder(folder: model.folder.path, threads: 1)
        // 24 positions less two special tokens are 22 tokens a window: 50 tokens are windows of 16, 17 and 17.
        let letters = (0..<50).map { String(UnicodeScalar(UInt8(97 + $0 % 26))) }
        let result = try await embedder.embed([letters.joined(separator: " ")], .tokens)[0]
        #expect(result.windows == 3 && result.tokenCount == 50)
        #expect(result.tokens?.ids.count == 56)
        #expect(result.tokens?.isSpecial.filter { $0 }.count == 6)
        var sums = [Double](repeating: 0, count: TinyModel.width)
        for part in [0..<16, 16..<33, 33..<50] {
            for row in model.tokenVectors(ids(letters[part].joined(separator: " "))) {
                for column in sums.indices { sums[column] += row[column] / 56 }
            }
        }
        let length = sums.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(apart(result.vector.values, sums.map { $0 / length }) < 1e-5)
    }

    @Test func aMegabyteOfTextIsEmbeddedInBoundedPieces() async throws {
        let model = try TinyModel()
        defer { model.remove() }
        let embedder = try EncoderEmbedder(folder: model.folder.path, threads: 2)
        let text = String(repeating: "a ", count: 1 << 19)
        let result = try await embedder.embed([text, String(repeating: "a", count: 1 << 20)], .texts)
        #expect(result[0].windows == ((1 << 19) + 21) / 22)
        #expect(result[1].tokenCount == 1 && result[1].windows == 1)
    }

    @Test func theDigestIsThatOfTheFiles() throws {
        let model = try TinyModel()
        defer { model.remove() }
        let first = try EncoderEmbedder(folder: model.folder.path)
        #expect(try EncoderEmbedder(folder: model.folder.path + "/", name: "x").model == first.model)
        var weights = try model.read("model.safetensors")
        weights[weights.count - 1] ^= 1
        try model.put("model.safetensors", weights)
        let second = try EncoderEmbedder(folder: model.folder.path)
        #expect(second.model != first.model)
        try model.put("tokenizer_config.json", "{\"do_lower_case\": false}")
        #expect(try EncoderEmbedder(folder: model.folder.path).model != second.model)
    }

    @Test func numbersThatAreNoneAreRefused() async throws {
        let model = try TinyModel()
        defer { model.remove() }
        var weights = try model.read("model.safetensors")
        // The last number of the file is a shift of the last layer.
        weights.replaceSubrange(weights.count - 4..<weights.count, with: [0, 0, 0xC0, 0x7F])
        try model.put("model.safetensors", weights)
        let embedder = try EncoderEmbedder(folder: model.folder.path)
        await #expect(throws: EmbeddingProblem.badVector(embedder.model, "its number 1 is not finite")) {
            try await embedder.embed(["a"], .texts)
        }
    }
}
