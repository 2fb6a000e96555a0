import Domain
import Metrics
import Notation
import Testing

/// The whole of the shared data; runs where `SLUICE_SHARED_DATA` names its folder.
@Suite(.enabled(if: Fixtures.corpora != nil)) struct CorpusMetricsTests {
    @Test func trecEvalsRegressionTestDigitForDigit() throws {
        let run = try TrecRun(
            qrels: Fixtures.corpus("trec-eval/qrels.test"),
            results: Fixtures.corpus("trec-eval/results.test"),
            document: 2, score: 4)
        #expect(try run.check(Fixtures.corpus("trec-eval/out.test.aq")) == 132)
        #expect(try run.check(Fixtures.corpus("trec-eval/out.test")) >= 12)
    }

    @Test(arguments: ["baseline", "candidate_good", "candidate_bad"])
    func allDecisionsOverClinc150(_ arm: String) throws {
        let expected = try JSONValue.parse(Fixtures.corpus("reference-outputs/clinc-oos.json"))
        let csv = try Fixtures.corpus("clinc-oos/predictions.csv")
        #expect(try Clinc.check(csv, expected, arm, tolerance: 1e-12) == 7)
    }

    @Test func everyXQuADAnswerMatchesItself() throws {
        var checked = 0
        for line in try Fixtures.corpus("xquad/en.questions.jsonl").split(separator: "\n") {
            for answer in try JSONValue.parse(String(line))["answers"]?.arrayValue ?? [] {
                let text = try #require(answer[0]?.stringValue)
                for name in ["token_f1", "exact_match"] {
                    let value = try measure(
                        name, example: { $0.references = [text] }, answer: { $0.text = "The \(text)." })
                    #expect(value == .value(1), "\(text)")
                }
                checked += 1
            }
        }
        #expect(checked == 1190)
    }
}
