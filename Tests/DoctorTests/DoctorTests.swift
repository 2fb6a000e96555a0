import Domain
import Foundation
import Gating
import Statistics
import Testing

@testable import Doctor

/// What must come out is known from elsewhere.
@Suite struct KnownAnswerTests {
    /// So many pairs that disagree, half of them each way; of all, four in five pass.
    static func pairs(_ n: Int, disagreeing: Int) -> Scores {
        var before: [Double?] = []
        var after: [Double?] = []
        for number in 0..<n {
            let passes = number % 5 != 0
            let kind = number < disagreeing ? number % 2 : 2
            before.append(kind == 0 ? 1 : kind == 1 ? 0 : passes ? 1 : 0)
            after.append(kind == 0 ? 0 : kind == 1 ? 1 : passes ? 1 : 0)
        }
        var scores = Scores(n)
        scores.add("intent_accuracy", .baseline, before)
        scores.add("intent_accuracy", .candidate, after)
        return scores
    }

    /// FORMULAS, paired pass/fail of which 10 % disagree, 500 examples: at m = .02 an unchanged candidate passes in
    /// 40 % and is unsure in 55 %, at m = .05 it passes in 97 %.
    @Test(arguments: [(0.02, 0.40, 0.55), (0.05, 0.97, 0.03)])
    func theMarginFormDoesWhatIsWritten(size: Double, passes: Double, unsure: Double) async throws {
        let report = try await examined(
            KnownAnswerTests.pairs(500, disagreeing: 50), [rule("intent_accuracy", margin(size))],
            ["intent_accuracy"], trials: 600)
        let found = report.gates[0].unchanged
        #expect(found.all == 600)
        // Three standard errors, and what rounding to whole percents hides.
        let room = 3 * (passes * (1 - passes) / 600).squareRoot() + 0.005
        #expect(abs(Double(found.passes) / 600 - passes) < room, "\(found)")
        #expect(abs(Double(found.unsure) / 600 - unsure) < room, "\(found)")
    }

    /// n = ((1.645 + .842)·√.1/.02)² = 1,546 examples resolve a margin of .02 that 500 do not.
    @Test func theExamplesThatWouldResolveAMarginAreThoseOfTheFormula() async throws {
        let report = try await examined(
            KnownAnswerTests.pairs(500, disagreeing: 50), [rule("intent_accuracy", margin(0.02))],
            ["intent_accuracy"], trials: 1_000)
        let gate = report.gates[0]
        #expect(gate.isUnresolved)
        let needed = try #require(gate.needed)
        #expect(abs(Double(needed) - 1_546) < 0.15 * 1_546, "\(needed)")
        #expect(abs((gate.standardError ?? 0) - (0.1 / 500).squareRoot()) < 0.001)
        #expect(report.findings.contains { $0.text.contains("would pass it in 80 %") })
    }

    /// Twenty slices of 41: each tested at .05 by itself, at least one would claim a loss in most trials of an
    /// unchanged app where the sign test's size is near .05; adjusted together they seldom block.
    @Test func twentySlicesDoNotBlockAnUnchangedApp() async throws {
        var scores = Scores(820)
        var before: [Double?] = []
        var after: [Double?] = []
        var stream = RandomStream(seed: 3, stream: 0)
        for _ in 0..<820 {
            // Half of the pairs disagree, so that the sign test has many to go by.
            let kind = stream.unit()
            before.append(kind < 0.25 ? 1 : kind < 0.5 ? 0 : kind < 0.9 ? 1 : 0)
            after.append(kind < 0.25 ? 0 : kind < 0.5 ? 1 : kind < 0.9 ? 1 : 0)
        }
        scores.add("intent_accuracy", .baseline, before)
        scores.add("intent_accuracy", .candidate, after)
        scores.slice("domain", (0..<820).map { "d\($0 % 20)" })
        let report = try await examined(
            scores, [rule("intent_accuracy", .notWorse)], ["intent_accuracy"], trials: 300)
        #expect(report.gates[0].judgedSlices == 20)
        let blocked = try #require(report.verdict.first).block
        #expect(blocked.value <= 0.05 + 3 * (0.05 * 0.95 / 300).squareRoot(), "\(blocked.value)")
        #expect((report.sliceBlocks?.value ?? 1) <= 0.06)
        // The same claims held at .05 each.
        var single = 0
        let examination = try Examination(
            DoctorInput(
                table: scores.table, rules: [rule("intent_accuracy", .notWorse)],
                definitions: try definitions(["intent_accuracy"]), options: GateOptions(seed: 7),
                isSameApp: false))
        for number in 1...100 {
            let drawn = try #require(examination.dealer.drawing(number).pair)
            let was = try #require(drawn.column("intent_accuracy", .baseline)).values
            let now = try #require(drawn.column("intent_accuracy", .candidate)).values
            let codes = drawn.rows.slices[0].codes
            let claims = (0..<20).contains { slice in
                let members = codes.indices.filter { codes[$0] == Int32(slice) }
                let counts = try? PairedCounts(
                    baseline: members.map { was[$0] == 1 }, candidate: members.map { now[$0] == 1 })
                let p = counts.flatMap { try? exactMcNemar($0, alternative: .less).pValue }
                return (p ?? 1) < 0.05
            }
            if claims { single += 1 }
        }
        #expect(single > 30, "unadjusted, \(single) of 100 would block")
    }

    /// Fresh data sets from the same source, judged once each by the textbook's interval and test, agree with what the
    /// doctor says of one of them. Two claims share α: a proven one is held at half of it.
    @Test func theDoctorOfOneSetAgreesWithFreshSets() async throws {
        func draw(_ seed: UInt64, loss: Double) -> Scores {
            var stream = RandomStream(seed: seed, stream: 11)
            var before: [Double?] = []
            var after: [Double?] = []
            for _ in 0..<300 {
                // Two noisy graders of one answer: a quality, and each arm's own error.
                let quality = stream.unit()
                before.append(min(1, max(0, quality + 0.2 * (stream.unit() - 0.5))))
                let score = min(1, max(0, quality + 0.2 * (stream.unit() - 0.5)))
                after.append(stream.unit() < loss ? 0 : score)
            }
            var scores = Scores(300)
            scores.add("token_f1", .baseline, before)
            scores.add("token_f1", .candidate, after)
            return scores
        }
        let gates = [rule("token_f1", margin(0.02)), rule("token_f1", .notWorse)]
        let report = try await examined(
            draw(1, loss: 0), gates, ["token_f1"], trials: 400, curveTrials: 200, losses: [0.03])
        // A loss of .03 of the range breaks .06 of the examples, whose mean is a half.
        for (size, share) in [(0.0, 0.0), (0.03, 0.06)] {
            var passes = [0, 0]
            let runs = 400
            for run in 0..<runs {
                let table = draw(UInt64(100 + run), loss: share).table
                let was = try #require(table.column("token_f1", .baseline)).values
                let now = try #require(table.column("token_f1", .candidate)).values
                let differences = zip(was, now).map { $1 - $0 }
                if try studentInterval(differences, confidence: 0.9).lower > -0.02 { passes[0] += 1 }
                if try pairedTTest(differences, alternative: .less).pValue >= 0.025 { passes[1] += 1 }
            }
            for place in 0..<2 {
                let fresh = Double(passes[place]) / Double(runs)
                let point = try #require(report.gates[place].curve.first { $0.size == size })
                let told = Double(point.shares.passes) / Double(point.shares.all)
                #expect(abs(fresh - told) < 0.12, "loss \(size), gate \(place): fresh \(fresh), told \(told)")
            }
        }
    }
}

@Suite struct ExaminationTests {
    private func noisy(_ count: Int = 80, repeats: Int = 2, seed: UInt64 = 5) -> Scores {
        var scores = Scores(count, repeats: repeats)
        var stream = RandomStream(seed: seed, stream: 0)
        for metric in ["token_f1", "latency"] {
            var columns: [[Double?]] = [[], []]
            for _ in 0..<count {
                let own = stream.unit()
                for arm in 0..<2 {
                    for _ in 0..<repeats {
                        let value = min(1, max(0, own + 0.3 * (stream.unit() - 0.5)))
                        columns[arm].append(metric == "latency" ? 100 + 400 * value : value)
                    }
                }
            }
            scores.add(metric, .baseline, columns[0])
            scores.add(metric, .candidate, columns[1])
        }
        scores.slice("half", (0..<count).map { $0 % 2 == 0 ? "a" : "b" })
        return scores
    }

    private let rules = [
        rule("token_f1", margin(0.05)), rule("token_f1", .notWorse), rule("token_f1", atLeast(0.4)),
        rule("token_f1", atLeast(0.35, confidently: true)), rule("latency", .within(share: 0.2)),
        rule(
            "latency",
            .compare(.atMost, Quantity(value: 500, text: "500ms"), confidently: false), statistic: "p95"),
    ]

    /// Everything but the words, to the last bit.
    private func numbers(_ report: DoctorReport) -> String {
        "\(report.verdict) \(report.gates) \(report.slices) \(report.variance)"
    }

    @Test func theSameSeedGivesTheSameFindingsOnAnyNumberOfThreads() async throws {
        let one = try await examined(noisy(), rules, ["token_f1", "latency"], isSameApp: true, trials: 100)
        let three = try await examined(
            noisy(), rules, ["token_f1", "latency"], isSameApp: true, trials: 100, workers: 3)
        #expect(numbers(one) == numbers(three))
        let other = try await examined(
            noisy(), rules, ["token_f1", "latency"], isSameApp: true, trials: 100, seed: 8)
        #expect(numbers(one) != numbers(other))
    }

    @Test func aGreaterLossPassesLessOftenAndFailsMore() async throws {
        let report = try await examined(
            noisy(), rules, ["token_f1", "latency"], isSameApp: true, trials: 100, curveTrials: 50,
            losses: [0.03, 0.1, 0.3])
        func share(_ count: Int, _ point: GatePoint) -> Double { Double(count) / Double(point.shares.all) }
        for gate in report.gates {
            #expect(gate.curve.map(\.size) == [0, 0.03, 0.1, 0.3])
            for (before, after) in zip(gate.curve, gate.curve.dropFirst()) {
                // The first half of the same drawings.
                #expect(
                    share(after.shares.passes, after) <= share(before.shares.passes, before) + 0.08,
                    "\(gate.rule.text) at \(after.size)")
                #expect(
                    share(after.shares.fails, after) >= share(before.shares.fails, before) - 0.08,
                    "\(gate.rule.text) at \(after.size)")
            }
            #expect((gate.curve.last?.shares.fails ?? 0) == 50, "\(gate.rule.text)")
            let caught = try #require(gate.caught, "\(gate.rule.text)")
            #expect(gate.direction == "lower" ? caught > 0 : caught < 0)
        }
        let last = try #require(report.verdict.last)
        #expect(last.block.value == 1)
    }

    /// The planted change is the one that is asked for.
    @Test func aLossIsAsLargeAsItSays() async throws {
        let report = try await examined(
            noisy(), rules, ["token_f1", "latency"], isSameApp: true, trials: 100, curveTrials: 50,
            losses: [0.03, 0.1, 0.3])
        for point in report.gates[0].curve {
            let change = try #require(point.change)
            #expect(abs(change + min(point.size, 0.5)) < 0.02 + 0.1 * point.size, "\(point)")
        }
    }

    @Test func theSourceOfTheNoiseIsTheBestThereIs() async throws {
        let metrics = ["token_f1", "latency"]
        let passes = try await examined(noisy(), rules, metrics, isSameApp: true, trials: 100)
        #expect(passes.noise == .passes && passes.repeats == 2...2)
        let repeats = try await examined(noisy(), rules, metrics, trials: 100)
        #expect(repeats.noise == .repeats && repeats.repeats == 1...1)
        let swapped = try await examined(noisy(repeats: 1), rules, metrics, trials: 100)
        #expect(swapped.noise == .swapped && swapped.variance.isEmpty)
        var alone = Scores(60)
        alone.add("token_f1", .candidate, (0..<60).map { Double($0 % 10) / 10 })
        let none = try await examined(alone, [rules[0], rules[2]], ["token_f1"], trials: 100)
        #expect(none.noise == .none)
        #expect(none.verdict.isEmpty, "comparisons of nothing are no verdict")
        #expect(none.gates[0].curve.isEmpty && none.gates[1].curve.count == 1)
        #expect(none.gates[1].flips != nil)
        #expect(none.findings.contains { $0.text.contains("--ask") })
    }

    /// A share p of successes over n flips at its own value in about half of the draws, and hardly far from it.
    @Test func aGateNearItsLimitFlipsByChance() async throws {
        var scores = Scores(200)
        let values: [Double?] = (0..<200).map { $0 < 181 ? 1 : 0 }
        scores.add("intent_accuracy", .baseline, values)
        scores.add("intent_accuracy", .candidate, values)
        let report = try await examined(
            scores, [rule("intent_accuracy", atLeast(0.9)), rule("intent_accuracy", atLeast(0.8))],
            ["intent_accuracy"], isSameApp: true, trials: 600)
        // P(Bin(200, .905) < 180) = .3648.
        let expected = try Binomial(trials: 200, probability: 0.905).cumulative(179)
        let flips = try #require(report.gates[0].flips)
        #expect(abs(flips.value - expected) < 3 * (expected * (1 - expected) / 600).squareRoot())
        #expect(report.gates[1].flips?.count == 0)
        #expect(report.findings.contains { $0.text.contains("by chance") })
    }

    /// Half of each score's variance lies within: .25/12 between examples, the same within, but for the clipping.
    @Test func theVarianceIsSplitIntoItsParts() async throws {
        var scores = Scores(400, repeats: 4)
        var stream = RandomStream(seed: 1, stream: 0)
        var values: [[Double?]] = [[], []]
        for _ in 0..<400 {
            let own = 0.25 + 0.5 * stream.unit()
            for arm in 0..<2 { for _ in 0..<4 { values[arm].append(own + 0.5 * (stream.unit() - 0.5)) } }
        }
        scores.add("token_f1", .baseline, values[0])
        scores.add("token_f1", .candidate, values[1])
        let report = try await examined(
            scores, [rule("token_f1", .notWorse)], ["token_f1"], isSameApp: true, trials: 100)
        let check = try #require(report.variance.first)
        #expect(abs(check.components.varianceWithin - 0.25 / 12) < 0.0015)
        #expect(abs(check.components.varianceBetween - 0.25 / 12) < 0.003)
        // Four repeats: the difference varies by 2·σ²/4/400.
        #expect(abs(check.difference.now - (2 * 0.25 / 12 / 4 / 400).squareRoot()) < 0.0003)
        #expect(check.difference.repeatable == 1)
        #expect(abs(check.mean.repeatable - 0.2) < 0.02)
        // What trials show and what the components say is one number.
        let error = try #require(report.gates[0].standardError)
        #expect(abs(error - check.difference.now) < 0.2 * check.difference.now)
    }

    @Test func whatWasNotMeasuredIsTheFirstFinding() async throws {
        var scores = Scores(40)
        scores.add("token_f1", .baseline, (0..<40).map { $0 < 10 ? nil : 0.5 })
        scores.add("token_f1", .candidate, (0..<40).map { _ in 0.5 })
        var counts = MeasurementCounts()
        counts.planned = 80
        counts.answered = 70
        counts.unmeasured = 10
        let input = DoctorInput(
            table: scores.table, rules: [rule("token_f1", .notWorse)],
            definitions: try definitions(["token_f1"]), options: GateOptions(seed: 7), isSameApp: true,
            measurement: counts, trials: 100)
        let report = try await Examination(input).examine(project: "p", policyPath: "p", source: "r")
        #expect(report.findings.first?.gravity == .bad)
        #expect(report.findings.first?.text.contains("could not be measured") == true)
        #expect(!report.decidesAnything)
    }

    @Test func anEmptySetSaysNothingAndBreaksNothing() async throws {
        let empty = Scores(0)
        let report = try await examined(empty, rules, ["token_f1", "latency"], trials: 100)
        #expect(report.trials == 0 && report.verdict.isEmpty && !report.decidesAnything)
    }
}

/// What is caught, what would resolve a gate, and in which words.
@Suite struct ForecastTests {
    /// A time with next to no noise against itself.
    private func steady(_ count: Int = 100) -> Scores {
        var scores = Scores(count)
        var stream = RandomStream(seed: 2, stream: 0)
        let before = (0..<count).map { _ in 300 + 100 * stream.unit() }
        scores.add("latency", .baseline, before.map { $0 })
        scores.add("latency", .candidate, before.map { $0 + 0.6 * (stream.unit() - 0.5) })
        return scores
    }

    /// A gate without noise catches a loss at its margin, not somewhere between the sizes tried.
    @Test func whatIsCaughtIsSoughtBetweenTheSizesTried() async throws {
        let gate = rule("latency", .noWorse(by: .absolute(Quantity(value: 15, text: "15ms"))))
        let report = try await examined(
            steady(), [gate], ["latency"], isSameApp: true, trials: 100, losses: Examination.sizes)
        let caught = try #require(report.gates[0].caught)
        #expect(caught > 15 && caught < 15.3, "\(caught)")
    }

    /// All of n must hold: 1 − (1 − x)ⁿ = .8.
    @Test func aRuleThatAllMustHoldCatchesTheFirstThatDoesNot() async throws {
        var scores = Scores(566)
        scores.add("intent_accuracy", .baseline, (0..<566).map { _ in 1 })
        scores.add("intent_accuracy", .candidate, (0..<566).map { _ in 1 })
        let report = try await examined(
            scores, [rule("intent_accuracy", atLeast(1))], ["intent_accuracy"], isSameApp: true, trials: 400,
            curveTrials: 100, losses: Examination.sizes)
        let size = try #require(report.gates[0].caughtSize)
        #expect(abs(size - (1 - pow(0.2, 1 / 566.0))) < 0.0008, "\(size)")
    }

    /// Of 15 examples 11 pass: `confidently >= .5` needs 18 for a chance that stays at four in five, not 13.
    @Test func neverFewerExamplesThanThereAre() async throws {
        var scores = Scores(15)
        let values: [Double?] = (0..<15).map { $0 < 11 ? 1 : 0 }
        scores.add("intent_accuracy", .baseline, values)
        scores.add("intent_accuracy", .candidate, values)
        let gate = try await examined(
            scores, [rule("intent_accuracy", atLeast(0.5, confidently: true))], ["intent_accuracy"],
            isSameApp: true
        ).gates[0]
        #expect(gate.isUnresolved)
        let needed = try #require(gate.needed)
        #expect(needed > 15 && needed < 60, "\(needed)")
        for n in needed..<(needed + 30) {
            let point = try OperatingModel(.confidentRate(atLeast: 0.5), examples: n).point(at: 11.0 / 15)
            #expect(point.pass >= 0.8, "\(n)")
        }
    }

    /// None of three differed: up to 63 % may, and 150 examples would not do.
    @Test func nothingSeenToDifferIsNotNothing() async throws {
        var scores = Scores(3)
        for arm in Arm.allCases { scores.add("intent_accuracy", arm, [1, 1, 0]) }
        let report = try await examined(
            scores, [rule("intent_accuracy", margin(0.02))], ["intent_accuracy"], isSameApp: true)
        let needed = try #require(report.gates[0].needed)
        #expect(needed > 5_000, "\(needed)")
        #expect(!report.findings.contains { $0.text.contains("or a margin of 0") })
    }

    @Test func fewerRepeatsThanTheVerdictHasAreSaid() async throws {
        var scores = Scores(40, repeats: 3)
        scores.add("token_f1", .candidate, (0..<120).map { Double($0 * 7 % 10) / 10 })
        let input = DoctorInput(
            table: scores.table, rules: [rule("token_f1", .notWorse)],
            definitions: try definitions(["token_f1"]),
            options: GateOptions(seed: 7), isSameApp: false, runRepeats: 3, trials: 100, losses: [])
        let report = try await Examination(input).examine(project: "p", policyPath: "p", source: "r")
        #expect(
            report.findings.contains { $0.text.contains("judged with 1 repeat; your verdict averages 3") })
    }

    @Test func findingsNameTheUnit() async throws {
        var scores = Scores(40)
        var stream = RandomStream(seed: 2, stream: 0)
        for arm in Arm.allCases { scores.add("latency", arm, (0..<40).map { _ in 1_000 * stream.unit() }) }
        let gate = rule("latency", .noWorse(by: .absolute(Quantity(value: 5, text: "5ms"))))
        let report = try await examined(scores, [gate], ["latency"], isSameApp: true)
        let finding = try #require(report.findings.first { $0.text.contains("or a margin of") })
        #expect(finding.text.hasSuffix(" ms"), "\(finding.text)")
    }
}
