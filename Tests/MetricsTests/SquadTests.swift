import Domain
import Notation
import Testing
import Text

@testable import Metrics

@Suite struct SquadTests {
    /// Answers and near-answers of XQuAD, scored with the formula of SQuAD's evaluation script in Python.
    @Test func tokenF1AndExactMatchAreTheScripts() throws {
        for row in try Fixtures.rows("squad.jsonl") {
            let said = try #require(row["prediction"]?.stringValue)
            let gold = try #require(row["gold"]?.stringValue)
            let a = answerKeys(said, alphabet: .ascii)
            let b = answerKeys(gold, alphabet: .ascii)
            #expect(
                abs(TokenF1.score(a.sorted(), b.sorted()) - (row["f1"]?.doubleValue ?? -1)) < 1e-15, "\(row)")
            #expect((a == b) == (row["em"] == 1), "\(row)")
        }
    }

    /// The same with punctuation of all scripts, normal form C and single Han letters, by Python's
    /// `unicodedata`.
    @Test func theUnicodeFormKnowsAllScripts() throws {
        for row in try Fixtures.rows("squad.jsonl") {
            let value = try measure(
                "token_f1", example: { $0.references = [row["gold"]?.stringValue ?? ""] },
                answer: { $0.text = row["prediction"]?.stringValue })
            #expect(abs((value.number ?? -1) - (row["unicode_f1"]?.doubleValue ?? -1)) < 1e-15, "\(row)")
        }
    }
}
