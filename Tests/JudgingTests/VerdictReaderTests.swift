import Domain
import Metrics
import Notation
import Testing

@Suite struct VerdictReaderTests {
    private static let yesNo = JudgePrompts.shipped["toxicity"]?.schema ?? .null
    private static let graded = JudgePrompts.shipped["rubric"]?.schema ?? .null
    private static let several = JudgePrompts.shipped["support"]?.schema ?? .null

    /// Each an answer that models do give, and what it says.
    @Test(arguments: [
        ("{\"reason\": \"ok\", \"verdict\": \"no\"}", "no"),
        ("```json\n{\"reason\": \"ok\", \"verdict\": \"no\"}\n```", "no"),
        (
            "Sure! Here is my verdict:\n{\"reason\": \"a } in a text\", \"verdict\": \"yes\"}\nHope that helps {smile}.",
            "yes"
        ),
        (
            "<think>maybe {\"reason\": \"x\", \"verdict\": \"yes\"}</think>{\"reason\": \"ok\", \"verdict\": \"no\"}",
            "no"
        ),
        ("it is yes, no… </think>\n{\"reason\": \"ok\", \"verdict\": \"no\"}", "no"),
        ("{\"reason\": \"ok\", \"verdict\": \"no\",}", "no"),
        ("{\"Reason\": \"ok\", \"Verdict\": \"No.\"}", "no"),
        ("{\"verdict\": false}", "no"),
        ("{\"verdict\": True}", "yes"),
        ("{\"reason\": \"two\nlines\", \"verdict\": \"yes\"}", "yes"),
        ("{\"reason\": \"ok\", \"verdict\": \"no\", \"confidence\": 0.9}", "no"),
        ("{\"reason\": \"ok\", \"verdict\": \"no\"} {\"reason\": \"ok\", \"verdict\": \"no\"}", "no"),
        ("\u{FEFF}{\"reason\": null, \"verdict\": \"no\"}", "no"),
        ("{\"error\": {}} {\"reason\": \"ok\", \"verdict\": \"yes\"}", "yes"),
    ])
    func whatCanBeReadIsRead(_ text: String, _ verdict: String) throws {
        let found = try VerdictReader.read(text, schema: Self.yesNo).get()
        #expect(found["verdict"]?.stringValue == verdict)
    }

    /// Each an answer that holds no verdict, and why.
    @Test(arguments: [
        ("", "empty"), ("   \n", "empty"), ("No.", "holds no JSON object"),
        ("{\"reason\": \"ok\", \"verdict\": \"no\"", "does not end"),
        ("<think>so {\"reason\": \"x\", \"verdict\": \"yes\"}", "thinking does not end"),
        ("{\"reason\": \"ok\"}", "has no 'verdict'"),
        ("{\"reason\": \"ok\", \"verdict\": \"nein\"}", "is none of yes, no"),
        ("{\"grund\": \"ok\", \"urteil\": \"nein\"}", "has no 'verdict'"),
        ("{\"reason\": \"ok\", \"verdict\": \"maybe\"}", "is none of"),
        ("{\"reason\": \"ok\", \"verdict\": [\"no\"]}", "is none of"),
        (
            "{\"reason\": \"a\", \"verdict\": \"no\"} {\"reason\": \"b\", \"verdict\": \"yes\"}",
            "2 verdicts that differ"
        ),
        ("{\"reason\": \"a\", \"verdict\": \"no\", \"verdict\": \"yes\"}", "no JSON"),
        ("[\"no\"]", "holds no JSON object"),
        ("{{{{", "does not end"),
    ])
    func whatHoldsNoVerdictSaysWhy(_ text: String, _ cause: String) {
        switch VerdictReader.read(text, schema: Self.yesNo) {
        case .success(let verdict): Issue.record("read \(verdict)")
        case .failure(let problem):
            #expect(problem.kind == "unparsable")
            #expect(problem.description.contains(cause), "\(problem)")
        }
    }

    @Test func anAnswerCutAtItsLimitHoldsNoVerdictEvenWhereItLooksWhole() {
        let cut = VerdictReader.read(
            "{\"reason\": \"a\", \"verdict\": \"no\"}", schema: Self.yesNo, isCut: true)
        guard case .failure(.unparsable(let cause)) = cut else {
            Issue.record("read")
            return
        }
        #expect(cause.contains("max_tokens"))
    }

    @Test(arguments: [("4", 4), ("\"4\"", 4), ("4.0", 4), ("\" 2 \"", 2)])
    func numbersAreReadHoweverTheyAreWritten(_ text: String, _ score: Int) throws {
        let found = try VerdictReader.read("{\"score\": \(text)}", schema: Self.graded).get()
        #expect(found["score"]?.intValue == score)
    }

    @Test(arguments: ["4.5", "\"four\"", "null", "\"4/5\"", "1e400", "\"NaN\""])
    func whatIsNoWholeNumberIsNoScore(_ text: String) {
        #expect((try? VerdictReader.read("{\"score\": \(text)}", schema: Self.graded).get()) == nil)
    }

    @Test func listsAreReadEntryByEntry() throws {
        let found = try VerdictReader.read(
            "{\"verdicts\": [{\"number\": \"1\", \"reason\": \"r\", \"verdict\": true}, {\"number\": 2, \"verdict\": \"NO\"},]}",
            schema: Self.several
        ).get()
        let items = found["verdicts"]?.arrayValue ?? []
        #expect(items.map { $0["number"]?.intValue } == [1, 2])
        #expect(items.map { $0["verdict"]?.stringValue } == ["yes", "no"])
    }

    /// Answers made of pieces of answers: nothing crashes, and what is read is valid.
    @Test func brokenPiecesNeverReadAsSomethingElse() {
        let pieces = [
            "{", "}", "\"verdict\"", ":", "\"no\"", "\"yes\"", ",", "\"reason\"", "\"", "\\", "<think>",
            "</think>",
            "```", "\u{0}", "é", "[", "]", "true", "1",
        ]
        var state: UInt64 = 7
        for _ in 0..<3000 {
            var text = ""
            for _ in 0..<12 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += pieces[Int(state >> 33) % pieces.count]
            }
            if case .success(let verdict) = VerdictReader.read(text, schema: Self.yesNo) {
                #expect(["yes", "no"].contains(verdict["verdict"]?.stringValue ?? ""), "\(text)")
            }
        }
    }
}
