import Domain
import Testing

@Suite struct EmbeddingVectorTests {
    private let model = EmbeddingModel(name: "one", digest: "0123456789abcdef")

    private func vector(_ values: [Float], _ model: EmbeddingModel? = nil) throws -> EmbeddingVector {
        try EmbeddingVector(model: model ?? self.model, values: values)
    }

    @Test(
        arguments: [
            ([1, 0], [1, 0], 1.0), ([1, 0], [0, 2], 0), ([1, 0], [-3, 0], -1), ([3, 4], [4, 3], 0.96),
            ([1e-30, 0], [1e-30, 0], 1), ([1e30, 0], [1e30, 0], 1),
        ] as [([Float], [Float], Double)])
    func cosineIsThatOfTheAngle(left: [Float], right: [Float], cosine: Double) throws {
        #expect(abs(try vector(left).cosine(to: vector(right)) - cosine) < 1e-12)
        #expect(abs(try vector(right).cosine(to: vector(left)) - cosine) < 1e-12)
    }

    @Test func vectorsOfDifferentModelsNeverMeet() throws {
        let other = EmbeddingModel(name: "two", digest: "fedcba9876543210")
        let (left, right) = (try vector([1, 0]), try vector([1, 0], other))
        #expect(throws: EmbeddingProblem.differentModels(model, other)) { try left.cosine(to: right) }
        let words = EmbeddingProblem.differentModels(model, other).description
        #expect(words.contains("one (0123456789ab)") && words.contains("two (fedcba987654)"))
        // The same model under another name is the same.
        let renamed = EmbeddingModel(name: "three", digest: model.digest)
        #expect(try left.cosine(to: vector([1, 0], renamed)) == 1)
    }

    /// It points nowhere: neither like nor unlike another.
    @Test func aVectorOfZerosIsNotCompared() throws {
        let (zeros, other) = (try vector([0, 0]), try vector([1, 1]))
        #expect(throws: EmbeddingProblem.self) { try zeros.cosine(to: other) }
        #expect(throws: EmbeddingProblem.self) { try other.cosine(to: zeros) }
    }

    @Test func vectorsOfDifferentSizesNeverMeet() throws {
        let (left, right) = (try vector([1, 0]), try vector([1, 0, 0]))
        #expect(throws: EmbeddingProblem.differentWidths(model, 2, 3)) { try left.cosine(to: right) }
    }

    @Test(arguments: [[], [1, .nan], [.infinity]] as [[Float]])
    func whatIsNoVectorIsRefused(values: [Float]) {
        #expect(throws: EmbeddingProblem.self) { try vector(values) }
    }
}
