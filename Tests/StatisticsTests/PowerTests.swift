import Statistics
import Testing

@Suite struct PowerTests {
    @Test func detectableDropOfAMeanMatchesTheIntegral() throws {
        for row in try Oracles.rows("t_power") {
            let n = try row.int("n")
            let drop = try detectableDrop(
                n: n, standardDeviation: 2, alpha: row("alpha"), power: row("power"))
            #expect(close(drop, 2 * (try row("effect")), n < 2_000 ? 1e-6 : 1e-3), "n \(n)")
        }
    }

    @Test func powerOfMcNemarMatchesTheSumOverAllTables() throws {
        for row in try Oracles.rows("mcnemar_power") {
            let power = try mcNemarPower(
                n: row.int("n"), drop: row("drop"), discordantShare: row("share"), alpha: row("alpha"))
            #expect(close(power, try row("power"), 1e-9))
        }
    }

    @Test(arguments: [(80, 0.1), (500, 0.1), (512, 0.02), (5_000, 0.2), (100_000, 0.1)])
    func detectableDropOfARateHasItsPower(n: Int, share: Double) throws {
        let drop = try #require(try detectableDrop(n: n, discordantShare: share))
        let power = try mcNemarPower(n: n, drop: drop, discordantShare: max(share, drop))
        #expect(power >= 0.8)
        #expect(power < 0.81)
    }

    @Test func withoutDisagreementTheDropIsWhatFiveLossesNeed() throws {
        // P(Bin(500, δ) ≥ 5) = .8 at δ = .01341 (5 losses of 5 are the first with p ≤ .05).
        let drop = try #require(try detectableDrop(n: 500, discordantShare: 0))
        let losses = try Binomial(trials: 500, probability: drop).atLeast(5)
        #expect(abs(losses - 0.8) < 1e-3)
        #expect(try detectableDrop(n: 4, discordantShare: 0) == nil)
        #expect(try detectableDrop(n: 5, discordantShare: 0) != nil)
    }

    @Test func exactAndApproximatePowerMeet() throws {
        let exact = try mcNemarPower(n: 3_990, drop: 0.015, discordantShare: 0.1)
        let normal = try mcNemarPower(n: 4_010, drop: 0.015, discordantShare: 0.1)
        #expect(abs(exact - normal) < 0.03)
    }

    /// (1.645·σ/(d + m))² by hand.
    @Test(arguments: [
        (-0.006, 0.2, 0.01, DecisionForecast.Outcome.pass, 6_764), (0.0, 0.316, 0.02, .pass, 676),
        (-0.03, 0.3, 0.02, .fail, 271), (-0.02, 0.3, 0.02, .fail, 609),
    ])
    func moreExamplesWouldDecide(
        difference: Double, deviation: Double, margin: Double, outcome: DecisionForecast.Outcome,
        examples: Int
    ) throws {
        let forecast = try #require(
            try examplesToDecide(difference: difference, standardDeviation: deviation, margin: margin))
        #expect(forecast.outcome == outcome)
        #expect(abs(forecast.examples - examples) <= 1)
        // One example more or less straddles the limit.
        let z = try Normal.quantile(0.95)
        let gap = outcome == .pass ? difference + margin : -difference
        #expect(z * deviation / Double(forecast.examples).squareRoot() < gap)
        #expect(z * deviation / Double(forecast.examples - 1).squareRoot() >= gap)
    }

    @Test func noNumberOfExamplesDecidesADifferenceOfZeroWithoutMargin() throws {
        #expect(try examplesToDecide(difference: 0, standardDeviation: 1, margin: 0) == nil)
        #expect(throws: EstimateError.self) {
            try examplesToDecide(difference: .nan, standardDeviation: 1, margin: 0.1)
        }
        #expect(throws: EstimateError.overflow) {
            try examplesToDecide(difference: 1e-12, standardDeviation: 1, margin: 0)
        }
        #expect(close(try pairedDeviation(discordantShare: 0.1), 0.31622776601683794, 1e-12))
        #expect(throws: EstimateError.self) { try pairedDeviation(discordantShare: 0.1, difference: 0.2) }
    }

    /// FORMULAS: 5 % at 30 examples becomes 3.1 % at 80; 2 % needs about 190.
    @Test func automaticMarginTightensWithTheSet() throws {
        func margin(_ n: Int, cap: Double = 0.05) throws -> AutomaticMargin {
            try automaticMargin(n: n, standardDeviation: 0.111, gates: 1, cap: cap)
        }
        #expect(try margin(30).margin == 0.05)
        #expect(try margin(30).isCapped)
        #expect(abs(try margin(80).margin - 0.031) < 0.0005)
        #expect(abs(try margin(80, cap: 0.02).examplesForCap - 190) <= 1)
        #expect(
            close(try automaticMargin(n: 100, standardDeviation: 1, gates: 10, cap: 1).power, 0.98, 1e-12))
        // 1.6449 + 2.0537 standard errors.
        #expect(
            close(try automaticMargin(n: 100, standardDeviation: 1, gates: 10, cap: 1).margin, 0.36986, 1e-4))
        #expect(throws: EstimateError.self) {
            try automaticMargin(n: 1, standardDeviation: 1, gates: 1, cap: 1)
        }
    }

    /// C(c, k) / C(N, k) by hand.
    @Test(arguments: [
        (8, 10, 1, 0.8), (8, 10, 2, 28.0 / 45), (8, 10, 8, 1.0 / 45), (8, 10, 9, 0.0), (5, 5, 5, 1.0),
    ])
    func passHatKCountsDraws(passes: Int, tries: Int, k: Int, expected: Double) throws {
        #expect(close(try passHatK(passes: passes, tries: tries, k: k), expected, 1e-12))
    }

    @Test func triesThatWereNotMadeAreNoAnswer() throws {
        #expect(throws: EstimateError.tooFew(count: 3, needed: 5)) { try passHatK(passes: 3, tries: 3, k: 5) }
        #expect(throws: EstimateError.self) { try passHatK(passes: 3, tries: 3, k: 0) }
        #expect(throws: EstimateError.invalidCounts()) { try passHatK(passes: 4, tries: 3, k: 1) }
        #expect(try passesKOfN(passes: 2, tries: 3, k: 2, n: 3))
        #expect(try !passesKOfN(passes: 1, tries: 3, k: 2, n: 3))
        #expect(throws: EstimateError.tooFew(count: 2, needed: 3)) {
            try passesKOfN(passes: 2, tries: 2, k: 2, n: 3)
        }
    }
}
