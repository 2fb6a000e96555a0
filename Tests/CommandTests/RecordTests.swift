import Foundation
import Notation
import Testing

/// What a run left is enough to judge it again: to the same bytes, by another policy, in every form.
@Suite struct RecordTests {
    private func finished() async throws -> (Workplace, String, Outcome) {
        let place = try Workplace()
        let old = try TestApp { TestApp.right($0) }
        let new = try TestApp { question in
            question.query.hasSuffix("3")
                ? TestApp.Reply(body: TestApp.body("something else", version: "2"))
                : TestApp.right(question, version: "2")
        }
        try place.writeExamples(40)
        try place.writePolicy(
            baseline: old.url, candidate: new.url, metrics: "exact_match, token_f1, latency, error_rate")
        let outcome = try await place.sluice("eval", "--json", "--change", "prompt", "--title", "14 → 15")
        return (place, try place.newestRun(), outcome)
    }

    @Test func aRunIsReproducedToTheByteUntilItsEvidenceIsTouched() async throws {
        let (place, run, first) = try await finished()
        #expect(first.status == 0, "4 of 40 are no proof: \(first)")
        let report = try place.read(".sluice/runs/\(run)/report.json")
        #expect(first.out == report, "what is printed is what is kept")
        let same = try await place.sluice("eval", "--reproduce", run)
        #expect(same.status == 0, "\(same)")
        #expect(
            same.out.hasPrefix(
                "reproduced: report.json of \(run) is the same, byte for byte; same processor kernel"),
            "\(same)")
        // The policy of today is another: a run is reproduced by its own.
        try place.write("sluice.yaml", try place.read("sluice.yaml") + "\nnonsense: 1\n")
        #expect(try await place.sluice("eval", "--reproduce", run).status == 0)

        try place.write(
            ".sluice/runs/\(run)/report.json", report.replacingOccurrences(of: "\"n\": 40", with: "\"n\": 41")
        )
        let touched = try await place.sluice("eval", "--reproduce", run)
        #expect(touched.status == 1, "\(touched)")
        #expect(touched.out.contains("NOT reproduced: report.json of \(run) differs from byte"), "\(touched)")
        try place.write(".sluice/runs/\(run)/report.json", report)

        let lines = String(decoding: try place.observations(run), as: UTF8.self)
        try place.write(".sluice/runs/\(run)/observations.jsonl", lines)
        #expect(try await place.sluice("eval", "--reproduce", run).status == 0, "unpacked it says the same")
        try place.write(
            ".sluice/runs/\(run)/observations.jsonl",
            lines.replacingOccurrences(of: "something else", with: "answer 3"))
        let edited = try await place.sluice("eval", "--reproduce", run)
        #expect(edited.status == 1, "\(edited)")
        #expect(edited.out.contains("NOT reproduced"))
        try place.write(".sluice/runs/\(run)/observations.jsonl", String(lines.dropLast(100)))
        let torn = try await place.sluice("eval", "--reproduce", run)
        #expect(torn.status == 1, "\(torn)")
        #expect(torn.err.contains("warning: ") && torn.err.contains("observations.jsonl"), "\(torn)")
    }

    @Test(arguments: [100, 1_000_000]) func aReportOfADamagedRecordSaysSo(cut: Int) async throws {
        let (place, run, _) = try await finished()
        let lines = String(decoding: try place.observations(run), as: UTF8.self)
        try place.write(
            ".sluice/runs/\(run)/observations.jsonl", String(lines.prefix(max(40, lines.count - cut))))
        let report = try await place.sluice("report", run)
        #expect(report.status == 65, "\(report)")
        #expect(report.err.contains("the record of run \(run) is damaged"), "\(report)")
        #expect(!report.out.contains("the run ended first"), "\(report)")
        #expect(report.out.contains("the record is damaged"), "\(report)")
        try place.write(".sluice/runs/\(run)/observations.jsonl", lines)
        #expect(try await place.sluice("report", run).status == 0)
    }

    /// A record whose policy was loosened afterwards is not rendered as if it had been judged by it.
    @Test(arguments: [["report"], ["eval", "--reproduce"]]) func aRewrittenPolicyOfARecordIsCaught(
        command: [String]
    ) async throws {
        let (place, run, _) = try await finished()
        let name = ".sluice/runs/\(run)/manifest.json"
        let before = try place.read(name)
        let after = before.replacingOccurrences(
            of: "not worse than baseline", with: "within 900% of baseline")
        try #require(after != before)
        try place.write(name, after)
        let outcome =
            command.count == 1
            ? try await place.sluice(command[0], run) : try await place.sluice(command[0], command[1], run)
        #expect(outcome.status == 65, "\(outcome)")
        #expect(outcome.err.contains("the recorded policy is not the one that was judged by"), "\(outcome)")
        #expect(outcome.out.isEmpty)
    }

    @Test func aRunIsJudgedAgainByAnotherPolicy() async throws {
        let (place, run, _) = try await finished()
        try place.write(
            "sluice.yaml",
            try place.read("sluice.yaml").replacingOccurrences(
                of: "error_rate <= 1%", with: "exact_match >= 0.95"))
        let before = try place.read(".sluice/runs/\(run)/report.json")
        let strict = try await place.sluice("eval", "--rescore", run)
        #expect(strict.status == 1, "\(strict)")
        #expect(strict.out.contains("✗ exact_match >= 0.95"), "\(strict)")
        #expect(try place.read(".sluice/runs/\(run)/report.json") == before, "the record's own report stays")
        #expect(place.exists(".sluice/runs/\(run)/rescored.html"))
        #expect(place.runs() == [run])
        try place.writeExamples(41)
        // Its own set is kept with it, unless another is asked for.
        let kept = try await place.sluice("eval", "--rescore", run)
        #expect(kept.status == 1 && kept.err.contains("the data set was edited since"), "\(kept)")
        let other = try await place.sluice("eval", "--rescore", run, "--dataset", "golden.jsonl")
        #expect(other.status == 65, "\(other)")
        #expect(other.err.contains("was made over another data set"), "\(other)")
    }

    @Test func aReportIsHadInEveryForm() async throws {
        let (place, run, _) = try await finished()
        let outcome = try await place.sluice(
            "report", "--markdown", "out/c.md", "--junit", "out/j.xml", "--html", "out/r.html")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.out.hasPrefix("SHIP  test  14 → 15"), "\(outcome)")
        #expect(try place.read("out/c.md").contains("SHIP"))
        #expect(try place.read("out/j.xml").contains("<testsuite"))
        #expect(XMLReader.problem(place.path("out/j.xml")) == nil)
        #expect(try place.read("out/r.html").contains("</html>"))
        let json = try await place.sluice("report", run, "--json")
        #expect(json.out == (try place.read(".sluice/runs/\(run)/report.json")))
        #expect(try JSONValue.parse(Array(json.out.utf8))["verdict"]?.stringValue == "SHIP")
        let list = try await place.sluice("report", "--list")
        #expect(list.out.hasPrefix(run) && list.out.contains("SHIP"), "\(list)")
        let listed = try await place.sluice("report", "--list", "--json")
        #expect(
            try JSONValue.parse(Array(listed.out.utf8))["runs"]?.arrayValue?.first?["run"]?.stringValue == run
        )
        #expect(try await place.sluice("report", "r-none").status == 65)
        #expect(place.strays() == [])
    }

    @Test func aDiffIsReadFromAPipeKeptAndReproduced() async throws {
        let place = try Workplace()
        let app = try TestApp { TestApp.right($0) }
        try place.writeExamples(6)
        try place.writePolicy(baseline: nil, candidate: app.url, gates: ["error_rate <= 1%"])
        try place.write("c.diff", "--- a/prompt.txt\n+++ b/prompt.txt\n@@ -1 +1,2 @@\n-old\n+new\n+newer\n")
        let outcome = try await place.start(["eval", "--diff", "-"], shell: "cat c.diff | \"$@\"").outcome()
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.out.contains("prompt.txt"), "\(outcome)")
        let run = try place.newestRun()
        #expect(try place.read(".sluice/runs/\(run)/change.diff") == place.read("c.diff"))
        #expect(try await place.sluice("eval", "--reproduce", run).status == 0)
    }

    /// The ledger is looked at before the app is: what could not be entered is not asked.
    @Test func aDamagedLedgerIsSaidBeforeAnythingIsAsked() async throws {
        let app = try TestApp { TestApp.right($0) }
        let place = try Workplace()
        try place.writeExamples(5)
        try place.writePolicy(baseline: nil, candidate: app.url, gates: ["error_rate <= 1%"])
        try FileManager.default.createDirectory(
            atPath: place.path(".sluice"), withIntermediateDirectories: true)
        try place.write(".sluice/ledger.db", String(repeating: "no database ", count: 1000))
        let outcome = try await place.sluice("eval")
        #expect(outcome.status == 3, "\(outcome)")
        #expect(outcome.err.contains("nothing was asked"), "\(outcome)")
        #expect(outcome.err.contains("ledger.db") && outcome.err.contains("move it away"), "\(outcome)")
        #expect(app.asked.isEmpty)
        #expect(place.runs() == [])
    }

    /// An app that is down did not generate badly.
    @Test func anAppThatFailsIsSaidToHaveFailed() async throws {
        let app = try TestApp { _ in TestApp.Reply(status: 500, body: "no") }
        let place = try Workplace()
        try place.writeExamples(30)
        try place.writePolicy(
            baseline: nil, candidate: app.url, gates: ["exact_match >= 0.9", "error_rate <= 1%"])
        let alone = try await place.sluice("eval", "--json")
        let words = try JSONValue.parse(Array(alone.out.utf8))["where_it_broke"]?.stringValue
        #expect(words == "operation (the app failed on 30 of 30 examples; generation follows it)", "\(alone)")
    }
}
