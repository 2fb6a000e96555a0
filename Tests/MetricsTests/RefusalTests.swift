import Domain
import Metrics
import Notation
import Testing
import Text

@testable import Metrics

/// Sentences of our own in nine languages, refusals and their look-alikes; see Fixtures/SOURCE.md.
@Suite struct RefusalTests {
    @Test func everyPatternCanBeRead() throws {
        for pattern in RefusalPatterns.all { _ = try Pattern("(?x)" + pattern) }
    }

    @Test func sentencesAreToldApartInEveryLanguage() throws {
        var counts: [String: (right: Int, all: Int)] = [:]
        for row in try Fixtures.rows("refusals.jsonl") {
            let language = try #require(row["language"]?.stringValue)
            let text = try #require(row["text"]?.stringValue)
            let expected = row["refusal"] == true
            let found = Refusal.isRefusal(text)
            #expect(found == expected, "\(language): \(text)")
            // Neither a courtesy before it nor typographic signs matter.
            let dressed = "„Guten Tag!“\n\n  " + text.replacing("'", with: "’")
            #expect(Refusal.isRefusal(dressed) == expected, "\(language): \(dressed)")
            counts[language, default: (0, 0)].all += 1
            if found == expected { counts[language, default: (0, 0)].right += 1 }
        }
        #expect(counts.count == 9 && counts.values.allSatisfy { $0.all >= 30 }, "\(counts)")
    }

    @Test(arguments: [
        ("Nie mogę w tym pomóc.", true), ("Jasne, mogę pomóc.", false),
        ("К сожалению, я не могу ответить на этот вопрос.", true), ("Я могу помочь.", false),
        ("죄송하지만 도와드릴 수 없습니다.", true), ("죄송하지만 배송이 늦어지고 있습니다.", false),
    ])
    func phrasesTellTheOthers(text: String, expected: Bool) {
        #expect(Refusal.isRefusal(text) == expected)
    }
}

/// Answers, references and paragraphs that refuse nothing: how often one is taken for a refusal.
@Suite(.enabled(if: Fixtures.corpora != nil)) struct CorpusRefusalTests {
    @Test func ordinaryTextIsNoRefusal() throws {
        var count = 0
        var found: [String] = []
        func look(_ text: String?) {
            guard let text, text.utf8.count > 20 else { return }
            count += 1
            if Refusal.isRefusal(text) { found.append(text) }
        }
        for name in ["llmbar/Natural.jsonl", "llmbar/Neighbor.jsonl", "text-pairs/sts.jsonl"] {
            for line in try Fixtures.corpus(name).split(separator: "\n") {
                for member in try JSONValue.parse(String(line)).objectValue?.members ?? [] {
                    look(member.value.stringValue)
                }
            }
        }
        for line in try Fixtures.corpus("mt-bench-questions/reference_answer_gpt4.jsonl").split(
            separator: "\n")
        {
            for choice in try JSONValue.parse(String(line))["choices"]?.arrayValue ?? [] {
                for turn in choice["turns"]?.arrayValue ?? [] { look(turn.stringValue) }
            }
        }
        #expect(count > 8000, "\(count)")
        #expect(found.count <= count / 2000, "\(found.count) of \(count): \(found)")
    }
}
