import Domain
import Metrics
import Statistics
import Testing

@testable import Gating

/// `not worse than baseline`, `no worse than baseline by m`, `within p% of baseline`.
@Suite struct RelativeTests {
    private func scores(_ counts: (Int, Int, Int, Int)) -> Scores {
        var scores = Scores(counts.0 + counts.1 + counts.2 + counts.3)
        let (before, after) = paired(counts.0, counts.1, counts.2, counts.3)
        scores.add("intent_accuracy", baseline: before, candidate: after)
        return scores
    }

    struct Case: Sendable {
        let losses: Int
        let gains: Int
        /// Nil: `not worse`.
        let margin: Double?
        let outcome: GateResult.Outcome
        let p: Double
        var note = ""
    }

    /// 500 pairs; exact McNemar by scipy, Tango's bounds by maximised likelihood (`make_oracles.py`).
    @Test(arguments: [
        Case(
            losses: 25, gains: 25, margin: nil, outcome: .passes, p: 0.5561375863296085,
            note: "would have caught a drop of 0.0365 (80 % power at 0.05)"),
        Case(
            losses: 30, gains: 10, margin: nil, outcome: .fails, p: 0.0011107168866146822,
            note: "a proven drop, among 1 claim"),
        // Bounds ±.02375.
        Case(losses: 25, gains: 25, margin: 0.02, outcome: .unsure, p: 0.5561375863296085),
        Case(losses: 25, gains: 25, margin: 0.05, outcome: .passes, p: 0.5561375863296085),
        // d = −.06 with bounds [−.0843, −.0379]: proven, but within .07; beyond .06 and .05.
        Case(losses: 40, gains: 10, margin: 0.09, outcome: .passes, p: 1.1930665838377763e-05),
        Case(losses: 40, gains: 10, margin: 0.07, outcome: .unsure, p: 1.1930665838377763e-05),
        Case(losses: 40, gains: 10, margin: 0.06, outcome: .fails, p: 1.1930665838377763e-05),
        Case(losses: 40, gains: 10, margin: 0.05, outcome: .fails, p: 1.1930665838377763e-05),
        // A drop beyond the margin that is not proven.
        Case(losses: 5, gains: 0, margin: 0.005, outcome: .fails, p: 0.03125),
        Case(losses: 3, gains: 0, margin: 0.005, outcome: .unsure, p: 0.125),
        // Nothing changed: at most .597 % of such traffic would.
        Case(
            losses: 0, gains: 0, margin: 0.02, outcome: .passes, p: 1,
            note: "0 of 500 changed; at most 0.597 % of such traffic would"),
        Case(losses: 0, gains: 0, margin: 0.005, outcome: .unsure, p: 1),
    ])
    func fiveHundredPairs(_ it: Case) throws {
        let table = scores((400, it.losses, it.gains, 100 - it.losses - it.gains))
        let form = it.margin.map { GateForm.noWorse(by: .absolute(quantity($0))) } ?? .notWorse
        let result = try gate(table, rule("intent_accuracy", form), metrics: ["intent_accuracy"])
        #expect(result.outcome == it.outcome, "\(result.note)")
        #expect(abs((result.p ?? 2) - it.p) < 1e-12)
        #expect(result.margin == it.margin)
        if !it.note.isEmpty { #expect(result.note == it.note) }
    }

    @Test func theDifferencesIntervalIsTangos() throws {
        let result = try gate(
            scores((400, 40, 10, 50)), rule("intent_accuracy", .notWorse), metrics: ["intent_accuracy"])
        let interval = try #require(result.difference?.interval)
        #expect(abs(interval.lower + 0.0843364246647001) < 1e-7)
        #expect(abs(interval.upper + 0.03791701969105928) < 1e-7)
        #expect(result.baseline?.value == 0.88 && result.candidate?.value == 0.82)
    }

    /// (1.645·σ/m)² with σ² = .1: 677 examples at m = .02 and d = 0; 500 are there.
    @Test func unsureSaysHowManyFreshExamplesWouldDecide() throws {
        let result = try gate(
            scores((400, 25, 25, 50)), rule("intent_accuracy", .noWorse(by: .absolute(quantity(0.02)))),
            metrics: ["intent_accuracy"])
        #expect(result.note == "about 180 more would pass it at this estimate; fresh ones")
        let judged = try judge(
            scores((400, 25, 25, 50)), [rule("intent_accuracy", .noWorse(by: .absolute(quantity(0.02))))],
            metrics: ["intent_accuracy"])
        #expect(judged.warnings.contains { $0.contains("13.5 %") })
        #expect(
            judged.headline.hasSuffix(
                "is undecided: about 180 more would pass it at this estimate; fresh ones"))
    }

    struct Small: Sendable {
        let counts: (Int, Int, Int, Int)
        let notWorse: GateResult.Outcome
        let noWorse: GateResult.Outcome
    }

    /// One pair shows nothing; none at all is said to be so.
    @Test(arguments: [
        Small(counts: (1, 0, 0, 0), notWorse: .unsure, noWorse: .unsure),
        Small(counts: (2, 0, 0, 0), notWorse: .passes, noWorse: .unsure),
        Small(counts: (5, 5, 0, 0), notWorse: .fails, noWorse: .fails),
        Small(counts: (80, 0, 0, 0), notWorse: .passes, noWorse: .passes),
    ])
    func smallSets(_ it: Small) throws {
        let notWorse = try gate(
            scores(it.counts), rule("intent_accuracy", .notWorse), metrics: ["intent_accuracy"])
        #expect(notWorse.outcome == it.notWorse, "\(notWorse.note)")
        let form = GateForm.noWorse(by: .absolute(quantity(0.05)))
        let noWorse = try gate(scores(it.counts), rule("intent_accuracy", form), metrics: ["intent_accuracy"])
        #expect(noWorse.outcome == it.noWorse, "\(noWorse.note)")
    }

    @Test func hugeSetsProveSmallDrops() throws {
        let table = scores((90_000, 1_100, 900, 8_000))
        let notWorse = try gate(table, rule("intent_accuracy", .notWorse), metrics: ["intent_accuracy"])
        #expect(notWorse.outcome == .fails)
        let form = GateForm.noWorse(by: .absolute(quantity(0.005)))
        #expect(
            try gate(table, rule("intent_accuracy", form), metrics: ["intent_accuracy"]).outcome == .passes)
    }

    /// Holm over three claims by statsmodels; the level of those not proven is shared by two.
    @Test func claimsAreAdjustedTogether() throws {
        let claims = [0.0011107168866146822, 0.5561375863296085, 0.623046875].map {
            GateDraft.Claim(p: $0, isBeyondMargin: true)
        }
        let family = try ClaimFamily(claims, alpha: 0.05)
        #expect(zip(family.adjusted, [0.00333215, 1, 1]).allSatisfy { abs($0 - $1) < 1e-8 })
        #expect(family.open == 2 && family.level == 0.025 && family.levelWords == "0.05/2")
        #expect(try ClaimFamily([], alpha: 0.05).level == 0.05)
    }

    // MARK: Scores

    /// Thirty drops of .2 and ten gains of .1 among a hundred: t interval [−.0671, −.0329] (scipy).
    @Test func scoresAreComparedByTheirMeanDifference() throws {
        var table = Scores(100)
        let before = [Double](repeating: 0.5, count: 100)
        let after = (0..<100).map { $0 < 30 ? 0.3 : $0 < 40 ? 0.6 : 0.5 }
        table.add("token_f1", baseline: before, candidate: after)
        let result = try gate(table, rule("token_f1", .notWorse), metrics: ["token_f1"])
        #expect(result.outcome == .fails)
        let interval = try #require(result.difference?.interval)
        #expect(
            abs(interval.lower + 0.06709965954687495) < 1e-12
                && abs(interval.upper + 0.03290034045312506) < 1e-12)
        // Beyond what 10,000 sign flips show, Student's tail: 2.25e-6.
        #expect(abs((result.p ?? 1) - 2.2498875667493813e-06) < 1e-12)
    }

    /// All differences equal: ±.0060 at 500, .0368 at 80, .0950 at 30 for scores in [0, 1].
    @Test(arguments: [(500, 0.005973551516349596), (80, 0.036754197779982345), (30, 0.09503385285530419)])
    func allEqualIsNotUndecidable(n: Int, reach: Double) throws {
        var table = Scores(n)
        let values = (0..<n).map { Double($0 % 7) / 7 }
        table.add("token_f1", baseline: values, candidate: values)
        func outcome(_ margin: Double) throws -> GateResult.Outcome {
            let form = GateForm.noWorse(by: .absolute(quantity(margin)))
            return try gate(table, rule("token_f1", form), metrics: ["token_f1"]).outcome
        }
        #expect(try outcome(reach * 1.001) == .passes)
        #expect(try outcome(reach * 0.999) == .unsure)
    }

    /// 1 − .05^(1/n) falls below .05 at n = 59: that many equal pairs prove a margin of .05.
    @Test(arguments: ["token_f1", "intent_accuracy"])
    func equalPairsSayHowManyWouldDecide(metric: String) throws {
        var table = Scores(20)
        let values = [Double](repeating: 1, count: 20)
        table.add(metric, baseline: values, candidate: values)
        let form = GateForm.noWorse(by: .absolute(quantity(0.05)))
        let result = try gate(table, rule(metric, form), metrics: [metric])
        #expect(result.outcome == .unsure)
        #expect(result.note == "about 59 examples in all would pass it, if none of them changes; fresh ones")
    }

    /// Five examples of a hundred that lost everything would be proven: nothing changed is no drop of 0.
    @Test(arguments: ["intent_accuracy", "token_f1", "intent_f1"])
    func whereNothingChangedTheCaughtDropIsAboveZero(metric: String) throws {
        var table = Scores(100)
        if metric == "intent_f1" {
            let cells = (0..<100).map { Cell.labels("class \($0 % 2)", "class \($0 % 2)") }
            table.add(metric, baseline: cells, candidate: cells)
        } else {
            let values = [Double](repeating: 1, count: 100)
            table.add(metric, baseline: values, candidate: values)
        }
        let result = try gate(table, rule(metric, .notWorse), metrics: [metric])
        #expect(result.outcome == .passes)
        // At 6.6 % the chance of five or more among a hundred is .8 (binomial law).
        #expect(result.note == "0 of 100 changed; would have caught a drop of 0.0663 (80 % power at 0.05)")
    }

    /// Cost has no upper end: what was seen stands in for its range, and the method says so.
    @Test func unchangedCostsPass() throws {
        var table = Scores(100)
        let values = (0..<100).map { 0.001 * Double(1 + $0 % 10) }
        table.add("cost", baseline: values, candidate: values)
        let result = try gate(table, rule("cost", .noWorse(by: .relative(0.2))), metrics: ["cost"])
        #expect(result.outcome == .passes)
        #expect(result.difference?.interval?.method == "all 100 equal, range as observed")
        #expect(abs((result.margin ?? 0) - 0.2 * 0.0055) < 1e-15)
    }

    @Test func autoNeedsAMarginThatWasFixed() throws {
        let form = GateForm.noWorse(by: .automatic)
        let table = scores((400, 25, 25, 50))
        let none = try gate(table, rule("intent_accuracy", form), metrics: ["intent_accuracy"])
        #expect(none.outcome == .unsure && none.note.hasPrefix("auto: no margin was fixed"))
        let fixed = try gate(
            table, rule("intent_accuracy", form), metrics: ["intent_accuracy"],
            options: GateOptions(seed: 7, automaticMargins: ["intent_accuracy": 0.05]))
        #expect(fixed.outcome == .passes && fixed.margin == 0.05)
    }

    @Test func lowerIsBetterTurnsTheSigns() throws {
        var table = Scores(500)
        let (good, bad) = paired(400, 40, 10, 50)
        table.add("over_blocked", baseline: bad, candidate: good)
        let worse = try gate(table, rule("over_blocked", .notWorse), metrics: ["over_blocked"])
        #expect(worse.outcome == .fails && abs((worse.difference?.value ?? 0) - 0.06) < 1e-12)
        var other = Scores(500)
        other.add("over_blocked", baseline: good, candidate: bad)
        #expect(
            try gate(other, rule("over_blocked", .notWorse), metrics: ["over_blocked"]).outcome == .passes)
    }

    @Test func withoutADirectionNothingIsWorse() throws {
        var table = Scores(30)
        table.add(
            "length", baseline: [Double](repeating: 1, count: 30),
            candidate: [Double](repeating: 2, count: 30))
        let result = try gate(table, rule("length", .notWorse), metrics: ["length"])
        #expect(result.outcome == .unsure && result.note == "length has no better or worse")
    }

    // MARK: What is missing

    private func withMissing(_ cells: [Cell], against: Cell = .pass(true), of n: Int = 100) -> Scores {
        var table = Scores(n)
        let rest = n - cells.count
        let (before, after) = paired(rest - 20, 0, 0, 20)
        table.add(
            "intent_accuracy", baseline: before + Array(repeating: against, count: cells.count),
            candidate: after + cells)
        return table
    }

    /// Of 100 pairs without a change, five are missing in the candidate. Lost: McNemar's p is 2⁻⁵.
    @Test func lostExamplesAreWorstAndUnseenOnesKeepAPassOpen() throws {
        func outcome(_ cell: Cell, _ form: GateForm) throws -> GateResult {
            try gate(
                withMissing(Array(repeating: cell, count: 5)), rule("intent_accuracy", form),
                metrics: ["intent_accuracy"])
        }
        let margin = GateForm.noWorse(by: .absolute(quantity(0.05)))
        for cell in [Cell.notShown, .noAnswer] {
            let lost = try outcome(cell, .notWorse)
            #expect(lost.outcome == .fails && lost.p == 0.03125 && lost.n == 100)
            #expect(lost.note == "a proven drop, among 1 claim; 5 lost by the candidate count as worst")
        }
        let unseen = try outcome(.failed, .notWorse)
        #expect(unseen.outcome == .unsure && unseen.p == 1 && unseen.n == 95)
        #expect(unseen.note == "5 unmeasured: a drop would be proven if they were bad")
        #expect(try outcome(.failed, margin).outcome == .unsure)
        // It applies to the baseline's answer alone: a candidate that sheds what it is bad at has proven nothing.
        #expect(try outcome(.notApplicable, .notWorse).outcome == .unsure)
        #expect(try outcome(.notApplicable, margin).outcome == .unsure)
        // To neither: there is no pair, and nothing is missing.
        let neither = withMissing(Array(repeating: .notApplicable, count: 5), against: .notApplicable)
        let silent = try gate(neither, rule("intent_accuracy", margin), metrics: ["intent_accuracy"])
        #expect(silent.outcome == .passes && silent.n == 95)
    }

    /// A retriever that finds nothing leaves nothing to ground: what is left looks better, and is no evidence.
    @Test func aCandidateThatShedsExamplesDoesNotPass() throws {
        var table = Scores(40)
        let before = [Double](repeating: 0.857, count: 40)
        table.add(
            "groundedness", baseline: before.map { .value($0) },
            candidate: (0..<40).map { $0 < 2 ? .value(1) : .notApplicable })
        for form in [
            GateForm.notWorse, .noWorse(by: .absolute(quantity(0.05))),
            .compare(.atLeast, quantity(0.8), confidently: false),
        ] {
            let result = try gate(table, rule("groundedness", form), metrics: ["groundedness"])
            #expect(result.outcome == .unsure && result.note.contains("38 of 40"), "\(form): \(result.note)")
        }
    }

    @Test func overOneInTwentyUnseenNothingIsTold() throws {
        let result = try gate(
            withMissing(Array(repeating: .failed, count: 6)), rule("intent_accuracy", .notWorse),
            metrics: ["intent_accuracy"])
        #expect(result.outcome == .unsure && result.note == "6 of 100 could not be measured")
    }

    /// An unmeasured baseline is imputed with its best.
    @Test func unseenBaselinesAreImputedToo() throws {
        let table = withMissing(Array(repeating: .pass(false), count: 5), against: .failed)
        let result = try gate(table, rule("intent_accuracy", .notWorse), metrics: ["intent_accuracy"])
        #expect(result.outcome == .unsure)
    }

    @Test func anArmThatShowsNothingCannotBeCompared() throws {
        var table = Scores(50)
        table.add(
            "intent_accuracy", baseline: Array(repeating: .notApplicable, count: 50),
            candidate: Array(repeating: .pass(true), count: 50))
        let result = try gate(table, rule("intent_accuracy", .notWorse), metrics: ["intent_accuracy"])
        #expect(result.outcome == .unsure && result.note == "the baseline shows none of it")
        var alone = Scores(5)
        alone.add("intent_accuracy", .candidate, Array(repeating: .pass(true), count: 5))
        let single = try gate(alone, rule("intent_accuracy", .notWorse), metrics: ["intent_accuracy"])
        #expect(single.outcome == .unsure && single.note == "there is no baseline to compare with")
    }

    // MARK: This set

    @Test func thisSetIsAllThereIs() throws {
        let options = GateOptions(seed: 7, estimand: .thisSet)
        func outcome(_ counts: (Int, Int, Int, Int), _ form: GateForm) throws -> GateResult.Outcome {
            try gate(
                scores(counts), rule("intent_accuracy", form), metrics: ["intent_accuracy"], options: options
            ).outcome
        }
        #expect(try outcome((400, 25, 25, 50), .notWorse) == .passes)
        #expect(try outcome((400, 26, 25, 49), .notWorse) == .fails)
        let margin = GateForm.noWorse(by: .absolute(quantity(0.02)))
        #expect(try outcome((400, 35, 25, 40), margin) == .passes)
        #expect(try outcome((400, 36, 25, 39), margin) == .fails)
        #expect(try outcome((1, 0, 0, 0), margin) == .passes)
        #expect(try outcome((400, 35, 25, 40), .within(share: 0.05)) == .passes)
        #expect(try outcome((400, 35, 25, 40), .within(share: 0.01)) == .fails)
    }

    // MARK: Within

    /// Lengths of a mean of 100 with a spread, longer by a factor.
    @Test(arguments: [
        (1.0, 0.20, GateResult.Outcome.passes), (1.1, 0.20, .passes), (1.4, 0.20, .fails),
        (0.6, 0.20, .fails),
        (1.2, 0.20, .unsure), (0.8, 0.20, .unsure),
    ])
    func aRatioLiesInsideOrOutside(factor: Double, share: Double, outcome: GateResult.Outcome) throws {
        var table = Scores(200)
        var before: [Double] = []
        var after: [Double] = []
        for number in 0..<200 {
            let length = 50 + Double((number * 37) % 101)
            before.append(length)
            after.append(factor * length + Double((number * 53) % 21) - 10)
        }
        table.add("length", baseline: before, candidate: after)
        let mean = try gate(table, rule("length", .within(share: share)), metrics: ["length"])
        #expect(mean.outcome == outcome, "\(mean.ratio as Any)")
        // A percentile goes the way of metrics that are recomputed.
        let median = try gate(
            table, rule("length", .within(share: share), statistic: "p50"), metrics: ["length"])
        // Its interval is wider or narrower; what the band's edge lies in decides nothing.
        #expect(outcome == .unsure ? median.outcome != .passes : median.outcome == outcome)
    }

    @Test func sumsGoByTheirRatioToo() throws {
        var table = Scores(200)
        var before: [Cell] = []
        var after: [Cell] = []
        for number in 0..<200 {
            before.append(.values([0.01 + 0.0001 * Double(number % 10), number % 10 == 0 ? 0 : 1]))
            after.append(.values([0.01 + 0.0001 * Double(number % 11), number % 2 == 0 ? 0 : 1]))
        }
        table.add("per_success", baseline: before, candidate: after)
        let within = try gate(table, rule("per_success", .within(share: 0.2)), metrics: ["per_success"])
        #expect(within.outcome == .fails)
        let worse = try gate(table, rule("per_success", .notWorse), metrics: ["per_success"])
        #expect(worse.outcome == .fails)
        // 90 % against 50 % successes at about the same cost.
        #expect(abs((within.ratio?.value ?? 0) - 1.8) < 0.05)
    }

    @Test func anAnswerThatIsGoneIsOutside() throws {
        var table = Scores(50)
        table.add(
            "length", baseline: (0..<50).map { Double($0 + 1) }, candidate: [Double](repeating: 0, count: 50))
        #expect(try gate(table, rule("length", .within(share: 0.2)), metrics: ["length"]).outcome == .fails)
    }

    @Test func unmeasuredLengthsAreTriedAtBothEnds() throws {
        var table = Scores(100)
        var before: [Cell] = []
        var after: [Cell] = []
        for number in 0..<100 {
            let length = 50 + Double((number * 37) % 101)
            before.append(.value(length))
            after.append(number < 96 ? .value(length + 1) : .failed)
        }
        table.add("length", baseline: before, candidate: after)
        #expect(try gate(table, rule("length", .within(share: 0.2)), metrics: ["length"]).outcome == .passes)
        #expect(try gate(table, rule("length", .within(share: 0.03)), metrics: ["length"]).outcome == .unsure)
    }
}
