import Domain
import Interchange
import Testing

/// Scores from elsewhere count where they are bound to an answer of this run, and nowhere else.
@Suite struct ExternalBindingTests {
    private static let now = 1_000_000
    private static let metric = ExternalMetric(
        name: "faithfulness", column: "faithfulness", unit: "ratio", lowest: 0, highest: 1, better: "higher",
        isPassFail: false)

    private func bound(
        _ text: String, arm: Arm? = nil, age: Double? = 3600, arms: [Arm] = Arm.allCases, modified: Int = now
    ) throws -> ExternalScores {
        var binding = ExternalBinding(
            arms: arms, now: Self.now, datasetDigest: "sha256:aa", datasetVersion: "2026-Q1",
            ids: ["E-1", "E-2", "E-3"], questions: [("Q1", "E-1"), ("Q2", "E-2"), ("Q2", "E-3")])
        let source = ExternalSource(file: "s.jsonl", arm: arm, maximumAgeSeconds: age, metrics: [Self.metric])
        let records = try ExternalScoreReader.read(Array(text.utf8), isCSV: false, columns: ["faithfulness"])
        binding.add(source, records, digest: "sha256:ff", modified: modified)
        // What is kept says the same as what was read.
        return try ExternalScoresCodec.decode(ExternalScoresCodec.encode(binding.scores))
    }

    private func finding(
        _ scores: ExternalScores, _ example: String = "E-1", arm: Arm = .candidate,
        answer text: String = "A1",
        repetition: Int = 0, version: String = "v1"
    ) -> ExternalScores.Finding {
        var answer = Answer(latencyMilliseconds: nil)
        answer.text = text
        answer.versions = [Answer.Version(name: "prompt", value: version)]
        let observation = Observation(
            example: example, arm: arm, repetition: repetition, outcome: .answered(answer))
        return scores.finding(0, observation, answer)
    }

    private func line(_ rest: String, id: String = "E-1") -> String {
        #"{"id": "\#(id)", "faithfulness": 0.5\#(rest.isEmpty ? "" : ", " + rest)}"# + "\n"
    }

    @Test func aScoreOfAnArmCountsForThatArm() throws {
        let scores = try bound(line(#""arm": "candidate""#))
        #expect(finding(scores) == .score(0.5))
        #expect(finding(scores, arm: .baseline) == .missing("s.jsonl: has no score for it"))
        #expect(finding(scores, "E-2") == .missing("s.jsonl: has no score for it"))
        #expect(finding(try bound(line(""), arm: .baseline), arm: .baseline) == .score(0.5))
        #expect(finding(try bound(line(""), arms: [.candidate])) == .score(0.5), "there is one arm only")
    }

    @Test func aScoreOfAnAnswerCountsForThatAnswerInEitherArm() throws {
        let scores = try bound(line(#""answer": "A1""#))
        #expect(finding(scores) == .score(0.5))
        #expect(finding(scores, arm: .baseline) == .score(0.5))
        #expect(finding(scores, answer: "A2") == .missing("s.jsonl: its score is of another answer"))
        #expect(finding(scores, repetition: 3) == .score(0.5), "whichever repeat gave it")
    }

    @Test func withoutArmAndAnswerNothingIsGuessed() throws {
        #expect(
            finding(try bound(line("")))
                == .missing("s.jsonl: says neither which arm nor which answer it scored"))
        let repeats = try bound(line(#""arm": "candidate""#))
        #expect(finding(repeats, repetition: 1) == .missing("s.jsonl: has no score for it"))
        #expect(
            finding(try bound(line(#""arm": "candidate", "repetition": 1"#)), repetition: 1) == .score(0.5))
    }

    @Test func aScoreOfAnotherVersionDoesNotCount() throws {
        let scores = try bound(line(#""arm": "candidate", "version": "prompt=v1""#))
        #expect(finding(scores) == .score(0.5))
        #expect(finding(scores, version: "v2") == .missing("s.jsonl: its score is of another version"))
        #expect(finding(try bound(line(#""arm": "candidate", "version": "v1""#))) == .score(0.5))
        #expect(
            finding(try bound(line(#""arm": "candidate", "version": "index=v1""#)))
                == .missing("s.jsonl: its score is of another version"))
    }

    @Test func aScoreLastsItsAgeToTheSecond() throws {
        let stale = ExternalScores.Finding.missing("s.jsonl: its score is stale, older than 1 h")
        for (age, expected) in [(0, ExternalScores.Finding.score(0.5)), (3600, .score(0.5)), (3601, stale)] {
            #expect(finding(try bound(line(#""arm": "candidate", "time": \#(Self.now - age)"#))) == expected)
            #expect(finding(try bound(line(#""arm": "candidate""#), modified: Self.now - age)) == expected)
        }
        #expect(
            finding(try bound(line(#""arm": "candidate", "time": 5"#), age: nil)) == .score(0.5),
            "max_age: never")
        #expect(
            finding(try bound(line(#""arm": "candidate", "time": \#(Self.now + 301)"#)))
                == .missing("s.jsonl: its score is dated in the time to come"))
        // A file that grows night by night: the stale line does not stand in the fresh one's way.
        let grown =
            line(#""arm": "candidate", "time": 5"#) + line(#""arm": "candidate", "time": \#(Self.now)"#)
        #expect(finding(try bound(grown)) == .score(0.5))
    }

    @Test func twoScoresCountWhereTheyAgree() throws {
        let one = line(#""arm": "candidate""#)
        #expect(finding(try bound(one + one)) == .score(0.5))
        #expect(
            finding(try bound(one + one.replacing("0.5", with: "0.6")))
                == .missing("s.jsonl: has two scores for it, which differ; keep one"))
    }

    @Test(arguments: [
        ("1.5", "its score lies above 1"), ("-0.1", "its score lies below 0"),
        ("null", "the scorer gave no score"), ("NaN", "the scorer gave no score"),
        ("-Infinity", "its score is infinite, and no number"),
        ("\"0.9\"", "its score is a number in quotes, and no number"),
        ("\"0,9\"", "its score is a text with a decimal comma, and no number"),
        ("\"good\"", "its score is a string, and no number"),
    ])
    func whatIsNoValueOfTheMetricDoesNotCount(written: String, words: String) throws {
        let text = line(#""arm": "candidate""#).replacing("0.5", with: written)
        #expect(finding(try bound(text)) == .missing("s.jsonl: \(words)"))
    }

    @Test func aScoreOfAnotherDataSetDoesNotCount() throws {
        #expect(finding(try bound(line(#""arm": "candidate", "dataset": "sha256:aa""#))) == .score(0.5))
        #expect(finding(try bound(line(#""arm": "candidate", "dataset": "2026-Q1""#))) == .score(0.5))
        #expect(
            finding(try bound(line(#""arm": "candidate", "dataset": "sha256:bb""#)))
                == .missing("s.jsonl: its score is of another data set"))
        let strange = try bound(line(#""arm": "candidate""#, id: "X-9"))
        #expect(finding(strange) == .missing("s.jsonl: speaks of no example of this data set"))
        #expect(strange.provenance[0].problems.contains("1 record of examples that the data set lacks"))
    }

    @Test func aRecordWithoutAnIdIsFoundByItsQuestionWhereOneExampleAsksIt() throws {
        let text = #"{"user_input": "Q1", "response": "A1", "faithfulness": 0.5}"# + "\n"
        #expect(finding(try bound(text)) == .score(0.5))
        let several = try bound(text + text.replacing("Q1", with: "Q2"))
        #expect(finding(several, "E-2") == .missing("s.jsonl: has no score for it"))
        #expect(
            several.provenance[0].problems == ["1 record without an id whose question several examples ask"])
    }

    @Test func whatIsKeptCannotBeMistakenForAnything() throws {
        let bytes = ExternalScoresCodec.encode(try bound(line(#""arm": "candidate""#)))
        for cut in [0, 5, bytes.count - 3] {
            #expect(throws: ExternalScoresCodec.Problem.self) {
                _ = try ExternalScoresCodec.decode(Array(bytes[..<cut]))
            }
        }
    }

    /// Where a person finds what does not count, and what mends it.
    @Test func whatDoesNotCountIsSaidWithItsLine() throws {
        let one = line(#""arm": "candidate""#)
        let twice = try bound(one + one.replacing("0.5", with: "0.6"))
        #expect(
            twice.provenance[0].problems
                == ["1 answer has two scores that differ (first lines 1 and 2); keep one of each"])
        let wide = try bound(line(#""arm": "candidate""#, id: "E-2") + one.replacing("0.5", with: "1.5"))
        let problem = try #require(wide.provenance[0].problems.first)
        #expect(problem.hasPrefix("1 score (line 2): "), "\(problem)")
        #expect(problem.contains("lies above 1; mend the score"), "\(problem)")
    }
}
