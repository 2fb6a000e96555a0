import Foundation
import Notation
import Testing

/// `sluice dataset candidates`, as it is typed.
@Suite struct CandidateTests {
    private static let feedback = """
        feedback_id,question,answer,feedback,correction,reported_miss,comment,locale
        F-1,How long do refunds take to arrive? Mail kim@example.com,I cannot say.,down,Within 14 days.,,,en
        F-2,how long do refunds take to arrive? mail kim@example.com now,I cannot say.,-1,,,again,en
        F-3,Combien de temps pour un remboursement ?,No.,,,yes,never French,fr
        F-4,Thanks,Welcome,up,,,,en
        F-5,,,down,,,,en

        """
    private static let golden =
        #"{"query_id": "G-1", "query": "how long do refunds take", "reference_response": "14 days", "locale": "en", "provenance": {"date": "2026-11-01"}}"#
        + "\n"

    private func run(_ place: Workplace, _ arguments: String...) async throws -> Outcome {
        try await place.start(["dataset", "candidates"] + arguments + ["--today", "2026-11-20"]).outcome()
    }

    private func json(_ outcome: Outcome) throws -> JSONValue { try JSONValue.parse(outcome.out) }

    /// A place with a golden set and the candidates of the feedback above; their ids by the row.
    private func collected() async throws -> (place: Workplace, ids: [String]) {
        let place = try Workplace()
        try place.write("golden/a.jsonl", Self.golden)
        try place.write("feedback.csv", Self.feedback)
        let outcome = try await run(place, "--feedback", "feedback.csv", "--dataset", "golden", "--json")
        #expect(outcome.status == 0, "\(outcome)")
        let ids = try place.read(".sluice/candidates.jsonl").split(separator: "\n").map { line in
            try JSONValue.parse(String(line))["candidate"]?.stringValue ?? ""
        }
        #expect(ids.count == 3)
        return (place, ids)
    }

    @Test func collectingTwiceAddsNothingAndNothingOfAPersonIsKept() async throws {
        let (place, ids) = try await collected()
        let before = try place.read(".sluice/candidates.jsonl")
        #expect(!before.contains("kim@") && before.contains("@people.invalid"))
        #expect(Set(ids).count == 3)
        let again = try await run(place, "--feedback", "feedback.csv", "--dataset", "golden", "--json")
        #expect(try json(again)["new"] == 0 && json(again)["known"] == 3, "\(again)")
        #expect(try json(again)["said_nothing"] == 1 && json(again)["unreadable"] == 1)
        #expect(again.err.contains("feedback.csv:6: warning"), "\(again)")
        #expect(try place.read(".sluice/candidates.jsonl") == before)
        // The two that are nearly the same form a cluster; the other is graver.
        let list = try json(try await run(place, "list", "--json"))
        let clusters = list["clusters"]?.arrayValue ?? []
        #expect(clusters.map { $0.arrayValue?.count } == [1, 2])
        #expect(clusters[0][0]?["signals"]?[0]?["kind"] == "reported-miss")
        #expect(clusters[0][0]?["slices"]?[0] == ["name": "locale", "value": "fr", "basis": "row"])
        // Another day's file with one row more adds that one.
        try place.write("more.jsonl", #"{"query": "Is it open on Sunday?", "thumbs_down": true}"# + "\n")
        let more = try await run(place, "--feedback", "more.jsonl", "--dataset", "golden", "--json")
        #expect(try json(more)["new"] == 1)
        #expect(try place.read(".sluice/candidates.jsonl").hasPrefix(before.prefix(40)))
        // The key is its owner's alone.
        let mode = try FileManager.default.attributesOfItem(atPath: place.path(".sluice/pseudonym.key"))
        #expect((mode[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        let plain = try await run(
            place, "--feedback", "feedback.csv", "--dataset", "golden", "--no-anonymise", "--file",
            "raw.jsonl")
        #expect(plain.err.contains("kept as they came"), "\(plain)")
        #expect(try place.read("raw.jsonl").contains("kim@example.com"))
    }

    @Test func anExampleWantsAnExpectationAndAPerson() async throws {
        let (place, ids) = try await collected()
        let golden = ["--dataset", "golden"]
        for (arguments, status, words) in [
            (["accept", ids[0], "--reference", "14 days"], Int32(64), "--by NAME"),
            (["accept", ids[0], "--by", "Kim Lee"], 65, "nothing is expected"),
            (["accept", ids[0], "--by", "Kim Lee", "--reference", " "], 65, "nothing is expected"),
            (["accept", ids[0], "--by", "gpt-4o", "--reference", "14 days"], 65, "is a model"),
            (["accept", ids[0], "--by", "42", "--reference", "14 days"], 65, "nobody's name"),
            (["accept", ids[2], "--by", "Kim Lee", "--correction"], 65, "nobody said"),
            (["accept", "c-000000000000", "--by", "Kim Lee", "--correction"], 65, "no candidate"),
            (["reject", ids[0], "--by", "Kim Lee"], 64, "say why"),
            (["accept", ids[0], "--why", "x"], 64, "belongs to"),
            (["collcet"], 64, "did you mean 'collect'?"), (["accept"], 64, "name the candidate"),
        ] {
            let outcome = try await place.start(
                ["dataset", "candidates"] + arguments + (arguments[0] == "accept" ? golden : [])
            ).outcome()
            #expect(outcome.status == status && outcome.err.contains(words), "\(arguments): \(outcome)")
        }
        #expect(!place.exists("golden/accepted.jsonl"))
        let accepted = try await run(
            place, "accept", ids[0], "--by", "Kim Lee", "--correction", "--slice", "topic=refunds",
            "--dataset",
            "golden")
        #expect(accepted.status == 0, "\(accepted)")
        let row = try JSONValue.parse(try place.read("golden/accepted.jsonl"))
        #expect(row["query_id"]?.stringValue == ids[0])
        #expect(row["reference_response"] == ["Within 14 days."])
        #expect(row["locale"] == "en" && row["topic"] == "refunds")
        #expect(row["provenance"]?["annotator"] == "Kim Lee" && row["provenance"]?["date"] == "2026-11-20")
        #expect(row["provenance"]?["anonymised"] == true)
        // The app's own answer is nowhere in it.
        #expect(!row.text().contains("I cannot say"))
        let twice = try await run(
            place, "accept", ids[0], "--by", "Kim Lee", "--correction", "--dataset", "golden")
        #expect(twice.status == 65 && twice.err.contains("accepted by Kim Lee"), "\(twice)")
        let rejected = try await run(place, "reject", ids[1], "--why", "the same", "--by", "Kim Lee")
        #expect(rejected.status == 0)
        // What was decided stays decided when it is seen again.
        try place.write(
            "again.jsonl",
            #"{"query": "how long do refunds take to arrive? mail kim@example.com now", "thumbs_down": true}"#
                + "\n")
        let seen = try await run(place, "--feedback", "again.jsonl", "--dataset", "golden", "--json")
        #expect(try json(seen)["new"] == 0 && json(seen)["seen_again"] == 1, "\(seen)")
        let shown = try await run(place, "show", ids[1])
        #expect(shown.out.contains("rejected") && shown.out.contains("the same"), "\(shown)")
        let lint = try await place.start(["dataset", "lint", "golden", "--today", "2026-11-20"]).outcome()
        #expect(lint.out.contains("0 errors") || !lint.out.contains("error "), "\(lint)")
    }

    @Test func linesOfExpectationsLabelManyAtOnce() async throws {
        let (place, ids) = try await collected()
        try place.write(
            "labels.jsonl",
            "{\"candidate\": \"\(ids[0])\", \"reference_response\": \"14 days\"}\n"
                + "{\"candidate\": \"\(ids[2])\", \"expected_intent\": \"refund\"}\n")
        let missing = try await run(
            place, "accept", ids[0], ids[1], "--by", "Kim", "--expect", "labels.jsonl", "--dataset", "golden")
        #expect(missing.status == 65 && missing.err.contains(ids[1]), "\(missing)")
        let done = try await run(
            place, "accept", ids[0], ids[2], "--by", "Kim", "--expect", "labels.jsonl", "--dataset", "golden")
        #expect(done.status == 0, "\(done)")
        #expect(try place.read("golden/accepted.jsonl").split(separator: "\n").count == 2)
        // A row that is no example leaves both files as they were.
        let before = try place.read(".sluice/candidates.jsonl")
        try place.write("bad.json", #"{"expected_guardrail": "perhaps"}"#)
        let bad = try await run(
            place, "accept", ids[1], "--by", "Kim", "--expect", "bad.json", "--dataset", "golden")
        #expect(bad.status == 65, "\(bad)")
        #expect(try place.read(".sluice/candidates.jsonl") == before)
        #expect(try place.read("golden/accepted.jsonl").split(separator: "\n").count == 2)
    }

    @Test func theLinesOfExpectationsNameTheCandidates() async throws {
        let (place, ids) = try await collected()
        try place.write("none.jsonl", "{\"reference_response\": \"14 days\"}\n")
        let none = try await run(
            place, "accept", "--by", "Kim", "--expect", "none.jsonl", "--dataset", "golden")
        #expect(none.status == 64 && none.err.contains("none.jsonl names none"), "\(none)")
        try place.write(
            "labels.jsonl",
            "{\"candidate\": \"\(ids[0])\", \"reference_response\": \"14 days\"}\n"
                + "{\"candidate\": \"\(ids[2])\", \"expected_intent\": \"refund\"}\n")
        let done = try await run(
            place, "accept", "--by", "Kim", "--expect", "labels.jsonl", "--dataset", "golden")
        #expect(done.status == 0, "\(done)")
        let rows = try place.read("golden/accepted.jsonl").split(separator: "\n")
        #expect(
            try rows.map { try JSONValue.parse(String($0))["query_id"]?.stringValue } == [ids[0], ids[2]])
        let bare = try await run(place, "accept", "--by", "Kim", "--dataset", "golden")
        #expect(bare.status == 64 && bare.err.contains("name the candidate"), "\(bare)")
    }

    @Test func feedbackWithoutAnyUsableRowIsBadInput() async throws {
        let place = try Workplace()
        try place.write("bad.jsonl", "[1]\n{\"answer\": \"no question\", \"thumbs_down\": true}\n")
        let bad = try await run(place, "--feedback", "bad.jsonl")
        #expect(bad.status == 65 && bad.err.contains("no row of 2 can be used"), "\(bad)")
        try place.write("calm.jsonl", "[1]\n{\"query\": \"Thanks\", \"thumbs_down\": false}\n")
        let calm = try await run(place, "--feedback", "calm.jsonl")
        #expect(calm.status == 0, "\(calm)")
    }

    /// What the app was seen to go by is nobody who says what is right.
    @Test func aModelThatARunSawIsNoPerson() async throws {
        let place = try Workplace()
        let app = try TestApp { _ in TestApp.Reply(body: #"{"answer": "x", "versions": {"model": "m1"}}"#) }
        try place.writeExamples(4)
        try place.writePolicy(baseline: app.url, candidate: app.url)
        let eval = try await place.sluice("eval", "--quiet")
        let seen = try place.read(".sluice/runs/\(try place.newestRun())/manifest.json")
        try #require(seen.contains("\"m1\""), "\(eval)")
        try place.write("feedback.jsonl", #"{"query": "Is it open?", "thumbs_down": true}"# + "\n")
        _ = try await run(place, "--feedback", "feedback.jsonl")
        let list = try json(try await run(place, "list", "--json"))
        let id = try #require(list["clusters"]?[0]?[0]?["candidate"]?.stringValue)
        let refused = try await run(
            place, "accept", id, "--by", "m1", "--reference", "yes", "--to", "new.jsonl")
        #expect(refused.status == 65 && refused.err.contains("seen in run"), "\(refused)")
        #expect(!place.exists("new.jsonl"))
        let done = try await run(
            place, "accept", id, "--by", "Lee", "--reference", "yes", "--to", "new.jsonl")
        #expect(done.status == 0, "\(done)")
    }

    /// Killed between the example and the mark, the next try marks, and adds nothing.
    @Test func anAcceptanceThatWasCutShortIsFinished() async throws {
        let (place, ids) = try await collected()
        let open = try place.read(".sluice/candidates.jsonl")
        let words = ["accept", ids[0], "--by", "Kim", "--reference", "yes", "--dataset", "golden"]
        let first = try await place.start(["dataset", "candidates"] + words).outcome()
        #expect(first.status == 0, "\(first)")
        let rows = try place.read("golden/accepted.jsonl")
        try place.write(".sluice/candidates.jsonl", open)
        let second = try await place.start(["dataset", "candidates"] + words).outcome()
        #expect(second.status == 0 && second.err.contains("cut short"), "\(second)")
        #expect(try place.read("golden/accepted.jsonl") == rows)
        #expect(try place.read(".sluice/candidates.jsonl").contains("\"state\":\"accepted\""))
    }

    @Test func whatARunFailedOnIsCollectedWithItsFigures() async throws {
        let place = try Workplace()
        let good = try TestApp { TestApp.right($0) }
        let bad = try TestApp { question in
            question.query.hasSuffix("3") ? .init(body: TestApp.body("wrong")) : TestApp.right(question)
        }
        try place.writeExamples(30)
        try place.writePolicy(
            baseline: good.url, candidate: bad.url,
            more: "slices: [locale]\ngrowth: [{ when: newly failing >= 2, ask: 5 examples }]")
        let run = try await place.sluice("eval", "--quiet")
        #expect(run.status == 0 || run.status == 1, "\(run)")
        let outcome = try await self.run(place, "--json")
        #expect(outcome.status == 0, "\(outcome)")
        let found = try json(outcome)
        #expect(found["new"] == 3 && found["in_set"] == 3, "\(outcome)")
        let first = found["clusters"]?[0]?[0]
        #expect(first?["signals"]?[0]?["kind"] == "newly-failing")
        #expect(first?["signals"]?[0]?["note"] == "exact_match 1 → 0")
        #expect(first?["observed"] == ["wrong"])
        #expect(try json(try await self.run(place, "--json"))["new"] == 0)
        // The set asks it already: a person writes a variant.
        let id = try #require(first?["candidate"]?.stringValue)
        let same = try await self.run(place, "accept", id, "--by", "Kim", "--reference", "answer 3")
        #expect(same.status == 65 && same.err.contains("give a variant"), "\(same)")
        let variant = try await self.run(
            place, "accept", id, "--by", "Kim", "--reference", "answer 3", "--query", "what is question three"
        )
        #expect(variant.status == 0, "\(variant)")
        #expect(try place.read("golden.jsonl").split(separator: "\n").count == 31)
        // The rule of growth speaks, here and in the lint.
        let due = try await self.run(place, "--due")
        #expect(due.status == 1 && due.out.contains("3 examples of 30 newly fail"), "\(due)")
        #expect(due.out.contains("5 examples since"), "\(due)")
        let lint = try await place.start(["dataset", "lint", "--json", "--today", "2026-11-20"]).outcome()
        #expect(lint.out.contains("\"growth-due\""), "\(lint)")
    }

    @Test func exchangesThatAreNewToTheSetAreKeptAndFailuresAlways() async throws {
        let place = try Workplace()
        try place.write("golden.jsonl", Self.golden)
        try place.write(
            "traffic.jsonl",
            """
            {"id": "x1", "request": {"query": "how long do refunds take"}, "response": {"status": 200, "body": {"answer": "14"}}}
            {"id": "x2", "request": {"messages": [{"role": "user", "content": "is there parking near the shop"}]}, "response": {"choices": [{"message": {"content": "yes"}}]}}
            {"id": "x3", "query": "is there parking near the shop ?", "answer": "yes"}
            {"id": "x4", "query": "how long do refunds take?", "error": "timed out", "status": 504}
            {"id": "x5"}
            """)
        let outcome = try await run(
            place, "--exchanges", "traffic.jsonl", "--dataset", "golden.jsonl", "--json")
        let found = try json(outcome)
        #expect(found["new"] == 2 && found["like_the_set"] == 2 && found["unreadable"] == 1, "\(outcome)")
        let kinds = found["clusters"]?.arrayValue?.map { $0[0]?["signals"]?[0]?["kind"]?.stringValue ?? "" }
        #expect(kinds == ["unmeasured", "exchange"], "\(outcome)")
        #expect(found["clusters"]?[1]?[0]?["observed"] == ["yes"])
    }

    /// Many processes at once: each adds its own, and nothing is lost or doubled.
    @Test func concurrentEditsAreSafe() async throws {
        let place = try Workplace()
        try place.write("golden/a.jsonl", Self.golden)
        try place.write(".sluice/pseudonym.key", "0123456789abcdef0123456789abcdef\n")
        var children: [Child] = []
        for number in 0..<6 {
            try place.write(
                "f\(number).jsonl",
                #"{"query": "topic \#(number) alpha\#(number) beta\#(number)", "thumbs_down": true}"#)
            children.append(
                try place.start([
                    "dataset", "candidates", "--feedback", "f\(number).jsonl", "--dataset", "golden",
                ]))
        }
        for child in children {
            let outcome = await child.outcome()
            #expect(outcome.status == 0, "\(outcome)")
        }
        let ids = try place.read(".sluice/candidates.jsonl").split(separator: "\n").map { line in
            try JSONValue.parse(String(line))["candidate"]?.stringValue ?? ""
        }
        #expect(Set(ids).count == 6 && ids.count == 6)
        children = try ids.map { id in
            try place.start([
                "dataset", "candidates", "accept", id, "--by", "Kim", "--reference", "yes", "--dataset",
                "golden",
            ])
        }
        for child in children {
            let outcome = await child.outcome()
            #expect(outcome.status == 0, "\(outcome)")
        }
        let rows = try place.read("golden/accepted.jsonl").split(separator: "\n")
        #expect(rows.count == 6)
        #expect(place.files().filter { $0.contains(".lock") || $0.contains(".tmp-") }.isEmpty)
    }

    @Test func aFileThatIsNotUnderstoodIsNeverWrittenOver() async throws {
        let (place, ids) = try await collected()
        let broken = try place.read(".sluice/candidates.jsonl") + "{\"candidate\": \n"
        try place.write(".sluice/candidates.jsonl", broken)
        for arguments in [
            ["--feedback", "feedback.csv", "--dataset", "golden"], ["list"],
            ["reject", ids[0], "--why", "x", "--by", "y"],
        ] {
            let outcome = try await place.start(["dataset", "candidates"] + arguments).outcome()
            #expect(outcome.status == 65 && outcome.err.contains("candidates.jsonl:4"), "\(outcome)")
        }
        #expect(try place.read(".sluice/candidates.jsonl") == broken)
        let within = try await run(
            place, "--feedback", "feedback.csv", "--dataset", "golden", "--file", "golden/c.jsonl")
        #expect(within.status == 64 && within.err.contains("read as examples"), "\(within)")
        // A person's own notes stay.
        let lines = broken.split(separator: "\n").dropLast().map(String.init)
        try place.write(
            ".sluice/candidates.jsonl",
            lines.map { String($0.dropLast()) + ",\"todo\":\"ask Lee\"}" }.joined(separator: "\n"))
        #expect(try await run(place, "reject", ids[0], "--why", "x", "--by", "y").status == 0)
        #expect(try place.read(".sluice/candidates.jsonl").components(separatedBy: "ask Lee").count == 4)
    }

    @Test func hostileRowsReachNoTerminal() async throws {
        let place = try Workplace()
        let evil = "\\u001b[2J\\u202e"
        try place.write("golden.jsonl", Self.golden)
        try place.write(
            "f.jsonl",
            "{\"query\": \"\(evil)x\", \"answer\": \"\(evil)\", \"thumbs_down\": true, \"comment\": \"\(evil)\", \"locale\": \"\(evil)\"}\n"
        )
        let collected = try await run(place, "--feedback", "f.jsonl", "--dataset", "golden.jsonl")
        let id =
            try JSONValue.parse(try place.read(".sluice/candidates.jsonl"))["candidate"]?.stringValue ?? ""
        let shown = try await run(place, "show", id)
        let list = try await run(place, "list")
        for outcome in [collected, shown, list] {
            #expect(outcome.status == 0, "\(outcome)")
            for scalar in (outcome.out + outcome.err).unicodeScalars {
                #expect(scalar.value >= 0x20 && scalar.value != 0x202E || scalar == "\n", "\(outcome)")
            }
        }
    }
}
