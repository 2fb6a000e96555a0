import Foundation
import Notation
import Testing

/// What must not be lost or changed unsaid on a row's way through the commands, as they are typed.
@Suite struct DatasetStrictTests {
    private static let numbers = (1...2).map {
        #"{"query_id": "Q-\#($0)", "query": "question \#($0)", "expected_result": {"n": 1234567890123456789012\#($0)}}"#
    }.joined(separator: "\n")

    private static let pattern =
        #"{"query_id": "Q-1", "query": "a"}"# + "\n"
        + #"{"query_id": "Q-2", "query": "b", "required_elements": [{"regex": "x(y"}]}"#

    /// Rows, and what is said of their second line.
    private static let bad = [
        (numbers, "2:69", "more digits than a 64-bit number holds"),
        (pattern, "2:57", "does not compile: missing closing parenthesis, at character 4"),
        (#"{"query": "a"}"# + "\n" + #"{"query": "b", "query": "c"}"#, "2:16", "has this key already"),
    ]

    @Test(arguments: bad) func everyCommandRefusesItAtItsLine(
        rows: String, place: String, words: String
    ) async throws {
        let folder = try Workplace()
        try folder.write("golden.jsonl", rows + "\n")
        try folder.write("good.jsonl", #"{"query_id": "G-1", "query": "fine"}"# + "\n")
        try folder.writePolicy(
            baseline: nil, candidate: "http://127.0.0.1:9", gates: ["error_rate <= 1%"])
        let ways = [
            ["dataset", "lint", "golden.jsonl", "--all"], ["validate"], ["eval", "--quiet"],
            ["dataset", "import", "golden.jsonl", "--out", "x.jsonl"],
            ["dataset", "add", "golden.jsonl", "--dataset", "good.jsonl"],
            ["dataset", "export", "golden.jsonl", "--out", "x.csv"],
        ]
        for way in ways {
            let outcome = try await folder.start(way).outcome()
            let said = outcome.out + outcome.err
            #expect(outcome.status == 65, "\(outcome)")
            let plain = said.replacingOccurrences(of: #"\s+"#, with: " ", options: .regularExpression)
            #expect(plain.contains(words), "\(way): \(outcome)")
            let line = way.contains("import") ? "golden.jsonl:2" : "golden.jsonl:" + place
            #expect(plain.contains(line), "\(way): \(outcome)")
        }
        #expect(!folder.exists("x.jsonl") && !folder.exists("x.csv"))
    }

    @Test func aSheetsLongNumbersKeepTheirDigits() async throws {
        let place = try Workplace()
        let (one, two) = ("12345678901234567890123", "12345678901234567890124")
        try place.write("s.csv", "id,question,batch\n\(one),a,\(one)\n\(two),a,\(two)\n")
        let outcome = try await place.sluice("dataset", "import", "s.csv", "--out", "s.jsonl")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try place.read("s.jsonl").contains("\"id\": \"\(two)\""))
        try place.write(
            "t.jsonl", try place.read("s.jsonl").replacingOccurrences(of: "124\"}", with: "125\"}"))
        let diff = try await place.sluice("dataset", "diff", "s.jsonl", "t.jsonl", "--no-verdicts")
        #expect(diff.out.contains("1 changed") && diff.out.contains("batch"), "\(diff)")
        let add = try await place.sluice(
            "dataset", "add", "-q", "c", "--set", "batch=\(one)", "-d", "s.jsonl")
        #expect(add.status == 0, "\(add)")
        #expect(try place.read("s.jsonl").hasSuffix("\"batch\": \"\(one)\"}\n"))
        let list = try await place.sluice("dataset", "add", "-q", "d", "--set", "l=[\(one)]", "-d", "s.jsonl")
        #expect(list.status == 64 && list.err.contains("write it as a text, in quotes"), "\(list)")
    }

    /// An answer's long number is its digits: equal to that text, and to no other number.
    @Test func anAnswersLongNumberIsRead() async throws {
        let place = try Workplace()
        let rows = [
            #"{"query_id": "Q-1", "query": "a", "expected_result": {"n": "12345678901234567890123"}}"#,
            #"{"query_id": "Q-2", "query": "b", "expected_result": {"n": "12345678901234567890123"}}"#,
        ]
        try place.write("golden.jsonl", rows.joined(separator: "\n") + "\n")
        try place.write(
            "answers.jsonl",
            #"{"id": "Q-1", "text": "{\"n\": 12345678901234567890123}"}"# + "\n"
                + #"{"id": "Q-2", "text": "{\"n\": 12345678901234567890124}"}"# + "\n")
        try place.write(
            "sluice.yaml",
            """
            version: 1
            project: p
            app: { candidate: { recorded: answers.jsonl } }
            dataset: golden.jsonl
            metrics: [exact_match, error_rate]
            gates: ["exact_match >= 0.4", "error_rate <= 1%"]
            """)
        let outcome = try await place.sluice("eval", "--json")
        #expect([0, 1, 2].contains(outcome.status), "\(outcome)")
        let gate = try JSONValue.parse(outcome.out)["gates"]?[0]
        #expect(gate?["candidate"]?["value"] == 0.5, "\(outcome)")
    }

    @Test func theLinesOfASheetAreThoseOfItsFile() async throws {
        let place = try Workplace()
        try place.write(
            "s.csv", "sep=;\nquestion;note\n\"two\nlines\";x\n\nsame;y\nother;\"a\nb\nc\"\n\nsame;y\n")
        let outcome = try await place.sluice("dataset", "import", "s.csv", "--out", "s.jsonl")
        #expect(outcome.status == 65, "\(outcome)")
        #expect(outcome.err.contains("s.csv:11: error: the row is the same as line 6;"), "\(outcome)")
    }

    @Test func whatIsAskedIsSaid() async throws {
        let place = try Workplace()
        try place.write("s.csv", "id,Question,topic\nT-1,what,cats\nT-2,who,dogs\n")
        let named = try await place.sluice("import", "csv", "s.csv", "--out", "s.jsonl")
        #expect(named.status == 0, "\(named)")
        #expect(
            named.err.contains("asked: column 'Question' (by its name; another: --map COLUMN=query)"),
            "\(named)")
        let mapped = try await place.sluice(
            "import", "csv", "s.csv", "--map", "topic=query,Question=-", "--out", "t.jsonl")
        #expect(mapped.err.contains("asked: column 'topic' (as --map says)"), "\(mapped)")
        try place.write("ids.csv", "query,topic\nT-1,cats\nT-2,dogs\n")
        let ids = try await place.sluice("import", "csv", "ids.csv", "--out", "u.jsonl")
        #expect(ids.err.contains("warning: 2 of 2 questions look like ids ('T-1')"), "\(ids)")
        try place.write("none.csv", "topic,label\ncats,x\n")
        let none = try await place.sluice("import", "csv", "none.csv", "--out", "v.jsonl")
        #expect(none.status == 65 && none.err.contains("asked: no column has a name that says so"), "\(none)")
        try place.write("gap.csv", "id,question\nT-1,what\nT-2,\n")
        let gap = try await place.sluice("import", "csv", "gap.csv", "--out", "w.jsonl")
        #expect(gap.status == 65 && gap.err.contains("gap.csv:3: error: the row has no query"), "\(gap)")
        let promptfoo = try await place.sluice("import", "promptfoo", "s.csv", "--dry-run")
        #expect(
            promptfoo.out.contains("asked: 'Question' (by its name; another: --question NAME)"),
            "\(promptfoo)")
    }

    @Test func aNewExampleCannotBeRetired() async throws {
        let place = try Workplace()
        try place.write("golden.jsonl", #"{"query_id": "Q-1", "query": "a"}"# + "\n")
        let outcome = try await place.sluice(
            "dataset", "add", "-q", "b", "--set", "retired=true", "-d", "golden.jsonl")
        #expect(outcome.status == 64, "\(outcome)")
        #expect(outcome.err.contains("sluice dataset retire ID --why"), "\(outcome)")
        try place.write("more.jsonl", "{\"query\": \"c\"}\n{\"query\": \"d\", \"retired\": \"old\"}\n")
        let some = try await place.sluice("dataset", "add", "more.jsonl", "-d", "golden.jsonl")
        #expect(some.status == 0 && some.err.contains("more.jsonl:2: warning: the row is retired"), "\(some)")
    }

    @Test func errorsBeyondTheFirstThousandAreCounted() async throws {
        let place = try Workplace()
        try place.write("golden.jsonl", String(repeating: "{\"query_id\": 1}\n", count: 1500))
        for arguments in [["golden.jsonl"], ["golden.jsonl", "--all"]] {
            let outcome = try await place.start(["dataset", "lint"] + arguments).outcome()
            #expect(outcome.status == 65)
            #expect(outcome.out.contains("1,500 errors"), "\(outcome.out.suffix(200))")
            let words =
                arguments.count == 1 ? "… and 1,495 more; --all shows the first 1,000" : "… and 500 more"
            #expect(outcome.out.contains(words), "\(outcome.out.suffix(400))")
        }
    }

    @Test func aVoteThatNobodyKnowsIsSetAside() async throws {
        let place = try Workplace()
        try place.write(
            "f.csv",
            "question,feedback\nis it open,meh\nwhere is it,down\nwho,up\nhow,\nwhat,kim@x.example broke it\n"
        )
        let outcome = try await place.sluice("dataset", "candidates", "--feedback", "f.csv", "--json")
        #expect(outcome.status == 0, "\(outcome)")
        let json = try JSONValue.parse(outcome.out)
        #expect(json["unknown_votes"] == 2 && json["said_nothing"] == 2 && json["new"] == 1, "\(outcome)")
        #expect(outcome.err.contains("f.csv:2: warning: what 'feedback' says is neither"), "\(outcome)")
        #expect(outcome.err.contains("f.csv:6: warning") && !outcome.err.contains("kim@"), "\(outcome)")
    }

    @Test func otherExpectationsAreCountedApart() async throws {
        let place = try Workplace()
        let old =
            #"{"query_id": "Q-1", "query": "a", "reference": "x"}"# + "\n"
            + #"{"query_id": "Q-2", "query": "b <c>"}"# + "\n"
        try place.write("old.jsonl", old)
        try place.write(
            "new.jsonl",
            old.replacingOccurrences(of: "\"x\"", with: "\"y\"").replacingOccurrences(
                of: "b <c>", with: "b <d>"))
        let text = try await place.sluice("dataset", "diff", "old.jsonl", "new.jsonl", "--no-verdicts")
        #expect(
            text.out.contains("2 examples: 1 changed, 1 with other expectations; 0 as they were"), "\(text)")
        let markdown = try await place.sluice(
            "dataset", "diff", "old.jsonl", "new.jsonl", "--no-verdicts", "--markdown")
        #expect(markdown.out.hasPrefix("### Data set: 2 examples: 1 changed, 1 with"), "\(markdown)")
        #expect(markdown.out.contains("b &lt;") && markdown.out.hasSuffix("</pre>\n"), "\(markdown)")
    }
}
