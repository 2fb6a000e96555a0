import Foundation
import Statistics
import Testing

@Suite struct DistributionTests {
    @Test func studentTMatchesSciPy() throws {
        for row in try Oracles.rows("t") {
            let law = try StudentT(degreesOfFreedom: row("df"))
            #expect(close(try law.cumulative(row("x")), try row("cdf"), 1e-10))
            #expect(close(try law.survival(row("x")), try row("sf"), 1e-10))
        }
        for row in try Oracles.rows("t_quantile") {
            let law = try StudentT(degreesOfFreedom: row("df"))
            #expect(close(try law.quantile(row("p")), try row("x"), 1e-13, floor: 1e-3))
        }
    }

    @Test func binomialMatchesSciPy() throws {
        for row in try Oracles.rows("binomial") {
            let law = try Binomial(trials: row.int("n"), probability: row("p"))
            let k = try row.int("k")
            #expect(close(try law.mass(k), try row("pmf"), 1e-10))
            #expect(close(try law.cumulative(k), try row("cdf"), 1e-10))
            #expect(close(try law.atLeast(k), try row("sf"), 1e-10))
        }
        for row in try Oracles.rows("binomial_quantile") {
            let law = try Binomial(trials: row.int("n"), probability: row("p"))
            #expect(try law.quantile(row("level")) == row.int("k"))
        }
    }

    /// Forty digits by mpmath, from continued fractions and series evaluated from the far end
    /// (`oracles/distributions.py`).
    static let logTails: [(String, @Sendable () throws -> Double, Double)] = [
        ("normal 50", { try Normal.logSurvival(50) }, -1254.8313611394199),
        ("normal -50", { try Normal.logCumulative(-50) }, -1254.8313611394199),
        ("normal 1e5", { try Normal.logSurvival(1e5) }, -5_000_000_012.431864),
        ("normal -6", { try Normal.logSurvival(-6) }, -9.8658764552437e-10),
        ("t5 1e200", { try StudentT(degreesOfFreedom: 5).logSurvival(1e200) }, -2300.33483675823221),
        ("t1000 1e4", { try StudentT(degreesOfFreedom: 1_000).logSurvival(1e4) }, -5760.84079364277349),
        ("t1e8 6", { try StudentT(degreesOfFreedom: 1e8).logSurvival(6) }, -20.7367655320176701),
        ("beta", { try Beta(alpha: 500, beta: 800).logCumulative(0.001) }, -2592.78266966545757),
        ("gamma high", { try Gamma(shape: 2.5).logSurvival(1_000) }, -989.921550327373451),
        ("gamma low", { try Gamma(shape: 900).logCumulative(1) }, -5227.47440500641995),
        ("chi", { try ChiSquared(degreesOfFreedom: 3).logSurvival(5_000) }, -2495.96699481690197),
        ("F", { try FisherF(numerator: 500, denominator: 500).logSurvival(100) }, -813.700944841698884),
        ("F", { try FisherF(numerator: 8, denominator: 180).logSurvival(400) }, -252.329504031285479),
        (
            "bin", { try Binomial(trials: 1_000_000, probability: 0.5).logSurvival(899_999) },
            -368070.712107624366
        ),
        ("bin", { try Binomial(trials: 40, probability: 1e-12).logSurvival(39) }, -1105.24084463714193),
        (
            "mass", { try Binomial(trials: 1_000_000_000, probability: 0.5).logMass(500_100_000) },
            -30.5874243847012681
        ),
        (
            "mass", { try Binomial(trials: 1_000_000_000, probability: 1e-6).logMass(1_200) },
            -23.2499339483020895
        ),
        ("poisson", { try Poisson(mean: 4.5).logSurvival(399) }, -1403.35845420687857),
        ("poisson", { try Poisson(mean: 1e6).logCumulative(899_999) }, -5181.1127970019546),
        (
            "hyper", { try Hypergeometric(population: 2_000, successes: 1_000, draws: 1_000).logMass(900) },
            -738.441418670950913
        ),
    ]

    @Test func logarithmsOfTailsGoOnWhereTheTailsThemselvesVanish() throws {
        for (name, found, expected) in Self.logTails {
            #expect(close(try found(), expected, 2e-13), "\(name)")
        }
    }

    @Test func smallTailsKeepTheirRelativePrecision() throws {
        // Boost.Math 1.74 itself answers 0 here.
        let beta = try Beta(alpha: 36.57089937848892, beta: 1109.0327213848818)
        #expect(close(try beta.survival(0.4964834642190529), 2.41562389089747526e-274, 1e-12))
        let million = try Binomial(trials: 1_000_000_000, probability: 0.5)
        #expect(close(try million.atLeast(500_100_000), 1.27007417987728339e-10, 1e-12))
        let rare = try Binomial(trials: 1_000_000_000, probability: 1e-6)
        #expect(close(try rare.atLeast(1_200), 4.68410842458816717e-10, 1e-12))
        let tenth = try Binomial(trials: 1_000_000_000, probability: 0.1)
        #expect(close(try tenth.atLeast(100_200_000), 6.66438685377821285e-99, 1e-12))
        #expect(close(try Poisson(mean: 1e-5).atLeast(3), 1.66665416671666694e-16, 1e-13))
        let large = try Hypergeometric(population: 1_000_000_000, successes: 100_000_000, draws: 1_000_000)
        #expect(close(try large.atLeast(101_000), 0.000436000245058269102, 1e-11))
        let few = try Hypergeometric(population: 1_000_000_000, successes: 300, draws: 100_000_000)
        #expect(close(try few.atLeast(60), 1.65642041688586804e-7, 1e-12))
    }

    /// The smallest k by its definition, in forty digits.
    @Test(arguments: [
        (1_000_000_000, 0.5, 0.975, 500_030_990), (1_000_000_000, 0.1, 1e-9, 99_943_104),
        (1_000_000_000, 1e-6, 0.5, 1_000), (999_999_937, 0.37, 0.123456789, 369_982_299),
        (999_999_999, 0.5, 0.5, 499_999_999), (3, 0.5, 0.875, 2), (3, 0.5, 0.5, 1),
    ])
    func quantilesOfCountsAreExact(trials: Int, probability: Double, level: Double, k: Int) throws {
        let law = try Binomial(trials: trials, probability: probability)
        #expect(try law.quantile(level) == k)
        #expect(try law.upperQuantile(1 - level) == k)
    }

    @Test func quantilesOfCountsAreTheSmallestThatReachTheLevel() throws {
        var laws: [any CountLaw] = []
        for trials in [1, 2, 17, 400, 100_000] {
            for p in [1e-5, 0.2, 0.5, 0.999] { laws.append(try Binomial(trials: trials, probability: p)) }
        }
        for mean in [1e-3, 0.7, 45, 1e5] { laws.append(try Poisson(mean: mean)) }
        for draws in [0, 1, 30, 499] {
            laws.append(try Hypergeometric(population: 500, successes: 40, draws: draws))
        }
        for law in laws {
            var last = -1
            for level in [1e-12, 0.001, 0.05, 0.5, 0.9, 0.999, 1 - 1e-9] {
                let k = try law.quantile(level)
                #expect(try law.cumulative(k) >= level * (1 - 1e-12))
                if k > 0 { #expect(try law.cumulative(k - 1) < level) }
                #expect(k >= last)
                last = k
                let upper = try law.upperQuantile(level)
                #expect(try law.survival(upper) <= level * (1 + 1e-12))
                if upper > 0 { #expect(try law.survival(upper - 1) > level) }
            }
        }
    }

    @Test func bothTailsAddUpAndMassesAreTheirSteps() throws {
        let laws: [any CountLaw] = [
            try Binomial(trials: 30, probability: 0.2), try Poisson(mean: 6),
            try Hypergeometric(population: 90, successes: 40, draws: 30),
        ]
        for law in laws {
            for k in 0...30 {
                #expect(close(try law.cumulative(k) + law.survival(k), 1, 1e-14))
                let step = try law.survival(k - 1) - law.survival(k)
                #expect(close(exp(law.logMass(k)), step, 1e-11, floor: 1e-3))
            }
        }
    }

    @Test func quantilesInvertTheirTails() throws {
        var stream = RandomStream(seed: 7, stream: 1)
        for _ in 0..<200 {
            let (a, b) = (exp(stream.unit() * 8 - 1), exp(stream.unit() * 8 - 1))
            let laws: [any ContinuousLaw] = [
                try StudentT(degreesOfFreedom: a), try ChiSquared(degreesOfFreedom: a),
                try FisherF(numerator: a, denominator: b), try Beta(alpha: a, beta: b), try Gamma(shape: a),
            ]
            let level = exp(-20 * stream.unit())
            for law in laws {
                let x = try law.upperQuantile(level)
                // Next to 1 a beta variable has no digits left for its upper tail.
                guard !(law is Beta) || x < 0.99 else { continue }
                #expect(close(try law.survival(x), level, 1e-9), "\(law) \(level)")
            }
        }
    }

    @Test func theLargestAndSmallestArgumentsHaveAnswers() throws {
        for law in [try StudentT(degreesOfFreedom: 1), try StudentT(degreesOfFreedom: 1e6)] {
            #expect(try law.cumulative(.infinity) == 1 && law.survival(.infinity) == 0)
            #expect(try law.cumulative(-.infinity) == 0 && law.survival(-1e308) == 1)
        }
        // P(T > x) of one degree of freedom is 1/(πx) far out, though x² overflows.
        #expect(close(try StudentT(degreesOfFreedom: 1).survival(1e200), 1 / (Double.pi * 1e200), 1e-12))
        #expect(try ChiSquared(degreesOfFreedom: 2).survival(.infinity) == 0)
        #expect(try FisherF(numerator: 2, denominator: 3).cumulative(.infinity) == 1)
        #expect(try Gamma(shape: 2).cumulative(-1) == 0)
        #expect(try Beta(alpha: 2, beta: 3).logCumulative(0) == -.infinity)
        #expect(try Binomial(trials: 0, probability: 0.5).cumulative(0) == 1)
        #expect(try Binomial(trials: 9, probability: 1).quantile(0.5) == 9)
        #expect(try Binomial(trials: 9, probability: 0).upperQuantile(1e-9) == 0)
    }

    @Test func argumentsOutsideTheDomainAreErrors() {
        #expect(throws: EstimateError.self) { try Normal.quantile(0) }
        #expect(throws: EstimateError.self) { try Normal.quantile(1) }
        #expect(throws: EstimateError.self) { try Normal.quantile(.nan) }
        #expect(throws: EstimateError.self) { try Normal.cumulative(.nan) }
        #expect(throws: EstimateError.self) { try StudentT(degreesOfFreedom: 0) }
        #expect(throws: EstimateError.self) { try StudentT(degreesOfFreedom: .nan) }
        #expect(throws: EstimateError.self) { try StudentT(degreesOfFreedom: 3).survival(.nan) }
        #expect(throws: EstimateError.self) { try Beta(alpha: -1, beta: 1) }
        #expect(throws: EstimateError.self) { try Beta(alpha: 1, beta: 1).cumulative(1.5) }
        #expect(throws: EstimateError.self) { try Binomial(trials: -1, probability: 0.5) }
        #expect(throws: EstimateError.self) { try Binomial(trials: 3, probability: .nan) }
        #expect(throws: EstimateError.self) { try ChiSquared(degreesOfFreedom: 0) }
        #expect(throws: EstimateError.self) { try ChiSquared(degreesOfFreedom: 3).survival(.nan) }
        #expect(throws: EstimateError.self) { try FisherF(numerator: 1, denominator: .infinity) }
        #expect(throws: EstimateError.self) { try FisherF(numerator: 1, denominator: 2).quantile(1) }
        #expect(throws: EstimateError.self) { try Gamma(shape: 0) }
        #expect(throws: EstimateError.self) { try Poisson(mean: 0) }
        #expect(throws: EstimateError.self) { try Poisson(mean: .infinity) }
        #expect(throws: EstimateError.invalidCounts("draws and population")) {
            try Hypergeometric(population: 5, successes: 3, draws: 6)
        }
        #expect(throws: EstimateError.invalidCounts("successes and population")) {
            try Hypergeometric(population: 5, successes: -3, draws: 2)
        }
        #expect(
            "\(EstimateError.invalidParameter("degrees of freedom", must: "be positive and finite"))"
                == "degrees of freedom must be positive and finite")
    }
}
