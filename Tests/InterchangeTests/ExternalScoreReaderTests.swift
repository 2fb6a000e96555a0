import Domain
import Interchange
import Notation
import Testing

/// Files of scores as RAGAS, DeepEval and people's own programs write them.
@Suite struct ExternalScoreReaderTests {
    private func read(
        _ text: String, csv: Bool = false, _ columns: [String] = ["faithfulness", "answer_relevancy"]
    ) throws -> ExternalRecords {
        try ExternalScoreReader.read(Array(text.utf8), isCSV: csv, columns: columns)
    }

    private func scores(_ records: ExternalRecords) -> [String] {
        records.records.map { record in
            let values = record.scores.map { "\($0.name)=\($0.value.map { "\($0)" } ?? "none")" }
            return "\(record.id ?? "-") \(values.joined(separator: " "))"
        }
    }

    /// As `result.to_pandas().to_json(orient="records")`, with and without `lines=True`, and `to_csv()` write it
    /// (ragas 0.2: user_input, response, retrieved_contexts, reference, a column a metric).
    @Test func resultsOfRAGAS() throws {
        let row =
            #"{"user_input":"Q1","retrieved_contexts":["c"],"response":"A1","reference":"R","faithfulness":0.5,"answer_relevancy":null}"#
        let other = #"{"user_input":"Q2","response":"A2","faithfulness":1,"answer_relevancy":0.25}"#
        for text in [row + "\n" + other + "\n", "[\(row),\n\(other)]", "[\n  \(row),\n  \(other)\n]\n"] {
            let found = try read(text)
            #expect(
                scores(found) == [
                    "- faithfulness=0.5 answer_relevancy=none", "- faithfulness=1.0 answer_relevancy=0.25",
                ])
            #expect(found.records.map(\.query) == ["Q1", "Q2"])
            #expect(found.records[0].answer == ExternalScores.digest(of: "A1"))
            #expect(found.problems.isEmpty)
        }
        let csv = """
            ,user_input,retrieved_contexts,response,reference,faithfulness,answer_relevancy\r
            0,Q1,"['a, ""b""', 'c']","A
            1",R,0.5,\r
            1,Q2,[],A2,R,1.0,nan\r

            """
        let found = try read(csv, csv: true)
        #expect(
            scores(found) == [
                "- faithfulness=0.5 answer_relevancy=none", "- faithfulness=1.0 answer_relevancy=none",
            ])
        #expect(found.records[0].answer == ExternalScores.digest(of: "A\n1"))
    }

    /// As DeepEval keeps a test run (camel case, wrapped or not), and as `dataclasses` of `evaluate()` dump (snake).
    @Test func resultsOfDeepEval() throws {
        let camel = """
            {"testRunData": {"testFile": "t.py", "testCases": [
              {"name": "GD-1", "input": "Q1", "actualOutput": "A1", "success": true, "order": 0,
               "metricsData": [{"name": "Answer Relevancy", "threshold": 0.5, "success": true, "score": 0.75,
                 "reason": "fine", "strictMode": false, "evaluationModel": "gpt-4o", "evaluationCost": 0.001},
                 {"name": "Bias", "score": 0.1, "success": true}],
               "metadata": {"arm": "candidate"}},
              {"name": "test_case_1", "input": "Q2", "actualOutput": "A2", "success": false,
               "metricsData": [{"name": "Answer Relevancy", "score": 0.0, "error": "rate limit"}]}]}}
            """
        let found = try read(camel)
        #expect(scores(found) == ["GD-1 answer_relevancy=0.75", "- answer_relevancy=none"])
        #expect(found.records[0].scorer == "gpt-4o")
        #expect(found.records[0].arm == .candidate)
        #expect(found.records[0].scores[0].reason == "fine")
        #expect(found.records[1].scores[0].reason == "rate limit", "an error is no score of 0")
        #expect(found.records[1].query == "Q2")
        let snake = """
            {"test_results": [{"name": "test_case_0", "success": true, "input": "Q1", "actual_output": "A1",
              "additional_metadata": {"id": "GD-1"},
              "metrics_data": [{"name": "Correctness [GEval]", "score": 1, "evaluation_model": "m"}]}]}
            """
        #expect(scores(try read(snake, ["correctness_geval"])) == ["GD-1 correctness_geval=1.0"])
    }

    @Test func linesOfAProgramOfOnesOwn() throws {
        let text = """
            {"id": "GD-1", "metric": "faithfulness", "score": 0.5, "reason": "r", "arm": "baseline", "version": "prompt=v2, m1", "time": "2026-11-20T03:00:00Z", "answer_digest": "sha256:\(String(repeating: "ab", count: 32))", "repetition": 2, "dataset": "sha256:00", "scorer": "nightly 1.2"}

            {"id": 7, "scores": {"faithfulness": true, "other": 1}, "time": 1700000000}
            """
        let found = try read(text)
        #expect(scores(found) == ["GD-1 faithfulness=0.5", "7 faithfulness=1.0"])
        let first = found.records[0]
        #expect(first.arm == .baseline && first.repetition == 2 && first.dataset == "sha256:00")
        #expect(
            first.versions == [
                Answer.Version(name: "prompt", value: "v2"), Answer.Version(name: "", value: "m1"),
            ])
        #expect(first.time == TimeText.seconds("2026-11-20T03:00:00Z"))
        #expect(first.answer == String(repeating: "ab", count: 32))
        #expect(first.scorer == "nightly 1.2")
        #expect(found.records[1].time == 1_700_000_000)
        let csv = "id;metric;score;reason\nGD-1;faithfulness;0.5;r\n'=GD;faithfulness;-1;\n"
        #expect(scores(try read(csv, csv: true)) == ["GD-1 faithfulness=0.5", "=GD faithfulness=-1.0"])
    }

    @Test func aRecordThatCannotBeReadIsSetAsideAndTheRestIsRead() throws {
        let text = """
            {"id": "a", "faithfulness": "good"}
            [1]
            {"id": "b", "faithfulness": 0.5
            {"faithfulness": 0.5}
            {"id": "c", "metric": "faithfulness"}
            {"id": "d", "faithfulness": NaN}
            {"id": "e", "faithfulness": 0.25}
            """
        let found = try read(text)
        #expect(scores(found) == ["a faithfulness=none", "d faithfulness=none", "e faithfulness=0.25"])
        #expect(found.setAside.reduce(0) { $0 + $1.count } == 5)
        #expect(
            found.problems.contains(
                "1 record (line 1): its 'faithfulness' is a string, and no number; write a number, or null where there is none"
            ))
        #expect(found.problems.contains("1 record (line 4): it names neither an example nor its question"))
    }

    /// As Python's `json.dumps` writes them, in lines and in one array.
    @Test(arguments: ["NaN", "Infinity", "-Infinity"])
    func aNumberThatIsNoneTakesAwayNoOtherScore(word: String) throws {
        let row = #"{"id": "a \"\#(word)", "faithfulness": \#(word), "answer_relevancy": 0.5}"#
        let other = row.replacing("a \\", with: "b \\").replacing(" \(word),", with: " 0.25,")
        for text in [row + "\n" + other, "[\(row), \(other)]", row] {
            let found = try read(text)
            let wanted = [
                "a \"\(word) faithfulness=none answer_relevancy=0.5",
                "b \"\(word) faithfulness=0.25 answer_relevancy=0.5",
            ]
            #expect(scores(found) == Array(wanted.prefix(text == row ? 1 : 2)))
        }
    }

    @Test func aDecimalCommaSaysSo() throws {
        let found = try read("id;faithfulness;answer_relevancy\na;0,9;0.5\n", csv: true)
        #expect(scores(found) == ["a faithfulness=none answer_relevancy=0.5"])
        #expect(found.records[0].scores[0].problem == "its score has a decimal comma")
        #expect(
            found.problems == [
                "1 record (line 2): its 'faithfulness' has a decimal comma; write 0.9 for 0,9"
            ])
    }

    @Test(arguments: ["", "[", "{\"a\": 1}", "\u{0}\u{1}", "{\"testCases\": 5}"])
    func whatIsNoFileOfScoresSaysSo(text: String) {
        #expect(throws: ExternalScoreReader.Problem.self) { _ = try read(text) }
    }

    @Test func hostileBytesEndInAProblemOrInRecords() {
        var random = SystemRandomNumberGenerator()
        let seed = Array(#"{"id": "a", "metric": "faithfulness", "score": 0.5}"#.utf8)
        for _ in 0..<2000 {
            var bytes = seed + [0x0A] + seed
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            for isCSV in [true, false] {
                _ = try? ExternalScoreReader.read(bytes, isCSV: isCSV, columns: ["faithfulness"])
            }
        }
    }

    /// Python: datetime.datetime.fromisoformat(...).timestamp().
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-11-20T03:00:00Z", 1_795_143_600),
        ("2026-11-20T03:00:00.123456+00:00", 1_795_143_600), ("2026-11-20 04:30:00+01:30", 1_795_143_600),
        ("2000-02-29T23:59:59-05:00", 951_886_799), ("1969-12-31T23:59:59Z", -1),
    ])
    func timesAreRead(text: String, seconds: Int) {
        #expect(TimeText.seconds(text) == seconds)
        #expect(TimeText.seconds(TimeText.text(seconds)) == seconds)
    }

    @Test(arguments: [
        "2026-11-20", "2026-11-20T03:00:00", "2026-13-01T00:00:00Z", "x", "2026-11-20T03:00:00.Z",
    ])
    func aTimeWithoutAZoneIsNone(text: String) { #expect(TimeText.seconds(text) == nil) }

    @Test func aNumberInQuotesSaysSo() throws {
        let found = try read(
            #"{"id": "a", "faithfulness": "0.8"}"# + "\n" + #"{"id": "b", "faithfulness": 1}"#)
        #expect(
            found.problems == [
                "1 record (line 1): its 'faithfulness' is a number in quotes, and no number; write it without them"
            ])
    }
}
