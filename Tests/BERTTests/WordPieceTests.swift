import BERT
import Foundation
import Testing

@Suite struct WordPieceTests {
    private struct Line: Decodable {
        let text: String
        let lower: [Int32]
        let cased: [Int32]
    }

    private func tokenizer(
        _ pieces: [String], _ settings: TokenizerConfiguration = .init()
    ) throws -> WordPiece {
        let text = (["[PAD]", "[UNK]", "[CLS]", "[SEP]"] + pieces).joined(separator: "\n") + "\n"
        return try WordPiece(vocabulary: Vocabulary(Array(text.utf8)), configuration: settings)
    }

    /// The pieces of a text as words.
    private func pieces(_ tokenizer: WordPiece, _ text: String) -> [String] {
        tokenizer.ids(text).map { tokenizer.vocabulary.piece($0) }
    }

    /// The reference is the `tokenizers` library; see Fixtures/SOURCE.md.
    @Test func idsAreTheReferencesOnFuzzedTexts() throws {
        let vocabulary = try Vocabulary(
            [UInt8](Data(contentsOf: fixtures.appendingPathComponent("vocab.txt"))))
        let small = try WordPiece(vocabulary: vocabulary, configuration: .init())
        let cased = try WordPiece(vocabulary: vocabulary, configuration: .init(lowerCases: false))
        let lines = try String(contentsOf: fixtures.appendingPathComponent("ids.jsonl"), encoding: .utf8)
            .split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
        #expect(lines.count == 409)
        for line in lines {
            let scalars = line.text.unicodeScalars.map { String($0.value, radix: 16) }
            #expect(small.ids(line.text) == line.lower, "\(scalars)")
            #expect(cased.ids(line.text) == line.cased, "\(scalars)")
        }
    }

    @Test func theLongestPieceIsTakenFirst() throws {
        let tokenizer = try tokenizer(["want", "##want", "##ed", "wa", "un", "runn", "##ing", "##n", "##t"])
        #expect(pieces(tokenizer, "unwanted running") == ["un", "##want", "##ed", "runn", "##ing"])
        #expect(pieces(tokenizer, "unwantedX running") == ["[UNK]", "runn", "##ing"])
        #expect(pieces(tokenizer, "").isEmpty)
    }

    @Test func aTextThatSpellsASpecialTokenIsText() throws {
        let tokenizer = try tokenizer(["[", "]", "sep", "cls", "a", "unk"])
        #expect(pieces(tokenizer, "a [SEP] [CLS]") == ["a", "[", "sep", "]", "[", "cls", "]"])
        #expect(pieces(tokenizer, "[UNK]") == ["[", "unk", "]"])
    }

    @Test func aWordOfMoreThanAHundredScalarsIsOneUnknown() throws {
        let tokenizer = try tokenizer(["a", "##a", "é", "##é"])
        #expect(tokenizer.ids(String(repeating: "a", count: 100)).count == 100)
        #expect(tokenizer.ids(String(repeating: "a", count: 101)) == [tokenizer.unknownID])
        #expect(tokenizer.ids(String(repeating: "a", count: 1_000_000)) == [tokenizer.unknownID])
    }

    @Test func accentsGoWhereLettersAreMadeSmall() throws {
        let words = ["cafe", "café", "CAFÉ", "CAFE"]
        #expect(pieces(try tokenizer(words), "CAFÉ Cafe\u{301}") == ["cafe", "cafe"])
        let cased = try tokenizer(words, .init(lowerCases: false))
        #expect(pieces(cased, "CAFÉ café") == ["CAFÉ", "café"])
        let bare = try tokenizer(words, .init(lowerCases: false, stripsAccents: true))
        #expect(pieces(bare, "CAFÉ") == ["CAFE"])
    }

    @Test func aVocabularyWithoutASpecialTokenIsRefused() throws {
        let vocabulary = try Vocabulary(json("[PAD]\n[UNK]\n[CLS]\nword\n"))
        let message = problem { _ = try WordPiece(vocabulary: vocabulary, configuration: .init()) }
        #expect(message?.contains("vocab.txt: lacks '[SEP]'") == true, "\(message ?? "no error")")
    }

    @Test func linesMayEndAsOnWindowsAndTheLastOfEqualOnesCounts() throws {
        let vocabulary = try Vocabulary(json("a\r\nb\r\na"))
        #expect(vocabulary.count == 3)
        #expect(vocabulary.id("a") == 2)
        #expect(vocabulary.id("b") == 1)
        #expect(vocabulary.id("c") == nil)
        #expect(problem { _ = try Vocabulary([]) }?.contains("is empty") == true)
    }
}
