import Foundation
import Notation
import Testing

/// `sluice dataset diff`, and what an edit of the set means to runs that were made before it.
@Suite struct DatasetDiffTests {
    /// A run over 40 examples of which the candidate fails six, and so is blocked.
    private func blocked() async throws -> (place: Workplace, app: TestApp, run: String) {
        let place = try Workplace()
        let app = try TestApp { question in
            let number = Int(question.query.dropFirst("question ".count)) ?? 0
            return number < 6
                ? TestApp.Reply(body: TestApp.body("wrong")) : TestApp.right(question)
        }
        try place.writeExamples(40)
        try place.writePolicy(
            baseline: nil, candidate: app.url, gates: ["exact_match >= 0.90", "error_rate <= 10%"])
        let outcome = try await place.sluice("eval", "--quiet")
        try #require(outcome.status == 1, "\(outcome)")
        return (place, app, try place.newestRun())
    }

    @Test func aChangeThatTurnsABlockIntoAShipIsShown() async throws {
        let (place, app, run) = try await blocked()
        let asked = app.asked.count
        let ids = (0..<6).map { "E-\($0)" }
        let retired = try await place.start(
            ["dataset", "retire"] + ids + ["--why", "too hard", "--as", "kim"]
        ).outcome()
        #expect(retired.status == 0, "\(retired)")
        _ = try await place.sluice("dataset", "add", "-q", "question 77", "--id", "E-77")
        let diff = try await place.sluice("dataset", "diff", run, "--strict")
        #expect(diff.status == 1, "\(diff)")
        for words in [
            "40 → 35 examples: 1 added, 6 retired; 34 as they were", "− E-0  question 0", "too hard (kim, ",
            "BLOCK → SHIP   over the 34 that are the same in both", "✗→✓  exact_match >= 0.90",
            "candidate 0.85 → 1", "1 added example has no answers in these runs",
        ] {
            #expect(diff.out.contains(words), "\(words)\n\(diff)")
        }
        let json = try JSONValue.parse(
            Array(try await place.sluice("dataset", "diff", run, "--json").out.utf8))
        #expect(json["format"] == "sluice.dataset-diff/1")
        let effect = json["verdicts"]?[0]
        #expect(effect?["run"]?.stringValue == run)
        #expect(effect?["before"]?["verdict"] == "BLOCK" && effect?["remaining"]?["verdict"] == "SHIP")
        #expect(effect?["loosened"] == true && effect?["remaining"]?["examples"] == 34)
        #expect(effect?["remaining"]?["gates"]?[0]?["n"] == 34)
        #expect(effect?["reexpected"] == .null)
        #expect(app.asked.count == asked, "nothing is asked")
        #expect(place.runs() == [run] && place.strays() == [])
    }

    /// Expectations bent to the answers: over what is left the verdict says little, over all of them it is loosened.
    @Test func expectationsThatWereBentAreSeen() async throws {
        let (place, _, run) = try await blocked()
        var text = try place.read("golden.jsonl")
        for number in 0..<6 {
            text = text.replacingOccurrences(of: "\"answer \(number)\"", with: "\"wrong\"")
        }
        try place.write("golden.jsonl", text)
        let diff = try await place.sluice("dataset", "diff", run)
        #expect(diff.status == 0, "\(diff)")
        for words in [
            "40 examples: 6 with other expectations; 34 as they were",
            "reference_response: [-answer 0-]{+wrong+}",
            "BLOCK → SHIP   over 40, those included that ask the same, by what is expected now",
        ] {
            #expect(diff.out.contains(words), "\(words)\n\(diff)")
        }
    }

    @Test func theSameSetHasTheSameVerdict() async throws {
        let (place, _, run) = try await blocked()
        let diff = try await place.sluice("dataset", "diff", run, "golden.jsonl", "--strict")
        #expect(diff.status == 0, "\(diff)")
        #expect(diff.out.contains("40 examples: no difference"), "\(diff)")
        #expect(diff.out.contains("BLOCK, as it was   over the 40"), "\(diff)")
        try place.write("other.jsonl", #"{"query_id": "X", "query": "x"}"#)
        let other = try await place.sluice("dataset", "diff", "other.jsonl", "golden.jsonl")
        #expect(other.out.contains("no finished run in the store used the earlier set"), "\(other)")
        let apart = try await place.sluice("dataset", "diff", "golden.jsonl", "other.jsonl")
        #expect(apart.out.contains("cannot be judged again: no example is the same in both sets"), "\(apart)")
    }

    /// A run keeps the set that it was made with.
    @Test func aRunOutlivesAnEditOfItsSet() async throws {
        let (place, _, run) = try await blocked()
        let before = try place.read(".sluice/runs/\(run)/report.json")
        let names = try FileManager.default.contentsOfDirectory(atPath: place.path(".sluice/datasets"))
        #expect(names.count == 1)
        _ = try await place.sluice("dataset", "retire", "E-0", "--why", "w", "--as", "kim")
        let again = try await place.sluice("eval", "--reproduce", run)
        #expect(again.status == 0, "\(again)")
        #expect(again.err.contains("the data set was edited since"), "\(again)")
        try FileManager.default.removeItem(atPath: place.path("golden.jsonl"))
        let report = try await place.sluice("report", run, "--json")
        #expect(report.out == before, "\(report)")
        let export = try await place.sluice("dataset", "export", run, "--format", "jsonl")
        #expect(export.out.split(separator: "\n").count == 40)
        try place.writeExamples(39)
        try FileManager.default.removeItem(atPath: place.path(".sluice/datasets"))
        let lost = try await place.sluice("report", run)
        #expect(lost.status == 65 && lost.err.contains("was made over another data set"), "\(lost)")
        let gone = try await place.sluice("dataset", "diff", run)
        #expect(gone.status == 65 && gone.err.contains("was edited since"), "\(gone)")
    }

    @Test func aBlessingOverAnotherSetSaysWhatChanged() async throws {
        let (place, app, run) = try await blocked()
        _ = try await place.sluice("baseline", "bless", run, "--why", "x", "--as", "kim")
        _ = try await place.sluice("dataset", "retire", "E-9", "--why", "w", "--as", "kim")
        try place.writePolicy(
            baseline: "{ blessed: main }", candidate: app.url,
            gates: ["exact_match not worse than baseline", "error_rate <= 10%"])
        let eval = try await place.sluice("eval", "--quiet")
        #expect(eval.out.contains("was blessed over another data set"), "\(eval)")
        #expect(eval.err.contains("note: since the blessing 1 retired (E-9)"), "\(eval)")
    }

    @Test(
        arguments: [
            (["nowhere"], "there is no file, run or frozen set 'nowhere'"),
            (["nowhere.jsonl"], "cannot read nowhere.jsonl"), (["tag:2026"], "no frozen set '2026'"),
            (["run:r-1"], "there is no run r-1"), (["bad.jsonl"], "bad.jsonl:1"),
        ])
    func whatIsNoSetIsSaid(words: [String], message: String) async throws {
        let place = try Workplace()
        try place.writeExamples(3)
        try place.write("bad.jsonl", "{")
        let outcome = try await place.start(["dataset", "diff"] + words + ["golden.jsonl"]).outcome()
        #expect(outcome.status == 65, "\(outcome)")
        #expect(outcome.err.contains(message), "\(outcome)")
        #expect(outcome.out == "")
    }
}
