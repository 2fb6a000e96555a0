import Foundation
import Notation
import Testing

/// `sluice dataset add`, `retire`, `freeze`, `import` and `export`, as they are typed.
@Suite struct DatasetLifeTests {
    private static let rows = #"""
        {"query_id": "Q-1",  "query": "how long do refunds take", "expected_intent": "refund", "extra": {"b": 1, "a": [2]}}

        {"query_id": "Q-2", "query": "where is my parcel", "expected_intent": "delivery"}
        """#

    private func place() throws -> Workplace {
        let place = try Workplace()
        try place.write("golden.jsonl", Self.rows)
        return place
    }

    private func json(_ outcome: Outcome) throws -> JSONValue { try JSONValue.parse(Array(outcome.out.utf8)) }

    // MARK: add

    @Test func rowsAreAddedBehindTheOthersWhichStayByteForByte() async throws {
        let place = try place()
        try place.write("new.jsonl", #"{"id": "Q-3",  "question": "can I pay by card"}"# + "\r\n")
        let outcome = try await place.sluice(
            "dataset", "add", "new.jsonl", "--dataset", "golden.jsonl", "--annotator", "kim", "--source",
            "tickets",
            "--today", "2026-11-20")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.out.hasPrefix("added 1 example to golden.jsonl\n2 → 3 examples"), "\(outcome)")
        #expect(outcome.err.contains("note: 1 of 1 does not say approver"), "\(outcome)")
        let added =
            #"{"id": "Q-3",  "question": "can I pay by card", "provenance": {"source": "tickets", "annotator": "kim", "date": "2026-11-20"}}"#
        #expect(try place.read("golden.jsonl") == Self.rows + "\n" + added + "\n")
        #expect(place.files() == ["golden.jsonl", "new.jsonl"])
    }

    @Test func anExampleIsMadeOfOptions() async throws {
        let place = try place()
        let outcome = try await place.sluice(
            "dataset", "add", "-q", "is it \"open\"?", "--id", "Q-9", "--intent", "hours", "--reference",
            "yes",
            "--reference", "no", "--tag", "a", "--set", "match=true", "--set", "note=1,5", "-d",
            "golden.jsonl", "--json")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try json(outcome)["added"] == ["Q-9"])
        #expect(
            try place.read("golden.jsonl").hasSuffix(
                #"{"query_id": "Q-9", "query": "is it \"open\"?", "expected_intent": "hours", "reference_response": ["yes", "no"], "tags": ["a"], "match": true, "note": "1,5"}"#
                    + "\n"))
    }

    @Test(
        arguments: [
            (
                #"{"query_id": "Q-1", "query": "x"}"#,
                "new.jsonl:1:14: error: the id 'Q-1' is also that of golden.jsonl:1; give each row an id of its own"
            ),
            (#"{"query_id": "Q-3"}"#, "new.jsonl:1:1: error: the row has no query"),
            (#"{"query_id": "Q-3", "query": "a"}"# + "\n{", "new.jsonl:2"),
            (#"{"query_id": "Q-4", "query": "x"}"#, "that of the example retired in golden.jsonl:4"),
            ("a,b\n", "new.jsonl:1"), ("", "there is no row in new.jsonl"),
        ])
    func aBadRowMeansThatNothingIsWritten(row: String, words: String) async throws {
        let place = try place()
        let before = Self.rows + "\n" + #"{"query_id": "Q-4", "query": "old", "retired": "gone"}"# + "\n"
        try place.write("golden.jsonl", before)
        try place.write("new.jsonl", row)
        let outcome = try await place.sluice("dataset", "add", "new.jsonl", "-d", "golden.jsonl")
        #expect(outcome.status == 65, "\(outcome)")
        #expect(outcome.err.contains(words), "\(outcome)")
        #expect(outcome.err.contains("nothing was added"), "\(outcome)")
        #expect(try place.read("golden.jsonl") == before)
    }

    @Test func whatIsNearlyThereIsToldAndStrictlyRefused() async throws {
        let place = try place()
        try place.write("new.jsonl", #"{"query_id": "Q-3", "query": "How long do refunds take?"}"#)
        let strict = try await place.sluice("dataset", "add", "new.jsonl", "-d", "golden.jsonl", "--strict")
        #expect(strict.status == 65, "\(strict)")
        #expect(strict.err.contains("'Q-3' asks the same as 'Q-1' (golden.jsonl:1)"), "\(strict)")
        #expect(try place.read("golden.jsonl") == Self.rows)
        let dry = try await place.sluice("dataset", "add", "new.jsonl", "-d", "golden.jsonl", "--dry-run")
        #expect(dry.out.contains("would add 1 example"), "\(dry)")
        #expect(try place.read("golden.jsonl") == Self.rows)
        #expect(try await place.sluice("dataset", "add", "new.jsonl", "-d", "golden.jsonl").status == 0)
    }

    @Test(
        arguments: [
            (["--set", "query=y"], "--set query gives 'query' a second time"),
            (["--set", "question=y"], "--set question gives 'query' a second time"),
            (["--id", "Q-9", "--set", "id=Q-8"], "--set id gives 'query_id' a second time"),
            (["--set", "note=1", "--set", "note=2"], "--set note gives 'note' a second time"),
        ])
    func aFieldGivenTwiceIsRefusedAndNotReplaced(options: [String], words: String) async throws {
        let place = try place()
        let add = ["dataset", "add", "-q", "x", "-d", "golden.jsonl"] + options
        let outcome = try await place.start(add).outcome()
        #expect(outcome.status == 64 && outcome.err.contains(words), "\(outcome)")
        #expect(try place.read("golden.jsonl") == Self.rows)
    }

    @Test func standardInputAndANewFileOfAFolder() async throws {
        let place = try Workplace()
        try place.write("golden/a.jsonl", Self.rows)
        try place.write("golden/b.jsonl", #"{"query_id": "B", "query": "b"}"#)
        let row = #"{"query_id": "S", "query": "s"}"#
        let which = try await place.sluice(
            "dataset", "add", "-", "-d", "golden", shell: "echo '\(row)' | \"$@\"")
        #expect(which.status == 64, "\(which)")
        #expect(which.err.contains("say which takes the rows with --file"), "\(which)")
        let outside = try await place.sluice(
            "dataset", "add", "-", "-d", "golden", "--file", "../c.jsonl", shell: "echo '\(row)' | \"$@\"")
        #expect(outside.status == 64, "\(outside)")
        let outcome = try await place.sluice(
            "dataset", "add", "-", "-d", "golden", "--file", "c.jsonl", shell: "echo '\(row)' | \"$@\"")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try place.read("golden/c.jsonl") == row + "\n")
        let first = try await place.sluice(
            "dataset", "add", "-", "-d", "fresh.jsonl", shell: "echo '\(row)' | \"$@\"")
        #expect(first.status == 0 && first.out.contains("1 example "), "\(first)")
    }

    // MARK: Failures in the middle

    @Test func aFullDiskLeavesTheFileAsItWas() async throws {
        let place = try Workplace()
        let rows = (0..<2000).map { #"{"query_id": "E-\#($0)", "query": "question \#($0)"}"# + "\n" }.joined()
        try place.write("golden.jsonl", rows)
        for words in [["add", "-q", "x"], ["retire", "E-1", "--why", "w"]] {
            let arguments = ["dataset"] + words + ["-d", "golden.jsonl"]
            let outcome = try await place.start(arguments, shell: "ulimit -f 16; exec \"$@\"").outcome()
            #expect(outcome.status == 3, "\(outcome)")
            #expect(outcome.err.contains("the limit on the size of a file is too low"), "\(outcome)")
            #expect(try place.read("golden.jsonl") == rows)
            #expect(place.files() == ["golden.jsonl"])
        }
    }

    @Test func whoeverIsKilledLeavesTheOldFileOrTheNewOne() async throws {
        let place = try Workplace()
        let rows = (0..<20_000).map { #"{"query_id": "E-\#($0)", "query": "question \#($0)"}"# + "\n" }
            .joined()
        try place.write("golden.jsonl", rows)
        var state = rows
        for number in 0..<12 {
            let child = try place.start(["dataset", "add", "-q", "new \(number)", "-d", "golden.jsonl"])
            try await Task.sleep(for: .milliseconds(40 * number))
            child.signal(SIGKILL)
            _ = await child.outcome()
            let now = try place.read("golden.jsonl")
            let added = #"{"query": "new \#(number)"}"# + "\n"
            #expect(now == state || now == state + added, "killed after \(40 * number) ms")
            state = now
        }
        let last = try await place.sluice("dataset", "add", "-q", "last", "-d", "golden.jsonl")
        #expect(last.status == 0, "\(last)")
        #expect(place.files() == ["golden.jsonl"], "what the dead left is gone")
    }

    @Test func whoComesTogetherLosesNothing() async throws {
        let place = try place()
        let outcomes = try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
            for number in 0..<8 {
                group.addTask {
                    (
                        number,
                        try await place.sluice("dataset", "add", "-q", "new \(number)", "-d", "golden.jsonl")
                    )
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let text = try place.read("golden.jsonl")
        for (number, outcome) in outcomes {
            #expect(outcome.status == 0 || outcome.status == 3, "\(outcome)")
            #expect(text.contains(#"{"query": "new \#(number)"}"#) == (outcome.status == 0), "\(outcome)")
        }
        #expect(text.hasPrefix(Self.rows + "\n"))
    }

    // MARK: retire

    @Test func aRetiredRowStaysWithItsReasonAndTheOthersByteForByte() async throws {
        let place = try place()
        let outcome = try await place.sluice(
            "dataset", "retire", "Q-1", "--why", "the \"tariff\" ended", "--as", "kim", "-d", "golden.jsonl",
            "--today", "2026-11-20")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.out.hasPrefix("retired Q-1\n2 → 1 example, 1 retired"), "\(outcome)")
        let mark = #", "retired": {"why": "the \"tariff\" ended", "by": "kim", "on": "2026-11-20"}}"#
        let wanted = Self.rows.replacingOccurrences(of: "[2]}}", with: "[2]}" + mark)
        #expect(try place.read("golden.jsonl") == wanted)
        let again = try await place.sluice(
            "dataset", "retire", "Q-1", "--why", "other", "--as", "lee", "-d", "golden.jsonl")
        #expect(again.status == 0 && again.err.contains("'Q-1' was retired before"), "\(again)")
        #expect(try place.read("golden.jsonl") == wanted)
        let stats = try await place.sluice("dataset", "stats", "golden.jsonl", "--json")
        #expect(try json(stats)["dataset"]?["examples"] == 1)
    }

    @Test func allIDsAreFoundBeforeAnythingIsWritten() async throws {
        let place = try place()
        try place.write("ids.txt", "# gone\n Q-1 \r\n\nQ-22\n")
        let outcome = try await place.sluice(
            "dataset", "retire", "--from", "ids.txt", "--why", "w", "-d", "golden.jsonl")
        #expect(outcome.status == 65, "\(outcome)")
        #expect(
            outcome.err.contains("no example 'Q-22' (did you mean 'Q-2'?); nothing was retired"), "\(outcome)"
        )
        #expect(try place.read("golden.jsonl") == Self.rows)
        for arguments in [["Q-1"], ["Q-1", "--why", " "], ["--why", "w"]] {
            let bad = try await place.start(["dataset", "retire"] + arguments + ["-d", "golden.jsonl"])
                .outcome()
            #expect(bad.status == 64, "\(bad)")
        }
    }

    // MARK: freeze

    @Test func aFrozenSetThatWasEditedIsRefusedWithWhatChanged() async throws {
        let place = try Workplace()
        let app = try TestApp { TestApp.right($0) }
        try place.writeExamples(30)
        try place.writePolicy(baseline: app.url, candidate: app.url, more: "frozen: 2026-q4")
        let none = try await place.sluice("validate")
        #expect(none.status == 65 && none.err.contains("no frozen set '2026-q4'"), "\(none)")
        let frozen = try await place.sluice(
            "dataset", "freeze", "--tag", "2026-q4", "--why", "reviewed", "--as", "kim")
        #expect(frozen.status == 0, "\(frozen)")
        #expect(frozen.out.contains("golden.jsonl is now 2026-q4: 30 examples, sha256:"), "\(frozen)")
        let eval = try await place.sluice("eval", "--quiet")
        #expect(eval.status == 0, "\(eval)")
        #expect(eval.out.contains("frozen as 2026-q4"), "\(eval)")
        let asked = app.asked.count
        let text = try place.read("golden.jsonl")
        try place.write(
            "golden.jsonl",
            text.replacingOccurrences(of: "\"answer 7\"", with: "\"answer 8\"")
                + #"{"query_id": "E-99", "query": "x"}"#)
        for command in [
            ["eval"], ["validate"], ["eval", "--frozen", "2026-q4", "--dataset", "golden.jsonl"],
        ] {
            let refused = try await place.start(command).outcome()
            #expect(refused.status == 65, "\(refused)")
            #expect(
                refused.err.contains("1 added (E-99), 1 changed (E-7: reference_response)"), "\(refused)")
            #expect(refused.err.contains("sluice dataset diff tag:2026-q4 golden.jsonl"), "\(refused)")
        }
        #expect(app.asked.count == asked, "nothing was asked")
        let moved = try await place.sluice("dataset", "freeze", "--tag", "2026-q4")
        #expect(moved.status == 65 && moved.err.contains("a tag is never moved"), "\(moved)")
        let back = try await place.sluice("dataset", "export", "2026-q4", "--out", "back.jsonl")
        #expect(back.status == 0, "\(back)")
        #expect(try place.read("back.jsonl") == text)
        let list = try await place.sluice("dataset", "freeze", "--list")
        #expect(list.out.hasPrefix("2026-q4  "), "\(list)")
        #expect(place.strays() == [])
    }

    // MARK: import and export

    @Test func aSheetThatWasSavedUnchangedChangesNothing() async throws {
        let place = try place()
        let out = try await place.sluice(
            "dataset", "export", "golden.jsonl", "--excel", "--separator", ";", "--out", "golden.csv")
        #expect(out.status == 0, "\(out)")
        let sheet = try place.read("golden.csv")
        #expect(sheet.hasPrefix("\u{FEFF}query_id;query;expected_intent;extra\r\nQ-1;how long"), "\(sheet)")
        let merged = try await place.sluice("dataset", "import", "golden.csv", "--dataset", "golden.jsonl")
        #expect(
            merged.status == 0 && merged.out.hasPrefix("0 changed, 0 added, 2 as they were\n"), "\(merged)")
        #expect(try place.read("golden.jsonl") == Self.rows)
        let fresh = try await place.sluice("dataset", "import", "golden.csv", "--out", "again.jsonl")
        #expect(fresh.status == 0, "\(fresh)")
        let diff = try await place.sluice("dataset", "diff", "golden.jsonl", "again.jsonl", "--json")
        #expect(try json(diff)["same"] == true)
        #expect(try json(diff)["old"]?["digest"] == json(diff)["new"]?["digest"])
    }

    @Test(arguments: ["csv", "jsonl"])
    func aRetiredRowMayComeBackUnchangedAndOnlySo(kind: String) async throws {
        let place = try place()
        let retired = #"{"query_id": "Q-4", "query": "old", "retired": {"why": "ended", "on": "2026-11-20"}}"#
        let before = Self.rows + "\n" + retired + "\n"
        try place.write("golden.jsonl", before)
        let out = try await place.sluice(
            "dataset", "export", "golden.jsonl", "--with-retired", "--out", "all.\(kind)")
        #expect(out.status == 0, "\(out)")
        let same = try await place.sluice("dataset", "import", "all.\(kind)", "-d", "golden.jsonl")
        #expect(same.status == 0 && same.out.hasPrefix("0 changed, 0 added, 3 as they were\n"), "\(same)")
        #expect(try place.read("golden.jsonl") == before)
        let edited = try place.read("all.\(kind)").replacingOccurrences(of: "old", with: "new")
        try place.write("edited.\(kind)", edited)
        let changed = try await place.sluice("dataset", "import", "edited.\(kind)", "-d", "golden.jsonl")
        #expect(changed.status == 65 && changed.err.contains("'Q-4' is retired"), "\(changed)")
        #expect(try place.read("golden.jsonl") == before)
    }

    @Test func aDryRunForetellsTheSetThatTheImportMakes() async throws {
        let place = try place()
        try place.write("golden/b.jsonl", #"{"query_id": "Q-4", "query": "old", "retired": "gone"}"# + "\n")
        try place.write("golden/a.jsonl", Self.rows)
        try place.write("s.csv", "query_id,query\nQ-2,where\nQ-3,new\n")
        let sheet = ["dataset", "import", "s.csv", "-d", "golden", "--file", "a.jsonl", "--json"]
        let dry = try json(try await place.start(sheet + ["--dry-run"]).outcome())
        let done = try json(try await place.start(sheet).outcome())
        #expect(dry["after"] != nil && dry["after"] == done["after"])
        #expect(dry["before"] != dry["after"] && dry["before"] == done["before"])
    }

    @Test func anEditedSheetChangesWhatWasEditedAndNothingElse() async throws {
        let place = try place()
        try place.write(
            "edited.csv",
            "query_id,query,expected_intent,provenance.owner\nQ-2,where is my parcel,,kim\nQ-3,=1+1,sums,\n")
        let dry = try await place.sluice("dataset", "import", "edited.csv", "-d", "golden.jsonl", "--dry-run")
        #expect(dry.out.hasPrefix("~ Q-2  expected_intent, provenance\n+ Q-3\n1 would be changed"), "\(dry)")
        #expect(try place.read("golden.jsonl") == Self.rows)
        let done = try await place.sluice("dataset", "import", "edited.csv", "-d", "golden.jsonl")
        #expect(
            done.status == 0 && done.out.contains("1 of the set are not in the sheet, and stay"), "\(done)")
        let wanted = Self.rows.replacingOccurrences(
            of: #", "expected_intent": "delivery"}"#, with: #", "provenance": {"owner": "kim"}}"#)
        #expect(
            try place.read("golden.jsonl")
                == wanted + "\n" + #"{"query_id": "Q-3", "query": "=1+1", "expected_intent": "sums"}"# + "\n")
    }

    @Test(
        arguments: [
            ("query_id,query\nQ-1,\n", "s.csv:2: error: the row has no query"),
            ("query_id,query\nQ-1,a\nQ-1,b\n", "s.csv:3: error: the id 'Q-1' is also that of line 2"),
            ("query_id,query\nQ-4,a\n", "s.csv:2: error: 'Q-4' is retired"),
            ("query_id,query,match\nQ-1,a,perhaps\n", "s.csv:2: error: 'match' is neither true nor false"),
            ("query_id,query\nQ-1,\"a\n", "never closed"), ("query_id,query\nQ-1,a,b\n", "more cells"),
        ])
    func aBadSheetChangesNothing(sheet: String, words: String) async throws {
        let place = try place()
        let before = Self.rows + "\n" + #"{"query_id": "Q-4", "query": "old", "retired": "gone"}"# + "\n"
        try place.write("golden.jsonl", before)
        try place.write("s.csv", sheet)
        let outcome = try await place.sluice("dataset", "import", "s.csv", "-d", "golden.jsonl")
        #expect(outcome.status == 65, "\(outcome)")
        #expect(outcome.err.contains(words), "\(outcome)")
        #expect(outcome.err.contains("nothing was written"), "\(outcome)")
        #expect(try place.read("golden.jsonl") == before)
    }

    @Test func columnsAreMappedAndTheirMeaningIsTold() async throws {
        let place = try Workplace()
        try place.write("q.csv", "\u{FEFF}Frage;Expected Answer;refrence;notiz\r\nwie geht das;so;x;y\r\n")
        let outcome = try await place.sluice(
            "dataset", "import", "q.csv", "--map", "Frage=input.query,notiz=-", "--annotator", "kim",
            "--date",
            "2026-05-02")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(
            outcome.out
                == #"{"query": "wie geht das", "expected_answer": "so", "refrence": "x", "provenance": {"annotator": "kim", "date": "2026-05-02"}}"#
                + "\n")
        for words in [
            "  Frage → query\n", "  Expected Answer → reference_response\n", "  notiz is left out\n",
            "refrence (did you mean reference? --map refrence=reference)",
        ] {
            #expect(outcome.err.contains(words), "\(outcome)")
        }
        try place.write("j.jsonl", #"{"frage": "wie", "antwort": ["so"], "meta": {"a": 1}}"#)
        let lines = try await place.sluice(
            "dataset", "import", "j.jsonl", "--map", "frage=query", "--map", "antwort=provenance.owner")
        #expect(
            lines.out == #"{"query": "wie", "meta": {"a": 1}, "provenance": {"owner": ["so"]}}"# + "\n",
            "\(lines)")
        let none = try await place.sluice("dataset", "import", "q.csv", "--map", "Fragen=query")
        #expect(none.status == 65 && none.err.contains("--map names a column 'Fragen'"), "\(none)")
    }

    @Test func anExportNeverOverwritesTheSetItself() async throws {
        let place = try place()
        let outcome = try await place.sluice("dataset", "export", "golden.jsonl", "--out", "./golden.jsonl")
        #expect(outcome.status == 64, "\(outcome)")
        #expect(try place.read("golden.jsonl") == Self.rows)
    }

    /// What stands in rows and sheets never moves a cursor.
    @Test func hostileTextReachesNoTerminal() async throws {
        let place = try Workplace()
        let evil = "\\u001b[2J\\u202e\\u0000"
        try place.write(
            "a.jsonl", #"{"query_id": "a\#(evil)", "query": "\#(evil) x", "\#(evil)": "\#(evil)"}"# + "\n")
        try place.write(
            "b.jsonl",
            #"{"query_id": "a\#(evil)", "query": "y", "\#(evil)": 1, "retired": {"why": "\#(evil)"}}"# + "\n")
        try place.write("s.csv", "query_id,\u{1B}[2J\n\u{1B}[2J,x\n")
        for words in [
            ["diff", "a.jsonl", "b.jsonl"], ["retire", "\u{1B}x", "--why", "w", "-d", "a.jsonl"],
            ["add", "b.jsonl", "-d", "a.jsonl"], ["import", "s.csv", "-d", "a.jsonl"],
        ] {
            let found = try await place.start(["dataset"] + words).outcome()
            for scalar in (found.out + found.err).unicodeScalars {
                #expect(scalar.value >= 0x20 && scalar.value != 0x202E || scalar == "\n", "\(found)")
            }
        }
    }
}
