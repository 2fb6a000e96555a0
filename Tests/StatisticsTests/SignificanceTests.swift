import Foundation
import Statistics
import Testing

@Suite struct SignificanceTests {
    @Test func mcNemarMatchesStatsmodelsOnGSM8K() throws {
        let data = try Data(contentsOf: Oracles.folder.appendingPathComponent("gsm8k-model-runs.json"))
        let file = try JSONDecoder().decode([String: Row].self, from: data)
        var seen = 0
        for (name, row) in file {
            guard case .tables(let table)? = row.fields["table"] else { continue }
            let counts = try PairedCounts(
                both: Int(table[0][0]), onlyBaseline: Int(table[0][1]), onlyCandidate: Int(table[1][0]),
                neither: Int(table[1][1]))
            let result = try exactMcNemar(counts, alternative: .twoSided)
            #expect(close(result.pValue, try row("mcnemar_exact_p"), 1e-10), "\(name)")
            seen += 1
        }
        #expect(seen == 6)
    }

    @Test(arguments: [
        (0, 0, 1.0, 1.0, 1.0), (5, 0, 1.0 / 32, 1.0, 1.0 / 16), (3, 3, 0.65625, 0.65625, 1.0),
        (1, 4, 0.96875, 0.1875, 0.375),
    ])
    func mcNemarCountsTheWorseAsLess(
        losses: Int, gains: Int, less: Double, greater: Double, two: Double
    ) throws {
        // Expected values by hand from the binomial with ½.
        let counts = try PairedCounts(both: 10, onlyBaseline: losses, onlyCandidate: gains, neither: 3)
        #expect(close(try exactMcNemar(counts, alternative: .less).pValue, less, 1e-12))
        #expect(close(try exactMcNemar(counts, alternative: .greater).pValue, greater, 1e-12))
        #expect(close(try exactMcNemar(counts, alternative: .twoSided).pValue, two, 1e-12))
    }

    @Test func pairedCountsComeFromFlags() throws {
        let counts = try PairedCounts(
            baseline: [true, true, false, false, true, true],
            candidate: [true, false, true, false, true, false])
        #expect(counts == (try PairedCounts(both: 2, onlyBaseline: 2, onlyCandidate: 1, neither: 1)))
        #expect(throws: EstimateError.unequalLengths(1, 0, of: "baseline and candidate")) {
            try PairedCounts(baseline: [true], candidate: [])
        }
    }

    @Test func exactBinomialMatchesSciPy() throws {
        for row in try Oracles.rows("binomial_test") {
            let (k, n, p) = (try row.int("k"), try row.int("n"), try row("p"))
            for (side, name) in [(Alternative.less, "less"), (.greater, "greater"), (.twoSided, "two")] {
                let result = try binomialTest(successes: k, trials: n, probability: p, alternative: side)
                #expect(close(result.pValue, try row(name), 1e-9), "\(k) of \(n), \(name)")
            }
        }
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1)) {
            try binomialTest(successes: 0, trials: 0, probability: 0.5, alternative: .less)
        }
    }

    @Test func holmMatchesR() throws {
        var seen = 0
        for line in try Oracles.text("experiment-statistics.jsonl").split(separator: "\n") {
            let row = try JSONDecoder().decode(Row.self, from: Data(line.utf8))
            guard try row.word("stat") == "p_adjust" else { continue }
            let adjusted = try holmAdjusted(row.list("p"))
            for (value, expected) in zip(adjusted, try row.list("adjusted")) {
                #expect(close(value, expected, 1e-9))
            }
            #expect(adjusted.count == (try row.list("adjusted").count))
            seen += 1
        }
        #expect(seen == 3)
    }

    @Test func holmKeepsTheOrderGivenAndCountsTheWholeFamily() throws {
        #expect(try holmAdjusted([]) == [])
        let adjusted = try holmAdjusted([0.04, 0.01, 0.03], familySize: 5)
        for (value, expected) in zip(adjusted, [0.12, 0.05, 0.12]) { #expect(close(value, expected, 1e-12)) }
        // The same as with the missing ones at 1.
        let full = try holmAdjusted([0.04, 0.01, 0.03, 1, 1])
        #expect(Array(full.prefix(3)) == adjusted)
        #expect(throws: EstimateError.self) { try holmAdjusted([0.1, .nan]) }
        #expect(throws: EstimateError.self) { try holmAdjusted([0.1, 1.1]) }
        #expect(throws: EstimateError.invalidCounts("the p-values and their family's size")) {
            try holmAdjusted([0.1, 0.2], familySize: 1)
        }
    }

    @Test func pairedTMatchesSciPy() throws {
        for row in try Oracles.rows("paired_t") {
            let values = try Oracles.sample(row.word("sample"))
            #expect(close(try pairedTTest(values, alternative: .less).pValue, try row("less"), 1e-10))
            #expect(close(try pairedTTest(values, alternative: .greater).pValue, try row("greater"), 1e-10))
            #expect(close(try pairedTTest(values, alternative: .twoSided).pValue, try row("two"), 1e-10))
        }
        #expect(throws: EstimateError.allEqual(value: 1)) { try pairedTTest([1, 1], alternative: .less) }
        #expect(throws: EstimateError.tooFew(count: 1, needed: 2)) {
            try pairedTTest([1], alternative: .less)
        }
    }

    @Test func signFlipsMatchExactArithmetic() throws {
        for row in try Oracles.rows("sign_flip") {
            let values = try row.list("values")
            let sample = try row.word("sample")
            for (side, name) in [(Alternative.less, "less"), (.greater, "greater"), (.twoSided, "two")] {
                let result = try signFlipTest(values, alternative: side, seed: 1)
                #expect(close(result.pValue, try row(name), 1e-12), "\(sample) \(name)")
                #expect(result.method == "exact sign flip")
            }
        }
    }

    @Test func drawnSignsAgreeWithTheTTest() throws {
        let values = try Oracles.sample("normal")
        let result = try signFlipTest(values, alternative: .less, seed: 3)
        #expect(abs(result.pValue - (try pairedTTest(values, alternative: .less).pValue)) < 0.02)
        #expect(result.method == "sign flip, 10,000 resamples, seed 3")
        let greater = try signFlipTest(values, alternative: .greater, seed: 3)
        #expect(abs(result.pValue + greater.pValue - 1) < 0.002)
        #expect(try signFlipTest(values, alternative: .less, seed: 3) == result)
    }

    @Test(arguments: [(14, 6), (45, 25), (75, 55)])
    func drawnSignsOfEqualSizesAreTossesOfACoin(losses: Int, gains: Int) throws {
        let values = [Double](repeating: -1, count: losses) + [Double](repeating: 1, count: gains)
        let exact = try Binomial(trials: losses + gains, probability: 0.5).atLeast(losses)
        let drawn = try signFlipTest(values, alternative: .less, seed: 5).pValue
        // Four deviations of a share of 10,000 draws.
        #expect(abs(drawn - exact) < 4 * (exact * (1 - exact) / 10_000).squareRoot())
    }

    @Test func aCertainRegressionHasTheSmallestPValue() throws {
        let dropped = [Double](repeating: -0.1, count: 100)
        #expect(close(try signFlipTest(dropped, alternative: .less, seed: 0).pValue, 1.0 / 10_001, 1e-12))
        #expect(try signFlipTest(dropped, alternative: .greater, seed: 0).pValue == 1)
        #expect(try signFlipTest([0, 0, 0], alternative: .less, seed: 0).pValue == 1)
        #expect(throws: EstimateError.self) { try signFlipTest([], alternative: .less, seed: 0) }
        #expect(throws: EstimateError.notFinite(index: 0)) {
            try signFlipTest([.nan], alternative: .less, seed: 0)
        }
    }

    @Test(arguments: [(20, "sign flip, 10,000 resamples, seed 1"), (5_000, "paired t, one-sided (less)")])
    func theNumberOfExamplesPicksTheMeanTest(n: Int, method: String) throws {
        let values = (0..<n).map { Double($0 % 5) + 0.5 }
        #expect(try pairedMeanTest(values, alternative: .less, seed: 1).method == method)
        let equal = try pairedMeanTest([Double](repeating: -1, count: n), alternative: .less, seed: 1)
        #expect(equal.pValue < 0.001)
        #expect(throws: EstimateError.tooFew(count: 1, needed: 2)) {
            try pairedMeanTest([1], alternative: .less, seed: 1)
        }
    }
}
