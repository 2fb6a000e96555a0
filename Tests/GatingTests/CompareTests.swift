import Domain
import Metrics
import Statistics
import Testing

@testable import Gating

/// `M >= x`, `confidently M >= x`, percentiles, `[class]`, `[each]`.
@Suite struct CompareTests {
    private func share(_ passes: Int, of n: Int, failed: Int = 0, notShown: Int = 0) -> Scores {
        var scores = Scores(n + failed + notShown)
        let cells =
            (0..<n).map { Cell.pass($0 < passes) } + Array(repeating: .failed, count: failed)
            + Array(repeating: .notShown, count: notShown)
        scores.add("intent_accuracy", .candidate, cells)
        return scores
    }

    struct Case: Sendable {
        let passes: Int
        let n: Int
        let comparison: Comparison
        let bound: Double
        let confidently: Bool
        let outcome: GateResult.Outcome
        var failed = 0
    }

    /// Clopper–Pearson, one-sided 95 %: 460 of 500 in [.89713, .93906], 430 of 500 in [.83188, .88489].
    @Test(arguments: [
        Case(passes: 460, n: 500, comparison: .atLeast, bound: 0.92, confidently: false, outcome: .passes),
        Case(passes: 459, n: 500, comparison: .atLeast, bound: 0.92, confidently: false, outcome: .fails),
        Case(passes: 90, n: 100, comparison: .atLeast, bound: 0.9, confidently: false, outcome: .passes),
        Case(passes: 90, n: 100, comparison: .above, bound: 0.9, confidently: false, outcome: .fails),
        Case(passes: 100, n: 100, comparison: .equal, bound: 1, confidently: false, outcome: .passes),
        Case(passes: 99, n: 100, comparison: .equal, bound: 1, confidently: false, outcome: .fails),
        Case(passes: 2, n: 100, comparison: .atMost, bound: 0.02, confidently: false, outcome: .passes),
        Case(passes: 1, n: 1, comparison: .equal, bound: 1, confidently: false, outcome: .passes),
        Case(passes: 460, n: 500, comparison: .atLeast, bound: 0.897, confidently: true, outcome: .passes),
        Case(passes: 460, n: 500, comparison: .atLeast, bound: 0.8973, confidently: true, outcome: .unsure),
        Case(passes: 430, n: 500, comparison: .atLeast, bound: 0.8848, confidently: true, outcome: .unsure),
        Case(passes: 430, n: 500, comparison: .atLeast, bound: 0.885, confidently: true, outcome: .fails),
        Case(passes: 430, n: 500, comparison: .atMost, bound: 0.885, confidently: true, outcome: .passes),
        Case(passes: 430, n: 500, comparison: .atMost, bound: 0.83, confidently: true, outcome: .fails),
        Case(passes: 2, n: 2, comparison: .atLeast, bound: 0.9, confidently: true, outcome: .unsure),
        // 95 of 100 hold, 95 of 104 would not.
        Case(
            passes: 95, n: 100, comparison: .atLeast, bound: 0.94, confidently: false, outcome: .unsure,
            failed: 4),
        Case(
            passes: 95, n: 100, comparison: .atLeast, bound: 0.90, confidently: false, outcome: .passes,
            failed: 4),
        Case(
            passes: 95, n: 100, comparison: .atLeast, bound: 0.96, confidently: false, outcome: .fails,
            failed: 4),
        // More than 5 % unmeasured: nothing can be told.
        Case(
            passes: 50, n: 100, comparison: .atLeast, bound: 0.96, confidently: false, outcome: .unsure,
            failed: 6),
    ])
    func aShareIsHeldAgainstItsBound(_ it: Case) throws {
        let form = GateForm.compare(it.comparison, quantity(it.bound), confidently: it.confidently)
        let result = try gate(
            share(it.passes, of: it.n, failed: it.failed), rule("intent_accuracy", form),
            metrics: ["intent_accuracy"])
        #expect(result.outcome == it.outcome, "\(result.note)")
        #expect(result.n == it.n)
    }

    @Test func intervalsAreWilsonAndConfidentlyClopperPearson() throws {
        let form = { GateForm.compare(.atLeast, quantity(0.5), confidently: $0) }
        let plain = try gate(
            share(460, of: 500), rule("intent_accuracy", form(false)), metrics: ["intent_accuracy"])
        let sure = try gate(
            share(460, of: 500), rule("intent_accuracy", form(true)), metrics: ["intent_accuracy"])
        let wilson = try #require(plain.candidate?.interval)
        #expect(
            abs(wilson.lower - 0.8977090451922147) < 1e-12 && abs(wilson.upper - 0.9377701045187181) < 1e-12)
        let exact = try #require(sure.candidate?.interval)
        #expect(abs(exact.lower - 0.8971324610369131) < 1e-9 && abs(exact.upper - 0.9390619301680144) < 1e-9)
        #expect(sure.method == "Clopper–Pearson")
    }

    @Test func withNothingMeasuredNothingIsToldAndWhyIsSaid() throws {
        var scores = Scores(3)
        scores.add("intent_accuracy", .candidate, [.notApplicable, .notApplicable, .notApplicable])
        let form = GateForm.compare(.atLeast, quantity(0.5), confidently: false)
        let result = try gate(scores, rule("intent_accuracy", form), metrics: ["intent_accuracy"])
        #expect(result.outcome == .unsure && result.n == 0)
        #expect(result.note == "applies to none of 3 examples: it does not apply")
        let empty = try gate(Scores(0), rule("intent_accuracy", form), metrics: ["intent_accuracy"])
        #expect(empty.outcome == .unsure && empty.note == "this run did not measure intent_accuracy")
    }

    /// What the baseline shows and the candidate leaves out is the candidate's worst, not a gap.
    @Test func whatTheCandidateNoLongerShowsCountsAsWorst() throws {
        let form = GateForm.compare(.atLeast, quantity(0.9), confidently: false)
        var scores = Scores(100)
        scores.add(
            "intent_accuracy", baseline: Array(repeating: .pass(true), count: 100),
            candidate: (0..<100).map { $0 < 80 ? .pass(true) : .notShown })
        let lost = try gate(scores, rule("intent_accuracy", form), metrics: ["intent_accuracy"])
        #expect(lost.outcome == .fails && lost.candidate?.value == 0.8 && lost.n == 100)
        // Without a baseline nobody knows that it could be shown.
        let alone = try gate(
            share(80, of: 80, notShown: 20), rule("intent_accuracy", form), metrics: ["intent_accuracy"])
        #expect(alone.outcome == .unsure && alone.note == "20 of 100 could not be measured")
    }

    @Test func aMeanOfRepeatsIsExactlyOneWhereAllAre() throws {
        var scores = Scores(30, repeats: 6)
        scores.add("intent_accuracy", .candidate, Array(repeating: .pass(true), count: 180))
        let form = GateForm.compare(.equal, quantity(1), confidently: false)
        #expect(
            try gate(scores, rule("intent_accuracy", form), metrics: ["intent_accuracy"]).outcome == .passes)
    }

    struct Percentile: Sendable {
        let n: Int
        let statistic: String
        let comparison: Comparison
        let bound: Double
        let confidently: Bool
        let outcome: GateResult.Outcome
    }

    /// Latencies 1 ... n. Upper bound of p95 at n = 100: the 99th, since P(Bin(100, .95) ≤ 98) = .9629 is the first
    /// above .95 (scipy).
    @Test(arguments: [
        Percentile(
            n: 58, statistic: "p95", comparison: .atMost, bound: 1000, confidently: false, outcome: .passes),
        Percentile(
            n: 59, statistic: "p95", comparison: .atMost, bound: 1000, confidently: false, outcome: .passes),
        Percentile(
            n: 59, statistic: "p95", comparison: .atMost, bound: 50, confidently: false, outcome: .fails),
        Percentile(
            n: 298, statistic: "p99", comparison: .atMost, bound: 1000, confidently: false, outcome: .passes),
        Percentile(
            n: 20, statistic: "p95", comparison: .atMost, bound: 5, confidently: false, outcome: .fails),
        Percentile(
            n: 299, statistic: "p99", comparison: .atMost, bound: 1000, confidently: false, outcome: .passes),
        Percentile(
            n: 100, statistic: "p95", comparison: .atMost, bound: 99, confidently: true, outcome: .passes),
        Percentile(
            n: 100, statistic: "p95", comparison: .atMost, bound: 98, confidently: true, outcome: .unsure),
        Percentile(
            n: 100, statistic: "p95", comparison: .atMost, bound: 80, confidently: true, outcome: .fails),
        // Too few for an upper bound, and yet the lower one is beyond what is allowed.
        Percentile(
            n: 40, statistic: "p95", comparison: .atMost, bound: 20, confidently: true, outcome: .fails),
        Percentile(
            n: 40, statistic: "p95", comparison: .atMost, bound: 90, confidently: true, outcome: .unsure),
        Percentile(
            n: 10, statistic: "max", comparison: .atMost, bound: 10, confidently: false, outcome: .passes),
        Percentile(
            n: 10, statistic: "min", comparison: .atLeast, bound: 2, confidently: false, outcome: .fails),
    ])
    func percentilesNeedObservations(_ it: Percentile) throws {
        var scores = Scores(it.n)
        scores.add("latency", .candidate, (1...it.n).map { .value(Double($0)) })
        let form = GateForm.compare(it.comparison, quantity(it.bound), confidently: it.confidently)
        let result = try gate(scores, rule("latency", form, statistic: it.statistic), metrics: ["latency"])
        #expect(result.outcome == it.outcome, "\(result.note)")
        if it.n == 58 { #expect(result.note == "too few for a bound: 59 needed") }
    }

    /// Four of 104 gave no answer: as times they are beyond all that was seen, and p95 is among them or not.
    @Test func timesThatNeverEndedAreNoGoodTimes() throws {
        var scores = Scores(104)
        scores.add("latency", .candidate, (1...104).map { $0 <= 100 ? .value(Double($0)) : .noAnswer })
        func outcome(_ statistic: String, _ bound: Double) throws -> GateResult.Outcome {
            let form = GateForm.compare(.atMost, quantity(bound), confidently: false)
            return try gate(scores, rule("latency", form, statistic: statistic), metrics: ["latency"]).outcome
        }
        #expect(try outcome("p90", 95) == .passes)
        #expect(try outcome("p99", 1000) == .unsure)
        #expect(try outcome("max", 1000) == .unsure)
    }

    private func classes() -> Scores {
        // a: 30 of 40 right, b: 20 of 20, c: 3 of 5; what is wrong goes to b.
        var scores = Scores(65)
        let cells: [Cell] = (0..<65).map { number in
            switch number {
            case 0..<30: .labels("a", "a")
            case 30..<40: .labels("a", "b")
            case 40..<60: .labels("b", "b")
            case 60..<63: .labels("c", "c")
            default: .labels("c", nil)
            }
        }
        scores.add("intent_f1", .candidate, cells)
        return scores
    }

    /// F1: a 2·30/(40+30) = .857, b 2·20/(20+30) = .8, c 2·3/(5+3) = .75.
    @Test func eachClassIsJudgedFromTwentyExamplesOn() throws {
        func each(_ bound: Double, confidently: Bool = false) throws -> GateResult {
            let form = GateForm.compare(.atLeast, quantity(bound), confidently: confidently)
            return try gate(classes(), rule("intent_f1", form, each: true), metrics: ["intent_f1"])
        }
        let holds = try each(0.8)
        #expect(holds.outcome == .passes && holds.note == "2 classes hold, 1 below 20 examples")
        #expect(holds.members.map(\.name) == ["c", "b", "a"])
        #expect(holds.members.map(\.outcome) == [.notJudged, .passes, .passes])
        #expect(holds.members.compactMap(\.candidate) == [0.75, 0.8, 6.0 / 7])
        let fails = try each(0.82)
        #expect(fails.outcome == .fails && fails.note == "fails in b")
        // Twenty and forty examples prove little.
        #expect(try each(0.8, confidently: true).outcome == .unsure)
        #expect(try each(0.5, confidently: true).outcome == .passes)
        #expect(try each(0.99, confidently: true).outcome == .fails)
    }

    @Test func aNamedClassWithFewExamplesSaysSo() throws {
        let form = GateForm.compare(.atLeast, quantity(0.7), confidently: false)
        func named(_ name: String) throws -> GateResult {
            try gate(classes(), rule("intent_f1", form, member: name), metrics: ["intent_f1"])
        }
        #expect(try named("a").outcome == .passes)
        #expect(try named("c").outcome == .unsure)
        #expect(try named("c").note == "c has 5 examples; a class is judged from 20 on")
        #expect(try named("nowhere").outcome == .unsure)
        let own = try gate(
            classes(), rule("intent_f1", form, member: "c"), metrics: ["intent_f1"],
            options: GateOptions(seed: 7, estimand: .thisSet))
        #expect(own.outcome == .passes)
    }

    @Test func sliceConditionsNarrowTheExamples() throws {
        var scores = share(90, of: 100)
        scores.slice("locale", (0..<100).map { $0 < 90 ? "de" : "fr" })
        let form = GateForm.compare(.atLeast, quantity(0.95), confidently: false)
        func when(_ name: String, _ value: String?) throws -> GateResult {
            let condition = SliceCondition(name: name, value: value)
            return try gate(
                scores, rule("intent_accuracy", form, when: condition), metrics: ["intent_accuracy"])
        }
        let german = try when("locale", "de")
        #expect(german.outcome == .passes && german.n == 90)
        #expect(try when("locale", "fr").outcome == .fails)
        #expect(try when("locale", "it").note == "the slice is empty")
        #expect(try when("adversarial", nil).note == "no example has a column, tag or category adversarial")
    }

    /// A second attempt proves at .025: the lower bound of 460 of 500 moves from .8971 to .8927 (scipy).
    @Test func laterAttemptsProveAtHalfTheLevel() throws {
        let form = GateForm.compare(.atLeast, quantity(0.895), confidently: true)
        func outcome(_ attempt: Int) throws -> GateResult.Outcome {
            try gate(
                share(460, of: 500), rule("intent_accuracy", form), metrics: ["intent_accuracy"],
                options: GateOptions(seed: 7, attempt: attempt)
            ).outcome
        }
        #expect(try outcome(1) == .passes)
        #expect(try outcome(2) == .unsure)
    }
}
