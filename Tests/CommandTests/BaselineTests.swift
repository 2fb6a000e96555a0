import Foundation
import Testing

/// `sluice baseline`, and `eval` against a blessed run.
@Suite struct BaselineTests {
    /// A workplace with one finished run of an app against itself.
    private func withFirstRun(
        _ examples: Int = 60, gates: [String] = Workplace.usualGates,
        metrics: String = "exact_match, error_rate, length"
    ) async throws -> (Workplace, TestApp, String) {
        let place = try Workplace()
        let app = try TestApp { TestApp.right($0) }
        try place.writeExamples(examples)
        try place.writePolicy(baseline: app.url, candidate: app.url, gates: gates, metrics: metrics)
        let first = try await place.sluice("eval")
        try #require(first.status == 0 || first.status == 2, "\(first)")
        return (place, app, try place.newestRun())
    }

    @Test func aBlessedRunStandsInForALiveBaseline() async throws {
        let (place, app, run) = try await withFirstRun()
        let blessed = try await place.sluice(
            "baseline", "bless", run, "--why", "live since March", "--as", "Ada")
        #expect(blessed.status == 0, "\(blessed)")
        #expect(blessed.out.contains("blessed \(run) as main, by Ada: live since March"))
        #expect(place.files().contains("baselines/main.json"))
        #expect(place.files().contains("baselines/main.observations.jsonl.zst"))
        #expect(place.files().contains("baselines/main.history.jsonl"))

        let worse = try TestApp { question in
            question.query.hasSuffix("1") || question.query.hasSuffix("2")
                ? TestApp.Reply(body: TestApp.body("no idea", version: "2"))
                : TestApp.right(question, version: "2")
        }
        try place.writePolicy(baseline: "{ blessed: main }", candidate: worse.url)
        let before = app.asked.count
        let block = try await place.sluice("eval")
        #expect(block.status == 1, "\(block)")
        #expect(block.out.contains("✗ exact_match not worse than baseline"))
        #expect(app.asked.count == before, "the blessed app is not asked")
        #expect(worse.asked.count == 60)
        #expect(place.strays() == [])
        #expect(try await place.sluice("eval", "--reproduce", try place.newestRun()).status == 0)

        try place.writePolicy(baseline: "{ blessed: main }", candidate: app.url)
        let ship = try await place.sluice("eval", "--no-cache")
        #expect(ship.status == 0, "\(ship)")
    }

    @Test func blessingWantsAReasonARunAndAPerson() async throws {
        let (place, _, run) = try await withFirstRun(5)
        let cases: [(arguments: [String], status: Int32, words: String)] = [
            (["bless", run], 64, "say why this run"),
            (["bless", run, "--why", "  "], 64, "say why this run"),
            (["bless", "--why", "x"], 64, "name the run to bless"),
            (["bless", "r-none", "--why", "x"], 65, "there is no run r-none"),
            (["bless", run, "--why", "x", "--name", "../evil"], 64, "--name has letters"),
            (["bles", run, "--why", "x"], 64, "did you mean 'bless'?"),
            (["show"], 65, "there is no baseline in baselines yet"),
            (["show", "main"], 65, "there is no baseline 'main'"),
            (["history", "main"], 65, "there is no baseline 'main'"),
            (["list", "--why", "x"], 64, "--why belongs to 'sluice baseline bless'"),
            (["list", "main"], 64, "'list' takes no name"),
            ([], 64, "an argument is missing"),
        ]
        for (arguments, status, words) in cases {
            let outcome = try await place.start(["baseline"] + arguments).outcome()
            #expect(outcome.status == status, "\(arguments): \(outcome)")
            #expect(outcome.err.contains(words), "\(arguments): \(outcome)")
            #expect(!place.exists("baselines"), "\(arguments)")
        }
        let empty = try await place.sluice("baseline", "list")
        #expect(empty.status == 0)
        #expect(empty.out == "")
        let nobody = try await place.start(
            ["baseline", "bless", run, "--why", "x"], environment: ["USER": "", "LOGNAME": ""]
        ).outcome()
        #expect(nobody.status == 64)
        #expect(nobody.err.contains("--as PERSON"))
    }

    @Test func whatWasBlessedIsShownListedAndRemembered() async throws {
        let (place, app, first) = try await withFirstRun(8)
        _ = try await place.sluice("baseline", "bless", first, "--why", "the first", "--name", "spring")
        _ = try await place.sluice("eval", "--no-cache")
        let second = try place.newestRun()
        #expect(second != first)
        let again = try await place.sluice(
            "baseline", "bless", second, "--why", "fresher", "--name", "spring")
        #expect(again.status == 0, "\(again)")
        _ = app

        let shown = try await place.sluice("baseline", "show")
        #expect(shown.status == 0)
        for words in ["spring", "fresher", "by tester", second, "8 examples", "prompt 1"] {
            #expect(shown.out.contains(words), "\(words) in \(shown)")
        }
        let json = try await place.sluice("baseline", "show", "spring", "--json")
        #expect(json.out == (try place.read("baselines/spring.json")))
        let history = try await place.sluice("baseline", "history", "spring")
        let lines = history.out.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].contains("fresher") && lines[1].contains("the first"), "the newest first")
        let list = try await place.sluice("baseline", "list")
        #expect(list.out.contains("spring") && list.out.contains("fresher"))
    }

    @Test func aMissingOrDamagedBaselineIsSaidBeforeAnythingIsAsked() async throws {
        let (place, app, run) = try await withFirstRun(5)
        try place.writePolicy(baseline: "{ blessed: main }", candidate: app.url)
        let asked = app.asked.count
        let runs = place.runs()
        let missing = try await place.sluice("eval")
        #expect(missing.status == 65, "\(missing)")
        #expect(missing.err.contains("there is no baseline 'main' in baselines; there is none yet"))
        #expect(missing.err.contains("--without-baseline"))
        let validated = try await place.sluice("validate")
        #expect(validated.status == 65, "\(validated)")
        #expect(validated.err.contains("there is no baseline 'main'"), "\(validated)")

        _ = try await place.sluice("baseline", "bless", run, "--why", "x")
        let packed = "baselines/main.observations.jsonl.zst"
        let whole = try #require(FileManager.default.contents(atPath: place.path(packed)))
        try place.write(packed, Array(whole.dropLast(3)))
        let damaged = try await place.sluice("eval")
        #expect(damaged.status == 65, "\(damaged)")
        #expect(damaged.err.contains("is not the file that baselines/main.json was blessed with"))
        try place.write(packed, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
        #expect(try await place.sluice("eval").err.contains("git lfs pull"))
        try FileManager.default.removeItem(atPath: place.path(packed))
        #expect(try await place.sluice("eval").err.contains("is not there, although"))
        try place.write("baselines/main.json", "{ \"format\": ")
        #expect(try await place.sluice("eval").err.contains("baselines/main.json is no baseline"))
        #expect(app.asked.count == asked)
        #expect(place.runs() == runs, "no run was begun")
        #expect(place.strays() == [])
    }

    @Test func examplesThatWereNotBlessedAreUnmeasured() async throws {
        let (place, app, run) = try await withFirstRun(40)
        _ = try await place.sluice("baseline", "bless", run, "--why", "x")
        try place.writeExamples(41)
        try place.writePolicy(baseline: "{ blessed: main }", candidate: app.url)
        let few = try await place.sluice("eval")
        #expect(few.status == 0, "one of 82 is within 5 %: \(few)")
        #expect(few.out.contains("was blessed over another data set"), "\(few)")
        #expect(try await place.sluice("eval", "--reproduce", try place.newestRun()).status == 0)
        try place.writeExamples(60)
        let many = try await place.sluice("eval")
        #expect(many.status == 2, "\(many)")
        #expect(many.out.contains("20 of 120 observations could not be measured"), "\(many)")
        #expect(many.out.contains("bless a run over the present data set"), "\(many)")
    }

    @Test func automaticMarginsAreFixedByTheBlessing() async throws {
        let gates = ["exact_match no worse than baseline by auto", "error_rate <= 1%"]
        let (place, app, run) = try await withFirstRun(60, gates: gates)
        #expect(try place.read(".sluice/runs/\(run)/report.json").contains("no margin was fixed"))
        let blessed = try await place.sluice("baseline", "bless", run, "--why", "x")
        #expect(blessed.status == 0, "\(blessed)")
        // (1.6449 + z(.9)) · √.10 / √60 = 2.9264 · .04082 = .1195 with two gates; capped at .05 of the range.
        #expect(
            blessed.out.contains(
                "exact_match by auto: 0.0500 over 60 examples (capped; 343 examples could prove as much)"),
            "\(blessed)")
        #expect(try place.read("baselines/main.json").contains("\"margin\": 0.05"))
        try place.writePolicy(baseline: "{ blessed: main }", candidate: app.url, gates: gates)
        let eval = try await place.sluice("eval", "--no-cache", "--json")
        #expect(eval.out.contains("\"margin\": 0.05") || eval.out.contains("\"margin\":0.05"), "\(eval)")
        #expect(eval.status == 0, "60 of 60 unchanged: the bound is .0487 \(eval)")

        // The margin is a matter of the blessing, so a later blessing does not change what a run was judged by.
        let judged = try place.newestRun()
        let json = try place.read("baselines/main.json")
        try place.write(
            "baselines/main.json", json.replacingOccurrences(of: "\"margin\": 0.05", with: "\"margin\": 0.01")
        )
        #expect(try await place.sluice("eval", "--reproduce", judged).status == 0)
    }

    @Test func aMarginThatNothingSaysIsRefusedInWords() async throws {
        let gates = ["latency no worse than baseline by auto", "error_rate <= 1%"]
        let place = try Workplace()
        let app = try TestApp { TestApp.right($0) }
        try place.writeExamples(10)
        try place.writePolicy(baseline: app.url, candidate: app.url, gates: ["error_rate <= 1%"])
        #expect(try await place.sluice("eval", "--without-baseline").status == 0)
        let alone = try place.newestRun()
        try place.writePolicy(
            baseline: app.url, candidate: app.url, gates: gates, metrics: "latency, error_rate")
        let refused = try await place.sluice("baseline", "bless", alone, "--why", "x")
        #expect(refused.status == 65, "\(refused)")
        #expect(refused.err.contains("nothing is blessed"), "\(refused)")
        #expect(refused.err.contains("name a run of the app against itself with --aa RUN"), "\(refused)")
        #expect(!place.exists("baselines"))

        #expect(try await place.sluice("eval").status == 2, "no margin is fixed yet")
        let again = try await place.sluice(
            "baseline", "bless", alone, "--why", "x", "--aa", try place.newestRun())
        #expect(again.status == 0, "\(again)")
        #expect(again.out.contains("latency by auto: "), "\(again)")
    }
}
