import Domain
import Statistics
import Testing

@testable import Gating

/// Percentiles and extremes of examples that were asked several times: the tail is in single answers.
@Suite struct RepeatPercentileTests {
    /// 60 examples of ten repeats; of each, the candidate's fourth takes 10 s and the rest 0.2 s.
    private func scores() -> Scores {
        var scores = Scores(60, repeats: 10)
        var before: [Double] = []
        var after: [Double] = []
        for example in 0..<60 {
            for turn in 0..<10 {
                let small = Double((example * 7 + turn * 13) % 50)
                before.append(200 + small)
                after.append(turn == 3 ? 10_000 + 10 * small : 200 + small)
            }
        }
        scores.add("latency", baseline: before, candidate: after)
        return scores
    }

    private func verdict(_ form: GateForm, _ statistic: String) throws -> GateResult {
        let judged = try judge(
            scores(), [rule("latency", form, statistic: statistic)], metrics: ["latency"])
        return try #require(judged.gates.first)
    }

    @Test func theTailOfSingleAnswersIsNotAveragedAway() throws {
        let bound = GateForm.compare(.atMost, quantity(3_500), confidently: false)
        let gate = try verdict(bound, "p95")
        #expect(gate.outcome == .fails)
        // numpy.percentile of the 600 answers, and of the 60 means: 1,1xx.
        let answers = (0..<60).flatMap { example in
            (0..<10).map { turn -> Double in
                let small = Double((example * 7 + turn * 13) % 50)
                return turn == 3 ? 10_000 + 10 * small : 200 + small
            }
        }.sorted()
        let place = 0.95 * 599
        let low = answers[Int(place)]
        let expected = low + (place - place.rounded(.down)) * (answers[Int(place) + 1] - low)
        #expect(abs((gate.candidate?.value ?? 0) - expected) < 1e-9)
        let interval = try #require(gate.candidate?.interval)
        #expect(interval.lower <= expected && expected <= interval.upper)
        #expect(interval.method.contains("examples drawn again with their repeats"))
        #expect(gate.n == 60)
        #expect(try verdict(bound, "max").candidate?.value == answers.last)
        #expect(try verdict(.compare(.atMost, quantity(3_500), confidently: false), "p50").outcome == .passes)
    }

    @Test func relativeAndConfidentFormsSeeTheTailToo() throws {
        #expect(try verdict(.notWorse, "p95").outcome == .fails)
        #expect(try verdict(.noWorse(by: .absolute(quantity(2_000))), "p95").outcome == .fails)
        #expect(try verdict(.within(share: 0.2), "p95").outcome == .fails)
        #expect(
            try verdict(.compare(.atMost, quantity(3_500), confidently: true), "p95").outcome == .fails)
        #expect(
            try verdict(.compare(.atMost, quantity(12_000), confidently: true), "p95").outcome == .passes)
    }

    /// The bound of a percentile comes from examples: 600 answers of 60 are no 600 observations.
    @Test func answersOfOneExampleAreNoObservationsOfTheirOwn() throws {
        let bound = GateForm.compare(.atMost, quantity(12_000), confidently: true)
        #expect(try verdict(bound, "p99").outcome == .unsure)
        #expect(try verdict(bound, "p99").note == "p99 needs 299 observations for a bound; there are 60")
    }
}
