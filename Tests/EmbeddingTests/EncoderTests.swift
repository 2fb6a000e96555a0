import Embedding
import Testing

@Suite struct EncoderTests {
    @Test func aFolderThatIsNotThereIsNamed() {
        #expect(throws: (any Error).self) { try EncoderEmbedder(folder: "/nowhere/at/all") }
    }
}
