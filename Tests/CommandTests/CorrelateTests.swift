import Foundation
import Notation
import Testing

/// `sluice correlate` as a user runs it.
@Suite struct CorrelateTests {
    private static let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../examples/correlate/releases.csv").standardizedFileURL

    private func place() throws -> Workplace {
        let place = try Workplace()
        try place.write(
            "examples/correlate/releases.csv", String(contentsOf: Self.example, encoding: .utf8))
        return place
    }

    @Test func theExampleOfTheHelpSaysWhatEarnsItsPlace() async throws {
        let outcome = try await place().sluice(
            "correlate", "examples/correlate/releases.csv", "--lag", "1", "--lower", "online.escalation_rate")
        #expect(outcome.status == 0 && outcome.err == "", "\(outcome)")
        for words in [
            "24 releases, v1.0 (2025-01-14) to v3.3 (2026-02-28)", "16 pairs tested, Holm at 0.05",
            "✓ earns        offline.recall@3  higher goes with lower online.escalation_rate",
            "✓ earns        offline.intent_accuracy  higher goes with higher online.satisfaction",
            "? cannot tell  offline.rouge_l", "releases would show it", "unused   columns notes",
            "* releases that lack a number are left out of that pair alone, at most 3 here",
        ] { #expect(outcome.out.contains(words), "\(words)\n\(outcome.out)") }
        #expect(!outcome.out.contains("ask      "))
        for line in outcome.out.split(separator: "\n") { #expect(line.count <= 120, "\(line)") }
    }

    @Test func jsonHasEveryPairAndIsTheSameTwice() async throws {
        let place = try place()
        let arguments = ["correlate", "examples/correlate/releases.csv", "--json", "--seed", "4"]
        let outcome = try await place.start(arguments).outcome()
        #expect(outcome.status == 0 && outcome.err == "")
        #expect(try await place.start(arguments).outcome().out == outcome.out)
        let value = try JSONValue.parse(outcome.out)
        #expect(value["format"] == "sluice.correlate/1")
        #expect(value["pairs"]?.arrayValue?.count == 8 && value["pairs_tested"] == 8)
        #expect(value["ranking"]?[0]?["metric"] == "offline.recall@3")
        #expect(value["ranking"]?[0]?["standing"] == "earns")
        let pair = value["pairs"]?[0]
        #expect(pair?["finding"] == "predicts" && pair?["is_wanted_direction"] == .null)
        #expect(try #require(pair?["spearman"]?["upper"]?.doubleValue) < -0.8)
        #expect(try #require(pair?["adjusted_p_value"]?.doubleValue) < 0.01)
    }

    @Test func aFewReleasesAreTooFew() async throws {
        let place = try Workplace()
        try place.write(
            "few.jsonl",
            (0..<5).map {
                #"{"release": "v\#($0)", "m": \#([3, 1, 4, 2, 5][$0]), "o": \#([2, 1, 5, 3, 4][$0])}"#
            }
            .joined(separator: "\n"))
        let outcome = try await place.sluice("correlate", "few.jsonl", "--metrics", "m", "--outcomes", "o")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(
            outcome.out.contains("? cannot tell  m  higher goes with higher o, perhaps"), "\(outcome.out)")
        #expect(outcome.out.contains("|ρ| = 0.5 needs 30"), "\(outcome.out)")
        try place.write("one.csv", "release,offline.m,online.o\nv1,1,2\n")
        let one = try await place.sluice("correlate", "one.csv")
        #expect(one.status == 0 && one.out.contains("no pair could be tested"), "\(one)")
        #expect(one.out.contains("not tested: 1 release has both numbers, 4 are needed"), "\(one)")
        try place.write("flat.csv", "release,offline.m,online.o\na,1,2\nb,1,3\nc,1,4\nd,1,9\n")
        #expect(
            try await place.sluice("correlate", "flat.csv").out.contains(
                "not tested: offline.m never changes"))
    }

    @Test(arguments: [
        (["x.csv"], 65, "x.csv"),
        ([], 64, "an argument is missing"),
        (["good.csv", "--lag", "-1"], 64, "--lag takes a whole number from 0, not '-1'"),
        (["good.csv", "--worth", "2"], 64, "--worth takes a number between 0 and 1, not '2'"),
        (["good.csv", "--alpha", "nan"], 64, "--alpha takes a number between 0 and 1, not 'nan'"),
        (
            ["good.csv", "--lower", "offline.n"], 64,
            "neither a metric nor an outcome; did you mean 'offline.m'?"
        ),
        (
            ["good.csv", "--metrics", "offlin.m"], 65,
            "there is no column 'offlin.m'; did you mean 'offline.m'?"
        ),
        (["good.csv", "--metrics", "online.o"], 64, "'online.o' is both a metric and an outcome"),
        (["good.csv", "--metrics", ","], 64, "--metrics names no column"),
        (
            ["plain.csv"], 65,
            "no column begins with 'offline.'; name the metrics with --metrics among 'm', 'o'"
        ),
        (["text.csv"], 65, "text.csv:3:4: error: column 'offline.m' holds 'good'"),
        (["twice.csv"], 65, "twice.csv:3:1: error: release 'v1' is also that of line 2"),
        (["ragged.csv"], 65, "ragged.csv:3:1: error: the row has 1 cell and the header 3 columns"),
        (["folder"], 65, "folder"),
    ])
    func whatIsWrongIsSaidWithItsStatus(arguments: [String], status: Int32, words: String) async throws {
        let place = try Workplace()
        try place.write("good.csv", "release,offline.m,online.o\nv1,1,2\nv2,2,1\n")
        try place.write("plain.csv", "release,m,o\nv1,1,2\n")
        try place.write("text.csv", "release,offline.m,online.o\nv1,1,2\nv2,good,1\n")
        try place.write("twice.csv", "release,offline.m,online.o\nv1,1,2\nv1,2,1\n")
        try place.write("ragged.csv", "release,offline.m,online.o\nv1,1,2\nv2\n")
        try place.write("folder/x", "")
        let outcome = try await place.start(["correlate"] + arguments).outcome()
        #expect(outcome.status == status && outcome.out == "", "\(outcome)")
        #expect(outcome.err.contains(words), "\(outcome)")
    }
}
