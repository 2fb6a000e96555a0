import Foundation
import Notation
import Testing
import Text

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
    "Fixtures")

@Suite struct TokenTests {
    static let texts: [(String, [String])] = [
        ("Hello, World 2x", ["hello", "world", "2x"]),
        ("don't stop", ["don", "t", "stop"]),
        ("naïve ÉCOLE", ["naïve", "école"]),
        ("cafe\u{301} CAFÉ", ["café", "café"]),
        ("Привет, МИР!", ["привет", "мир"]),
        ("ΟΔΟΣ οδός", ["οδοσ", "οδόσ"]),
        ("שלום עולם", ["שלום", "עולם"]),
        ("مرحبا بالعالم", ["مرحبا", "بالعالم"]),
        ("東京タワー3階", ["東", "京", "タ", "ワ", "ー", "3", "階"]),
        ("GPT模型v2", ["gpt", "模", "型", "v2"]),
        ("ภาษา", ["ภ", "า", "ษ", "า"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("한국어 말", ["한국어", "말"]),
        ("a\u{200D}b x_y 👍🏽", ["a\u{200D}b", "x", "y"]),
        ("½ Ⅻ 3²", ["½", "ⅻ", "3²"]),
        ("", []),
        (" \n\t…—!", []),
    ]

    @Test(arguments: texts)
    func wordsAreRunsOfLettersOfAnyScript(_ text: String, _ expected: [String]) {
        #expect(words(text) == expected)
        #expect(wordKeys(text) == wordKeys(expected.joined(separator: " ")))
    }

    /// Stems by NLTK's PorterStemmer, which rouge-score uses; seen through the keys of words of four letters
    /// or more.
    @Test func stemsAreNLTKs() throws {
        let table = try String(contentsOf: folder.appendingPathComponent("stems.tsv"), encoding: .utf8)
        var checked = 0
        for line in table.split(separator: "\n") {
            let parts = line.split(separator: "\t").map(String.init)
            guard parts[0].count > 3 else { continue }
            #expect(
                rougeKeys(parts[0], stemming: true) == rougeKeys(parts[1], stemming: false), "\(parts[0])")
            checked += 1
        }
        #expect(checked > 2500)
    }

    /// The last byte of these is that of a space elsewhere (0xA0, 0x85): it belongs to the letter.
    @Test(arguments: ["voilà", "Š", "🐅", "а̅", "…", "⠠"])
    func aTextsLastLetterIsWhole(word: String) {
        let alone = bleuKeys(word, .v13a)
        #expect(alone.count == 1 && alone == Array(bleuKeys(word + " x", .v13a).prefix(1)))
        #expect(bleuKeys(word + "\u{A0}\u{3000}\u{85} \n", .v13a) == alone)
        let cut = EditRateCut(normalizes: true)
        #expect(cut.keys(word) == Array(cut.keys(word + " x").prefix(1)))
    }

    /// By sacrebleu 2.6.0: the space behind a text is none.
    @Test func spaceBehindATextIsNoSign() {
        #expect(bleuKeys("up 50% ", .intl) == bleuKeys("up 50%", .intl))
        #expect(bleuKeys("up 50%", .intl).count == 2 && bleuKeys("up 50% now", .intl).count == 4)
    }

    @Test func wordsOfThreeLettersAreNotStemmed() {
        // As Python's lower() has it: İ is i and a mark, at which rouge-score's word ends; the Kelvin sign is k.
        #expect(rougeKeys("İstanbul K", stemming: false) == rougeKeys("i stanbul k", stemming: false))
        #expect(rougeKeys("ies dog", stemming: true) == rougeKeys("ies dog", stemming: false))
    }

    /// Tokens by sacrebleu 2.6.0.
    @Test func cutting13aIsSacrebleus() throws {
        let rows = try String(contentsOf: folder.appendingPathComponent("tokenize13a.jsonl"), encoding: .utf8)
        for line in rows.split(separator: "\n") {
            let row = try JSONValue.parse(String(line))
            let tokens = try #require(row["tokens"]?.arrayValue).compactMap(\.stringValue)
            let text = try #require(row["text"]?.stringValue)
            #expect(bleuKeys(text, .v13a) == bleuKeys(tokens.joined(separator: " "), .none), "\(text)")
        }
    }

    @Test(arguments: [
        (" a \n\t b\u{3000}c ", "a b c"), ("", ""), ("  ", ""), ("x\u{A0}y", "x y"), ("日 本", "日 本"),
    ])
    func whiteSpaceFolds(_ text: String, _ expected: String) {
        #expect(foldingSpace(text) == expected)
    }

    @Test(arguments: [
        ("ÀB", "àb"), ("e\u{301}", "é"), ("İ", "i"), ("ẞß", "ßß"), ("ΣΑΣ", "σασ"), ("ДЖ", "дж"),
    ])
    func letterCaseFolds(_ text: String, _ expected: String) {
        #expect(Array(foldingCase(text).utf8) == Array(expected.utf8))
    }
}
