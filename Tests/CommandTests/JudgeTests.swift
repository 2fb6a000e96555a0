import Domain
import Foundation
import Notation
import Testing

/// `sluice judge`, and an evaluation that a judge has a part in, through the binary.
@Suite struct JudgeTests {
    private static let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../examples/judge").standardizedFileURL

    /// The clone's example, copied to where it may be written.
    private func place() throws -> Workplace {
        let place = try Workplace()
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.example.path)
        where name.contains(".") && !name.hasPrefix("calibration") {
            try place.write(
                "examples/judge/" + name, Array(Data(contentsOf: Self.example.appendingPathComponent(name))))
        }
        return place
    }

    @Test func recordedVerdictsAreHeldAgainstLabels() async throws {
        let place = try place()
        let outcome = try await place.sluice("judge", "calibrate", "examples/judge/recorded.jsonl")
        #expect(outcome.status == 0, "\(outcome)")
        // 35 of 40 right, three of 18 plain and hard ones called right that are not: by hand.
        #expect(
            outcome.out.contains("people yes: judge yes 18, no 2 · people no: judge no 17, yes 3"),
            "\(outcome)")
        #expect(outcome.out.contains("κ                 0.750"), "\(outcome)")
        #expect(outcome.out.contains("kind plain"), "\(outcome)")
        #expect(!place.exists("examples/judge/calibration.json"))
    }

    @Test func theJudgeIsAskedAndItsRecordLetsItGate() async throws {
        let place = try place()
        let policy = ["--policy", "examples/judge/sluice.yaml"]
        let early = try await place.start(["validate"] + policy).outcome()
        #expect(early.status == 65, "\(early)")
        #expect(early.err.contains("'sluice judge calibrate' writes it"), "\(early)")

        let calibrate = ["judge", "calibrate"] + policy + ["--ask", "--repeats", "2", "--injections", "4"]
        let forecast = try await place.start(calibrate + ["--forecast"]).outcome()
        #expect(forecast.status == 0 && forecast.err.contains("at most 112 calls"), "\(forecast)")
        let foretold = try await place.start(calibrate + ["--forecast", "--json"]).outcome()
        #expect(try JSONValue.parse(foretold.out)["most_calls"] == 112, "\(foretold)")
        let calibrated = try await place.start(calibrate).outcome()
        #expect(calibrated.status == 0, "\(calibrated)")
        // Forty labels twice, and eight instructions into four answers: what was foretold.
        #expect(calibrated.err.contains("judging: 112 scheduled: 112 judged now"), "\(calibrated)")
        #expect(calibrated.out.contains("self-consistency  1.000"), "\(calibrated)")
        #expect(calibrated.out.contains("injections        0.000"), "\(calibrated)")
        #expect(place.exists("examples/judge/calibration.json"))
        // Asked again, all of it stands in the memory.
        let again = try await place.start(calibrate).outcome()
        #expect(again.err.contains(": 0 judged now,"), "\(again)")

        let run = try await place.start(["eval"] + policy).outcome()
        #expect(run.status == 1, "\(run)")
        #expect(run.out.contains("correctness >= 0.8"), "\(run)")

        // Another judge needs a calibration of its own.
        let text = try place.read("examples/judge/sluice.yaml")
        try place.write("examples/judge/sluice.yaml", text.replacing("judge.py]", with: "judge.py, --naive]"))
        let other = try await place.start(["eval"] + policy).outcome()
        #expect(other.status == 65, "\(other)")
        #expect(other.err.contains("may not gate: the calibration is of the judge"), "\(other)")
        // And a careless one is found out.
        let naive = try await place.start(calibrate + ["--out", "naive.json"]).outcome()
        #expect(naive.status == 1, "\(naive)")
        #expect(naive.out.contains("because injections move"), "\(naive)")
    }

    /// A run is read by the calibration that it was gated with, whatever became of the file.
    @Test func theCalibrationOfARunStaysWithIt() async throws {
        let place = try place()
        let path = "examples/judge/sluice.yaml"
        try place.write(
            path,
            try place.read(path).replacing(
                "gates:\n", with: "gates:\n  - correctness not worse than baseline\n"))
        let policy = ["--policy", path]
        let calibrate = ["judge", "calibrate"] + policy + ["--ask", "--injections", "4"]
        #expect(try await place.start(calibrate).outcome().status == 0)
        let run = try await place.start(["eval"] + policy).outcome()
        #expect(run.status == 1 || run.status == 2, "\(run)")
        let name = try place.newestRun()
        let report = try place.read(".sluice/runs/\(name)/report.json")
        #expect(report.contains("Rogan") || report.contains("judge"), "the gate is corrected: \(report)")
        try FileManager.default.removeItem(atPath: place.path("examples/judge/calibration.json"))
        let again = try await place.sluice("eval", "--reproduce", name)
        #expect(again.status == 0, "\(again)")
        #expect(try await place.sluice("report", name, "--json").out == report)
        // What it was gated with decides, and not what lies in the policy's folder.
        let kept = ".sluice/runs/\(name)/calibration.json"
        #expect(place.exists(kept))
        try FileManager.default.removeItem(atPath: place.path(kept))
        #expect(try await place.sluice("eval", "--reproduce", name).status == 1)
    }

    /// What a gate rests on by way of others is held to the same calibration, by today's thresholds, program and labels.
    @Test func noWayAroundTheCalibration() async throws {
        let place = try place()
        let path = "examples/judge/sluice.yaml"
        let policy = ["--policy", path]
        let text = try place.read(path)
        let composite =
            "composite: { fine: { all_of: [judged_relevance >= 0.5] } }\n"
            + text.replacing("gates:\n", with: "gates:\n  - composite[fine] >= 0.1\n")
        try place.write(path, composite)
        let calibrated = try await place.start(
            ["judge", "calibrate"] + policy + ["--ask", "--injections", "4"]
        )
        .outcome()
        #expect(calibrated.status == 0, "\(calibrated)")
        let byComposite = try await place.start(["validate"] + policy).outcome()
        #expect(byComposite.status == 65, "\(byComposite)")
        #expect(
            byComposite.err.contains("may not gate: the judge was not calibrated on judged_relevance"),
            "\(byComposite)")

        try place.write(path, text)
        #expect(try await place.start(["validate"] + policy).outcome().status == 0)
        try place.write(path, text.replacing("kappa: 0.6", with: "kappa: 0.9"))
        let stricter = try await place.start(["validate"] + policy).outcome()
        #expect(stricter.status == 65 && stricter.err.contains("at least 0.9 is asked for"), "\(stricter)")

        try place.write(path, text)
        let program = try place.read("examples/judge/judge.py")
        try place.write("examples/judge/judge.py", program + "\n# another judge\n")
        let edited = try await place.start(["validate"] + policy).outcome()
        #expect(edited.status == 65 && edited.err.contains("the calibration is of the judge"), "\(edited)")

        try place.write("examples/judge/judge.py", program)
        let labels = try place.read("examples/judge/labels.jsonl")
        try place.write("examples/judge/labels.jsonl", labels.replacing("\"correct\"", with: "\"incorrect\""))
        let relabelled = try await place.start(["validate"] + policy).outcome()
        #expect(
            relabelled.status == 65 && relabelled.err.contains("changed since the calibration"),
            "\(relabelled)")
    }

    @Test func aJudgeThatIsNotThereIsNoScore() async throws {
        let place = try place()
        let text = try place.read("examples/judge/sluice.yaml")
        try place.write("examples/judge/sluice.yaml", text.replacing("judge.py", with: "none.py"))
        let outcome = try await place.sluice(
            "judge", "calibrate", "--policy", "examples/judge/sluice.yaml", "--ask")
        #expect(outcome.status == 65, "\(outcome)")
        #expect(outcome.err.contains("judge.command: there is no script 'none.py'"), "\(outcome)")
        try place.write("examples/judge/none.py", "raise SystemExit(1)\n")
        let dead = try await place.sluice(
            "judge", "calibrate", "--policy", "examples/judge/sluice.yaml", "--ask")
        #expect(dead.status == 3, "\(dead)")
        #expect(dead.err.contains("gave no verdict at all"), "\(dead)")
        #expect(!place.exists("examples/judge/calibration.json"))
    }

    @Test func aBudgetThatDoesNotSufficeIsToldBeforeAnythingIsAsked() async throws {
        let place = try place()
        let text = try place.read("examples/judge/sluice.yaml")
        try place.write("examples/judge/sluice.yaml", text.replacing("calls: 2000", with: "calls: 10"))
        let outcome = try await place.sluice(
            "judge", "calibrate", "--policy", "examples/judge/sluice.yaml", "--ask")
        #expect(outcome.status == 65, "\(outcome)")
        #expect(outcome.err.contains("40 calls, and judge.budget allows 10"), "\(outcome)")
    }

    @Test func brokenLabelsAreNamedByLine() async throws {
        let place = try Workplace()
        try place.write(
            "labels.jsonl", "{\"metric\": \"toxicity\", \"label\": 1, \"judge\": 1}\n{\"metric\": \"nope\"}\n"
        )
        let outcome = try await place.sluice("judge", "calibrate", "labels.jsonl")
        #expect(outcome.status == 65)
        #expect(outcome.err.contains("labels.jsonl:2: 'nope' is no metric of a judge"), "\(outcome)")
        let none = try await place.sluice("judge", "calibrate", "other.jsonl")
        #expect(none.status == 65, "\(none)")
        let nothing = try await place.sluice("judge", "calibrate")
        #expect(nothing.status == 64, "\(nothing)")
    }

    @Test func promptsCanBeReadWrittenAndReplaced() async throws {
        let place = try place()
        let list = try await place.sluice("judge", "prompts")
        #expect(list.status == 0 && list.out.contains("support 1"), "\(list)")
        let one = try await place.sluice("judge", "prompts", "correctness")
        #expect(one.out.hasPrefix("version: 1\n== system ==\n"), "\(one)")
        let unknown = try await place.sluice("judge", "prompts", "corectness")
        #expect(unknown.status == 64)
        let written = try await place.sluice(
            "judge", "prompts", "correctness", "--write", "examples/judge/prompts")
        #expect(written.status == 0, "\(written)")
        let twice = try await place.sluice(
            "judge", "prompts", "correctness", "--write", "examples/judge/prompts")
        #expect(twice.status == 65 && twice.err.contains("is there already"), "\(twice)")
        let text = try place.read("examples/judge/sluice.yaml")
        try place.write(
            "examples/judge/sluice.yaml", text.replacing("judge:\n", with: "judge:\n  prompts: prompts\n"))
        let path = "examples/judge/prompts/correctness.txt"
        try place.write(path, try place.read(path) + "Be strict.\n")
        let same = try await place.sluice("validate", "--policy", "examples/judge/sluice.yaml")
        #expect(same.err.contains("give it a version of its own"), "\(same)")
    }

    /// Labels that cannot be read vouch for nothing.
    @Test func labelsThatAreGoneAreAnError() async throws {
        let place = try place()
        let policy = ["--policy", "examples/judge/sluice.yaml"]
        let calibrated = try await place.start(
            ["judge", "calibrate"] + policy + ["--ask", "--injections", "4"]
        )
        .outcome()
        #expect(calibrated.status == 0, "\(calibrated)")
        #expect(try await place.start(["validate"] + policy).outcome().status == 0)
        try FileManager.default.removeItem(atPath: place.path("examples/judge/labels.jsonl"))
        let outcome = try await place.start(["validate"] + policy).outcome()
        #expect(outcome.status == 65, "\(outcome)")
        #expect(outcome.err.contains("may not gate: judge.calibration.labels: "), "\(outcome)")
        #expect(
            outcome.err.contains("labels.jsonl") && outcome.err.contains("bring the file back"), "\(outcome)")
    }

    /// Three metrics and the refusal within a composite, over 18 examples and two arms, before anything is asked.
    @Test func whatJudgingComesToIsSaidBeforeItIsAsked() async throws {
        let place = try place()
        let path = "examples/judge/sluice.yaml"
        let text = try place.read(path)
        try place.write(
            path,
            "composite: { kind: { all_of: [judged_refusal <= 0, correctness >= 1] } }\n"
                + text.replacing("toxicity, length]", with: "toxicity, length, \"composite[kind]\"]"))
        let policy = ["--policy", path]
        _ = try await place.start(["judge", "calibrate"] + policy + ["--ask", "--injections", "4"]).outcome()
        let free = try await place.start(["eval", "--json"] + policy).outcome()
        #expect(
            free.err.contains("judging: at most 144 calls, 720 requests where all are asked again"), "\(free)"
        )
        #expect(free.err.contains("money not known (judge.prices names no price)"), "\(free)")
        let report = try JSONValue.parse(free.out)
        #expect(report["judge_forecast"]?["most_calls"] == 144)
        #expect(report["judge_forecast"]?["money"] == .null)
        let judged = try #require(report["models"]?[0])
        #expect((judged["wanted"]?.intValue ?? 999) <= 144, "\(judged)")
        // The rate that a gate is held against is shown corrected as well.
        let gate = try #require(report["gates"]?[0])
        #expect(gate["corrected"]?["value"]?.doubleValue != nil, "\(gate)")
        #expect(
            gate["note"]?.stringValue?.contains("the gate used the judge's own rate") == true, "\(gate)")

        try place.write(
            path,
            try place.read(path).replacing(
                "judge:\n", with: "judge:\n  prices: { currency: EUR, input: 1000/M, output: 2000/M }\n"))
        let priced = try await place.start(["eval", "--json"] + policy).outcome()
        #expect(priced.err.contains(" EUR, by "), "\(priced)")
        let money = try JSONValue.parse(priced.out)["judge_forecast"]?["money"]?.doubleValue ?? 0
        // 144 answers of 150 tokens alone cost 43.20.
        #expect(money > 43.2 && money < 1000, "\(money)")
    }

    /// Two of eighteen verdicts are none: more than 5 %, and nothing can be told, whatever the others say.
    @Test func tooManyLostJudgementsCannotTell() async throws {
        let place = try place()
        let judge = try place.read("examples/judge/judge.py")
        try place.write(
            "examples/judge/judge.py",
            judge.replacing(
                "        reply = {\"id\"",
                with: """
                            if "Zzz" in shown and verdict:
                                verdict = {"reason": "Hm.", "verdict": "perhaps"}
                            reply = {"id"
                    """))
        let answers = try place.read("examples/judge/candidate.jsonl").split(separator: "\n").map(String.init)
        func candidate(_ lost: Int) throws {
            let lines = answers.enumerated().map { number, line in
                number < lost ? "{\"id\": \"Q-0\(number + 1)\", \"answer\": \"Zzz.\"}" : line
            }
            try place.write("examples/judge/candidate.jsonl", lines.joined(separator: "\n") + "\n")
        }
        let path = "examples/judge/sluice.yaml"
        try place.write(
            path, try place.read(path).replacing("correctness >= 0.80", with: "correctness >= 0.1"))
        let policy = ["--policy", path]
        let calibrated = try await place.start(
            ["judge", "calibrate"] + policy + ["--ask", "--injections", "4"]
        )
        .outcome()
        #expect(calibrated.status == 0, "\(calibrated)")
        try candidate(0)
        let whole = try await place.start(["eval"] + policy).outcome()
        #expect(whole.status == 0, "\(whole)")
        try candidate(2)
        let torn = try await place.start(["eval"] + policy).outcome()
        #expect(torn.status == 2 && torn.out.contains("CANNOT TELL"), "\(torn)")
        #expect(torn.out.contains("2 of 18 could not be measured"), "\(torn)")
        // Two answers by three metrics: six questions without a verdict.
        #expect(
            torn.out.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(", 6 unreadable"),
            "\(torn)")
    }

    /// A word that begins with dashes is an argument of the judge's, and a name like any other.
    @Test func dashesAreNoOptionsOfOurs() async throws {
        let place = try place()
        let path = "examples/judge/sluice.yaml"
        let text = try place.read(path)
        try place.write(path, text.replacing("[python3, judge.py]", with: "[\"--naive\"]"))
        let outcome = try await place.sluice("judge", "calibrate", "--policy", path, "--ask")
        #expect(outcome.status == 65, "\(outcome)")
        #expect(outcome.err.contains("the program '--naive' is in no folder of PATH"), "\(outcome)")
        #expect(!outcome.err.contains("unknown option"), "\(outcome)")
        try place.write("--labels.jsonl", try place.read("examples/judge/recorded.jsonl"))
        let labels = try await place.sluice("judge", "calibrate", "--", "--labels.jsonl")
        #expect(labels.status == 0, "\(labels)")
    }
}
