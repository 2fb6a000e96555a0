import Statistics
import Testing

@Suite struct DistributionTests {
    @Test(arguments: ["ibeta_data.txt", "ibeta_int_data.txt"])
    func betaTailsMatchHighPrecisionTables(file: String) throws {
        let rows = try Oracles.columns(file)
        #expect(rows.count == 50)
        for row in rows {
            let beta = try Beta(alpha: row[0], beta: row[1])
            #expect(close(try beta.cumulative(row[2]), row[5], 1e-9, floor: 1e-290), "\(row)")
            #expect(close(try beta.survival(row[2]), row[6], 1e-9, floor: 1e-290), "\(row)")
        }
    }

    @Test func betaQuantilesMatchHighPrecisionTables() throws {
        for row in try Oracles.columns("ibeta_inv_data.txt") {
            let beta = try Beta(alpha: row[0], beta: row[1])
            #expect(close(try beta.quantile(row[2]), row[3], 1e-9), "\(row)")
            #expect(close(try beta.upperQuantile(row[2]), row[4], 1e-9), "\(row)")
        }
    }

    @Test func normalTailsMatchErrorFunctionTables() throws {
        for row in try Oracles.columns("erf_data.txt") {
            // Φ(x√2) = (1 + erf x)/2
            let x = row[0] * 2.0.squareRoot()
            #expect(close(try Normal.survival(x), row[2] / 2, 1e-12), "\(row)")
            #expect(close(try Normal.cumulative(-x), row[2] / 2, 1e-12), "\(row)")
            #expect(close(try Normal.cumulative(x) - 0.5, row[1] / 2, 1e-12, floor: 1e-3), "\(row)")
        }
    }

    @Test func normalQuantilesMatchInverseErrorFunctionTables() throws {
        for row in try Oracles.columns("erf_inv_data.txt") {
            let expected = row[1] * 2.0.squareRoot()
            #expect(close(try Normal.quantile((1 + row[0]) / 2), expected, 1e-12, floor: 1e-3), "\(row)")
        }
        #expect(close(try Normal.quantile(0.975), 1.959963984540054, 1e-14))
    }

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
    }
}
