import Foundation
import Notation
import Testing

/// `sluice stats` from its words to its numbers.
@Suite struct StatsTests {
    @Test(arguments: [
        (["wilson"], "unknown statistic 'wilson'; did you mean 'wilson-interval'?"),
        (["list"], "did you mean '--list'?"), ([], "name a statistic"),
        (["--example"], "--example needs the NAME"),
        (["wilson-interval", "a", "b"], "unexpected argument 'b'"),
    ])
    func whatIsNotUnderstoodIsSaid(arguments: [String], words: String) async throws {
        let outcome = try await Workplace().start(["stats"] + arguments).outcome()
        #expect(outcome.status == 64 && outcome.out == "", "\(outcome)")
        #expect(outcome.err.contains(words), "\(outcome)")
    }

    @Test(arguments: [
        (
            "wilson-interval", #"{"successes": 3, "successes": 4, "trials": 10}"#,
            ":1:18: the object has this key"
        ),
        ("wilson-interval", #"{"successes": 11, "trials": 10}"#, "do not add up"),
        (
            "wilson-interval", #"{"successes": 3, "trials": 9000000000000000000}"#,
            "exceed 4,503,599,627,370,496"
        ),
        ("wilson-interval", #"{"successes": 3"#, "truncated"),
        ("fuse-threshold", #"{"length": 3, "limit": 0.9}"#, "no count of failures among 3"),
        ("t-test-sample-size", #"{"difference": 0, "deviation": 1}"#, "no number of examples is enough"),
        (
            "two-proportion-sample-size", #"{"baseline_rate": 0.1, "candidate_rate": 0.1}"#,
            "no number of trials is enough"
        ),
        ("all-equal-interval", #"{"value": 1, "lowest": 1, "highest": 1, "n": 9}"#, "range must be wider"),
    ])
    func whatHasNoValueFailsWithTheReason(name: String, input: String, words: String) async throws {
        let outcome = try await Workplace().start(["stats", name, input]).outcome()
        #expect(outcome.status == 65 && outcome.out == "", "\(outcome)")
        #expect(outcome.err.contains(words), "\(outcome)")
    }

    @Test func anObjectMayStandOnTheCommandLineInAFileOrOnStandardInput() async throws {
        let place = try Workplace()
        let input = #"{"successes": 45, "trials": 50, "confidence": 0.95}"#
        try place.write("in.json", input)
        let inline = try await place.start(["stats", "wilson-interval", input]).outcome()
        let file = try await place.start(["stats", "wilson-interval", "in.json"]).outcome()
        #expect(inline.status == 0 && inline.out == file.out, "\(inline)\(file)")
        // FORMULAS: 45 of 50.
        let lower = try #require(JSONValue.parse(inline.out)["lower"]?.doubleValue)
        #expect(abs(lower - 0.7864) < 5e-5)
    }

    @Test func evidenceBeyondTheLargestNumberIsToldByItsLogarithmAlone() async throws {
        let outcome = try await Workplace().start(
            ["stats", "rate-ratio-e-process", #"{"stages": [[0.5, 100000, 10]]}"#]
        ).outcome()
        let answer = try JSONValue.parse(outcome.out)
        #expect(answer["e_value"]?.isNull == true)
        #expect(answer["log_e_value"]?.doubleValue ?? 0 > 60_000)
    }
}
