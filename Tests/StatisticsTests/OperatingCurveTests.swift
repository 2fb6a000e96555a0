import Statistics
import Testing

@Suite struct OperatingCurveTests {
    /// FORMULAS: paired pass/fail, 10 % of pairs disagree, n = 500; simulated there, so within a point and a half.
    @Test(arguments: [(0.02, 0.40, 0.55), (0.05, 0.97, 0.03)])
    func marginFormDoesWhatTheDesignSays(margin: Double, pass: Double, unsure: Double) throws {
        let model = try OperatingModel(.pairedRate(margin: margin, discordantShare: 0.1), examples: 500)
        let point = try model.point(at: 0)
        #expect(abs(point.pass - pass) < 0.01)
        #expect(abs(point.unsure - unsure) < 0.015)
        #expect(abs(point.pass + point.fail + point.unsure - 1) < 1e-12)
    }

    /// Every table of 24 pairs, through the interval and the test themselves.
    @Test(arguments: [nil, 0.05, 0.2, 0.5], [(0.3, 0.0), (0.3, -0.2), (0.1, 0.3), (0.0, 0.0), (0.5, -0.5)])
    func pairedRatesAddUpOverEveryTable(margin: Double?, law: (share: Double, truth: Double)) throws {
        let n = 24
        let share = max(law.share, abs(law.truth))
        let (gain, loss) = ((share + law.truth) / 2, (share - law.truth) / 2)
        var pass = 0.0
        var fail = 0.0
        for gains in 0...n {
            for losses in 0...(n - gains) {
                let first = try Binomial(trials: n, probability: gain).mass(gains)
                let rest = gain < 1 ? min(1, loss / (1 - gain)) : 0
                let chance = first * (try Binomial(trials: n - gains, probability: rest).mass(losses))
                let table = try PairedCounts(
                    both: n - gains - losses, onlyBaseline: losses, onlyCandidate: gains, neither: 0)
                let isWorse = try exactMcNemar(table, alternative: .less).pValue < 0.05
                guard let margin else {
                    if isWorse { fail += chance } else { pass += chance }
                    continue
                }
                let lower =
                    gains + losses == 0
                    ? try allEqualInterval(value: 0, range: -1...1, n: n).lower
                    : try tangoInterval(table).lower
                if lower > -margin {
                    pass += chance
                } else if isWorse, Double(losses - gains) / Double(n) >= margin - 1e-12 {
                    fail += chance
                }
            }
        }
        let model = try OperatingModel(.pairedRate(margin: margin, discordantShare: law.share), examples: n)
        let point = try model.point(at: law.truth)
        #expect(abs(point.pass - pass) < 1e-10)
        #expect(abs(point.fail - fail) < 1e-10)
    }

    @Test(arguments: [0.0, 0.5, 0.8, 0.95, 1.0], [0.3, 0.8, 0.97, 1.0])
    func ratesAddUpOverEveryCount(bound: Double, truth: Double) throws {
        let n = 40
        var sums = [0.0, 0.0, 0.0]
        for passes in 0...n {
            let chance = try Binomial(trials: n, probability: truth).mass(passes)
            let interval = try clopperPearsonInterval(successes: passes, trials: n)
            if interval.lower >= bound - 1e-12 { sums[0] += chance }
            if interval.upper < bound - 1e-12 { sums[1] += chance }
            if Double(passes) / Double(n) >= bound { sums[2] += chance }
        }
        let sure = try OperatingModel(.confidentRate(atLeast: bound), examples: n).point(at: truth)
        #expect(abs(sure.pass - sums[0]) < 1e-12 && abs(sure.fail - sums[1]) < 1e-12)
        let plain = try OperatingModel(.rate(atLeast: bound), examples: n).point(at: truth)
        #expect(abs(plain.pass - sums[2]) < 1e-12 && plain.unsure < 1e-12)
    }

    /// The noncentral t of the fixture, by another way.
    @Test func pairedMeansAgreeWithTheNoncentralT() throws {
        for row in try Oracles.rows("t_power") {
            let model = try OperatingModel(
                .pairedMean(margin: nil, deviation: 2), examples: row.int("n"), level: row("alpha"))
            let point = try model.point(at: -2 * (try row("effect")))
            #expect(abs(point.fail - (try row("power"))) < 1e-6, "\(row)")
        }
    }

    /// A margin makes failing harder; on the margin itself a pass is an error of 5 %.
    @Test(arguments: [12, 60, 150, 400, 3_000])
    func meansUnderAMarginKeepTheirErrorRates(n: Int) throws {
        let margin = 0.4
        let model = try OperatingModel(.pairedMean(margin: margin, deviation: 1), examples: n)
        let free = try OperatingModel(.pairedMean(margin: nil, deviation: 1), examples: n)
        let atMargin = try model.point(at: -margin)
        #expect(abs(atMargin.pass - 0.05) < (n < 200 ? 1e-9 : 0.002))
        #expect(try free.point(at: 0).fail > 0.05 - 1e-9)
        for truth in [-1.0, -0.4, -0.1, 0, 0.3] {
            #expect(try model.point(at: truth).fail <= free.point(at: truth).fail + 1e-12)
        }
        let sure = try OperatingModel(.confidentMean(atLeast: 0, deviation: 1), examples: n)
        #expect(abs(try sure.point(at: 0).pass - (try sure.point(at: 0).fail)) < 1e-9)
        let mean = try OperatingModel(.mean(atLeast: 0.1, deviation: 1), examples: n)
        #expect(abs(try mean.point(at: 0.1).pass - 0.5) < 1e-12)
    }

    /// Two one-sided tests on the log ratio: each edge is passed in 5 %, where the band is wide against the error.
    @Test func ratiosKeepTheErrorOfTheirEdges() throws {
        let model = try OperatingModel(.ratio(within: 0.2, deviation: 0.5), examples: 400)
        for edge in [1.2, 0.8] {
            let point = try model.point(at: edge)
            #expect(abs(point.pass - 0.05) < 1e-6 && abs(point.fail - 0.05) < 1e-6)
        }
        #expect(try model.point(at: 1).pass > 0.99 && model.point(at: 1.5).fail > 0.99)
        let tiny = try OperatingModel(.ratio(within: 0.02, deviation: 1), examples: 20)
        #expect(try tiny.point(at: 1).pass == 0)
        let wide = try OperatingModel(.ratio(within: 1.5, deviation: 0.5), examples: 100)
        #expect(try wide.point(at: 0.1).pass > 0.999)
        #expect(throws: EstimateError.self) { try model.point(at: 0) }
    }

    @Test func triesFollowTheBetaBinomialLaw() throws {
        // P(Bin(3, .9) ≥ 2) = .972 of each of 50 examples.
        let alike = OperatingModel.Form.tries(2, of: 3, share: 0.9, correlation: 0)
        let point = try OperatingModel(alike, examples: 50).point(at: 0.9)
        #expect(abs(point.pass - (try Binomial(trials: 50, probability: 0.972).atLeast(45))) < 1e-12)
        // Beta(.9, .1) among examples (correlation ½): P(≥ 2 of 3) = 1 − (3·.9·.1·1.1 + .1·1.1·2.1)/6.
        let mixed = OperatingModel.Form.tries(2, of: 3, share: 0, correlation: 0.5)
        #expect(try OperatingModel(mixed, examples: 1).point(at: 0.9).pass == 1)
        let whole = OperatingModel.Form.tries(2, of: 3, share: 1, correlation: 0.5)
        let hold = 1 - (3 * 0.9 * 0.1 * 1.1 + 0.1 * 1.1 * 2.1) / 6
        #expect(abs(try OperatingModel(whole, examples: 1).point(at: 0.9).pass - hold) < 1e-12)
        // Examples all of one kind or the other: every try agrees.
        let apart = OperatingModel.Form.tries(3, of: 3, share: 1, correlation: 0.999999)
        #expect(abs(try OperatingModel(apart, examples: 1).point(at: 0.7).pass - 0.7) < 1e-5)
    }

    /// The mean of C(c, k)/C(N, k) is p^k, so that a bound far below or above decides as it should.
    @Test func passHatKTurnsAtItsMean() throws {
        let curve = try passHatKOperatingCurve(
            over: [0.8, 0.9, 0.96], k: 3, tries: 5, atLeast: 0.729, examples: 200, trials: 2_000, seed: 4)
        #expect(curve.points[0].pass < 0.01 && curve.points[2].pass > 0.99)
        #expect(abs(curve.points[1].pass - 0.5) < 0.05)
        let error = try #require(try curve.points[1].simulationError(of: \.pass))
        #expect(error.width < 0.05 && error.contains(curve.points[1].pass))
        #expect(curve.method == "2,000 simulated runs, seed 4")
        #expect(
            try passHatKOperatingCurve(
                over: [0.8, 0.9, 0.96], k: 3, tries: 5, atLeast: 0.729, examples: 200, trials: 2_000, seed: 4)
                == curve)
    }

    /// The simulation of a gate that has a formula lies within its own error of the formula.
    @Test func simulationAndFormulaMeet() throws {
        let model = try OperatingModel(.pairedRate(margin: 0.05, discordantShare: 0.15), examples: 120)
        let truths = [-0.1, -0.05, 0, 0.05]
        let drawn = try simulatedOperatingCurve(over: truths, trials: 4_000, seed: 8) {
            (truth, stream) throws(EstimateError) in
            var losses = 0
            var gains = 0
            for _ in 0..<120 {
                let place = stream.unit()
                if place < (0.15 - truth) / 2 { losses += 1 } else if place < 0.15 { gains += 1 }
            }
            let table = try PairedCounts(
                both: 120 - losses - gains, onlyBaseline: losses, onlyCandidate: gains, neither: 0)
            if try tangoInterval(table).lower > -0.05 { return .pass }
            let isWorse = try exactMcNemar(table, alternative: .less).pValue < 0.05
            return isWorse && losses - gains >= 6 ? .fail : .unsure
        }
        for (point, truth) in zip(drawn.points, truths) {
            let exact = try model.point(at: truth)
            let pass = try #require(try point.simulationError(of: \.pass, confidence: 0.9999))
            let fail = try #require(try point.simulationError(of: \.fail, confidence: 0.9999))
            #expect(pass.contains(exact.pass) && fail.contains(exact.fail), "\(truth)")
        }
    }

    /// Better candidates pass more often and fail less often, and more examples help a good one.
    @Test(arguments: [
        OperatingModel.Form.rate(atLeast: 0.6), .confidentRate(atLeast: 0.6),
        .tries(2, of: 3, share: 0.6, correlation: 0.2),
        .mean(atLeast: 0.6, deviation: 0.5), .confidentMean(atLeast: 0.6, deviation: 0.5),
        .pairedRate(margin: nil, discordantShare: 0.2), .pairedRate(margin: 0.1, discordantShare: 0.2),
        .pairedMean(margin: nil, deviation: 0.5), .pairedMean(margin: 0.1, deviation: 0.5),
    ])
    func curvesRiseWithTheTruth(form: OperatingModel.Form) throws {
        let model = try OperatingModel(form, examples: 80)
        let curve = try model.curve(over: (0...40).map { Double($0) / 40 })
        for (before, after) in zip(curve.points, curve.points.dropFirst()) {
            #expect(after.pass >= before.pass - 1e-12 && after.fail <= before.fail + 1e-12)
        }
        #expect(curve.method == model.method && !curve.method.isEmpty)
        let needed = try #require(try examplesNeeded(for: form, at: 0.75))
        #expect(try OperatingModel(form, examples: needed).point(at: 0.75).pass >= 0.8)
        if needed > 2 {
            #expect(try OperatingModel(form, examples: needed - 1).point(at: 0.75).pass < 0.8)
        }
    }

    @Test func detectableChangesHaveTheirChance() throws {
        let paired = try OperatingModel(.pairedRate(margin: nil, discordantShare: 0.1), examples: 500)
        let drop = try #require(try paired.detectable())
        #expect(abs(drop - (try #require(try detectableDrop(n: 500, discordantShare: 0.1)))) < 1e-6)
        let scores = try OperatingModel(.pairedMean(margin: nil, deviation: 0.3), examples: 90)
        let loss = try #require(try scores.detectable())
        #expect(close(loss, try detectableDrop(n: 90, standardDeviation: 0.3), 1e-6))
        let ratio = try OperatingModel(.ratio(within: 0.1, deviation: 0.4), examples: 200)
        let rise = try #require(try ratio.detectable(from: 1))
        #expect(abs(try ratio.point(at: 1 + rise).fail - 0.8) < 1e-6)
        let bound = try OperatingModel(.rate(atLeast: 0.9), examples: 100)
        #expect(try #require(try bound.detectable(from: 0.95)) > 0.05)
        // Four pairs prove nothing.
        #expect(
            try OperatingModel(.pairedRate(margin: nil, discordantShare: 0), examples: 4).detectable() == nil)
        // At the margin itself no number of examples passes in 80 %.
        #expect(try examplesNeeded(for: .pairedMean(margin: 0.1, deviation: 1), at: -0.1) == nil)
        #expect(try observationsNeeded(forQuantile: 0.95) == 59)
        #expect(try observationsNeeded(forQuantile: 0.99) == 299)
    }

    @Test func modelsThatCannotBeAreRefused() throws {
        #expect(throws: EstimateError.tooFew(count: 1, needed: 2, of: "examples")) {
            try OperatingModel(.pairedMean(margin: nil, deviation: 1), examples: 1)
        }
        #expect(throws: EstimateError.invalidParameter("discordant share", must: "lie in 0...1")) {
            try OperatingModel(.pairedRate(margin: nil, discordantShare: 1.5), examples: 10)
        }
        #expect(throws: EstimateError.invalidParameter("deviation", must: "be positive")) {
            try OperatingModel(.pairedMean(margin: nil, deviation: 0), examples: 10)
        }
        #expect(throws: EstimateError.invalidParameter("margin", must: "be zero or more")) {
            try OperatingModel(.pairedMean(margin: -0.1, deviation: 1), examples: 10)
        }
        #expect(throws: EstimateError.invalidParameter("truth", must: "lie in -1...1")) {
            try OperatingModel(.pairedRate(margin: nil, discordantShare: 0.1), examples: 10).point(at: 1.1)
        }
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "truths")) {
            try OperatingModel(.rate(atLeast: 0.5), examples: 10).curve(over: [])
        }
        #expect(throws: EstimateError.self) {
            try OperatingModel(.rate(atLeast: 0.5), examples: 20_000_000)
        }
        #expect(throws: EstimateError.self) {
            try OperatingModel(.tries(4, of: 3, share: 1, correlation: 0), examples: 9)
        }
    }
}

@Suite struct TestPowerTests {
    /// Cohen (1988), table 2.4.1: d = .5 at two-sided .05 and power .80 needs 64 an arm; statsmodels 0.15.0: 33.4 pairs.
    @Test func tTestsNeedWhatCohenPrints() throws {
        let two = try examplesNeeded(forMeanDifference: 0.5, standardDeviation: 1, independentArms: true)
        #expect(two == 64)
        #expect(try examplesNeeded(forMeanDifference: 0.5, standardDeviation: 1) == 34)
        #expect(
            try examplesNeeded(forMeanDifference: 0.5, standardDeviation: 1, alternative: .less) == nil)
        let power = try tTestPower(difference: 0, standardDeviation: 1, n: 30, alternative: .twoSided)
        #expect(abs(power - 0.05) < 1e-9)
        #expect(throws: EstimateError.self) { try tTestPower(difference: 1, standardDeviation: 0, n: 9) }
        #expect(throws: EstimateError.self) { try tTestPower(difference: 1, standardDeviation: 1, n: 1) }
    }

    /// statsmodels 0.15.0, power_proportions_2indep: .7996 with 434 an arm, .8005 with 435.
    @Test func proportionsNeedWhatTheFormulaGives() throws {
        let needed = try #require(try trialsNeeded(baselineRate: 0.05, candidateRate: 0.10))
        #expect(needed.baseline == 435 && needed.candidate == 435)
        let uneven = try #require(
            try trialsNeeded(baselineRate: 0.05, candidateRate: 0.10, ratio: 1.0 / 9))
        #expect(uneven.candidate < needed.candidate && uneven.baseline > needed.baseline)
        #expect(throws: EstimateError.self) {
            try twoProportionPower(
                baselineRate: 0, candidateRate: 0, baselineTrials: 10, candidateTrials: 10)
        }
    }

    /// FORMULAS: five tries at true d = −m ship 13.5 % instead of 5 %, where two tries' estimates share .7.
    @Test func triesAddUpToALottery() throws {
        #expect(abs(try retryPassChance(attempts: 5, correlation: 0.7) - 0.135) < 5e-4)
        #expect(abs(try retryPassChance(attempts: 5, correlation: 0) - 0.2262190625) < 1e-9)
        #expect(abs(try retryPassChance(attempts: 1, correlation: 0.5) - 0.05) < 1e-9)
        for correlation in [0.0, 0.3, 0.7, 0.999] {
            let spent = try retryPassChance(attempts: 40, correlation: correlation, isHalved: true)
            #expect(spent < 0.1 && spent >= 0.05)
        }
        #expect(try proofLevel(attempt: 3) == 0.0125)
        #expect(throws: EstimateError.self) { try proofLevel(attempt: 0) }
        #expect(throws: EstimateError.self) { try retryPassChance(attempts: 2, correlation: 1) }
    }

    @Test func theUnmeasuredBoundTheMean() throws {
        let bounds = try imputationBounds(mean: 0.9, measured: 95, unmeasured: 5, range: 0...1)
        #expect(abs(bounds.lowest - 0.855) < 1e-12 && abs(bounds.highest - 0.905) < 1e-12)
        let nothing = try imputationBounds(mean: 0, measured: 0, unmeasured: 3, range: -1...1)
        #expect(nothing.lowest == -1 && nothing.highest == 1)
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "examples")) {
            try imputationBounds(mean: 0, measured: 0, unmeasured: 0, range: 0...1)
        }
        #expect(throws: EstimateError.outsideRange(index: 0, of: "mean")) {
            try imputationBounds(mean: 2, measured: 1, unmeasured: 0, range: 0...1)
        }
    }
}
