import Domain
import Foundation
import Testing

@testable import Embedding

/// The model that `scripts/bootstrap` fetches. Where it is missing these tests fail: they are what shows that the vectors
/// are right.
@Suite struct MiniLMTests {
    private struct Line: Decodable {
        let text: String
        let ids: [Int32]
        let vector: [Float]
    }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func lines() throws -> [Line] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/minilm.jsonl")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
    }

    private func embedder(
        threads: Int = 2, usesBLAS: Bool = !EncoderEmbedder.multiplies
    ) throws -> EncoderEmbedder {
        let folder = Self.root.appendingPathComponent(".build/models/minilm").path
        return try EncoderEmbedder(folder: folder, threads: threads, usesBLAS: usesBLAS)
    }

    /// The reference is sentence-transformers on the same weights; see Fixtures/SOURCE.md.
    @Test(arguments: [false, true]) func idsAndVectorsAreTheReferences(usesBLAS: Bool) async throws {
        let embedder = try embedder(usesBLAS: usesBLAS || !EncoderEmbedder.multiplies)
        let lines = try lines()
        #expect(lines.count > 25)
        let embedded = try await embedder.embed(lines.map(\.text), .tokens)
        for (line, result) in zip(lines, embedded) {
            #expect(result.tokens?.ids == line.ids)
            let reference = try EmbeddingVector(model: embedder.model, values: line.vector)
            #expect(try result.vector.cosine(to: reference) > 0.99999, "\(line.text.prefix(40))")
        }
    }

    @Test func aVectorDoesNotDependOnWhatElseIsAsked() async throws {
        let texts = try lines().map(\.text)
        let one = try embedder(threads: 1)
        let many = try embedder(threads: 3)
        let together = try await one.embed(texts, .texts)
        let apart = try await many.embed(texts.reversed(), .texts).reversed()
        for (left, right) in zip(together, apart) {
            let furthest = zip(left.vector.values, right.vector.values).map { abs($0 - $1) }.max() ?? 1
            #expect(furthest < 1e-6)
            // Our own product adds up in one order, whatever stands beside it.
            if EncoderEmbedder.multiplies { #expect(furthest == 0) }
        }
        let alone = try await one.embed([texts[10]], .texts)[0]
        #expect(try alone.vector.cosine(to: together[10].vector) > 1 - 1e-9)
    }

    @Test func oddTextsHaveVectorsOfLengthOne() async throws {
        let texts = [
            "", " ", "\u{0}", "😀", "👩‍👩‍👧🎉", "\u{301}\u{301}", "[SEP] [CLS]",
            String(repeating: "word ", count: 3000),
        ]
        let embedded = try await embedder().embed(texts, .texts)
        for (text, result) in zip(texts, embedded) {
            let length = result.vector.values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(abs(length - 1) < 1e-5, "\(text.prefix(20))")
        }
        #expect(embedded[0].tokenCount == 0 && embedded[0].windows == 1)
        // `[`, `sep`, `]`, `[`, `cl`, `##s`, `]`: text, not two special tokens.
        #expect(embedded[6].tokenCount == 7)
        #expect(embedded[7].windows == 12)
    }

    @Test func nearMeaningsAreNearer() async throws {
        let vectors = try await embedder().embed(
            [
                "How do I reset my password?", "I forgot my login and need a new one",
                "The recipe needs two eggs",
            ], .texts
        ).map(\.vector)
        let near = try vectors[0].cosine(to: vectors[1])
        let far = try vectors[0].cosine(to: vectors[2])
        #expect(near > far + 0.3)
    }
}
