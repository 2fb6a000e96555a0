import Domain
import Testing

@testable import Replay

@Suite struct ExampleIndexTests {
    /// More rows than 32 bits number are refused in words, whoever wrote the number of repeats.
    @Test(arguments: [1 << 30, Int(Int32.max), 1 << 40, Int.max])
    func moreQuestionsThanCanBeNumberedAreRefused(repeats: Int) throws {
        let examples = MemoryExamples(
            (0..<3).map { Example(id: "E-\($0)", query: "q") })
        #expect(throws: StoreError.self) {
            _ = try ExampleIndex(examples, sliceNames: [], repeats: repeats, wantsPositions: false)
        }
        let index = try ExampleIndex(examples, sliceNames: [], repeats: 1000, wantsPositions: false)
        #expect(index.rows.ids.count == 3)
    }
}
