import Foundation
import Statistics
import Testing

@Suite struct AssociationTests {
    @Test func fishersIntervalOfTheDesign() throws {
        // FORMULAS: r .5, n 20, to a unit of the sixth digit (SciPy: .0738106, .7717607).
        let interval = try fisherInterval(correlation: 0.5, count: 20, confidence: 0.95)
        #expect(abs(interval.lower - 0.073811) < 2e-6 && abs(interval.upper - 0.771762) < 2e-6)
        #expect(interval.method == "Fisher z")
    }

    @Test func fiveReleasesByHand() throws {
        let x: [Double] = [1, 2, 3, 4, 5]
        let y: [Double] = [2, 1, 4, 3, 5]
        // Two of ten pairs disagree; Σd² = 4; 14 of 120 orders have at most two inversions.
        #expect(close(try kendallCorrelation(x, y).value, 0.6, 1e-12))
        #expect(close(try spearmanCorrelation(x, y).value, 1 - 6 * 4.0 / 120, 1e-12))
        let test = try kendallTest(x, y, alternative: .twoSided)
        #expect(test.statistic == 6)
        #expect(close(test.pValue, 28.0 / 120, 1e-12))
        #expect(close(try kendallTest(x, y, alternative: .greater).pValue, 14.0 / 120, 1e-12))
        let permuted = try correlationPermutationTest(
            x, y, kind: .kendall, alternative: .twoSided, seed: 0)
        #expect(close(permuted.pValue, 28.0 / 120, 1e-12))
    }

    @Test func tiesOfKendallByHand() throws {
        // Of six pairs one is tied in both, one more in y; the four others agree: 4 / √(5 · 4).
        let tau = try kendallCorrelation([1, 1, 2, 3], [1, 1, 2, 2])
        #expect(close(tau.value, 4 / 20.0.squareRoot(), 1e-12))
        #expect(try kendallTest([1, 1, 2, 3], [1, 1, 2, 2], alternative: .twoSided).statistic == 4)
    }

    @Test func anscombesFirstSet() throws {
        // F. J. Anscombe, The American Statistician 27 (1973) 17–21: r = .816 in each of four sets.
        let x: [Double] = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
        let sets: [[Double]] = [
            [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68],
            [9.14, 8.14, 8.74, 8.77, 9.26, 8.1, 6.13, 3.1, 9.13, 7.26, 4.74],
            [7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73],
        ]
        for y in sets {
            #expect(abs(try pearsonCorrelation(x, y).value - 0.8164) < 3e-4)
            #expect(abs(try #require(try pearsonTest(x, y, alternative: .twoSided).statistic) - 4.24) < 0.01)
        }
    }

    @Test func perfectOrdersHaveNoIntervalAndTheLeastP() throws {
        let up = [1.0, 2, 3, 4, 5]
        let down = up.map { -$0 * $0 * $0 }
        for estimate in [
            try spearmanCorrelation(up, down), try kendallCorrelation(up, down),
            try pearsonCorrelation(up, up.map { 3 - 2 * $0 }),
        ] {
            #expect(estimate.value == -1 && estimate.interval == nil)
        }
        for kind in [CorrelationKind.spearman, .kendall] {
            let test = try correlationPermutationTest(up, down, kind: kind, alternative: .twoSided, seed: 0)
            #expect(close(test.pValue, try leastPermutationP(count: 5), 1e-12))
            #expect(close(test.pValue, 2.0 / 120, 1e-12))
            #expect(
                try correlationPermutationTest(up, down, kind: kind, alternative: .greater, seed: 0).pValue
                    == 1)
        }
        #expect(try pearsonTest(up, up, alternative: .less).pValue == 1)
        #expect(try pearsonTest(up, up, alternative: .twoSided).pValue == 0)
        #expect(try leastPermutationP(count: 2) == 1)
    }

    @Test(arguments: 0..<40)
    func ranksDoNotSeeABendAndNoneSeesAnExchange(seed: Int) throws {
        var stream = RandomStream(seed: UInt64(seed), stream: 0)
        let n = 4 + stream.index(below: 30)
        let x = (0..<n).map { _ in seed % 2 == 0 ? stream.unit() : Double(stream.index(below: 4)) }
        let y = x.map { $0 + 2 * stream.unit() }
        if Set(x).count == 1 { return }
        let bent = x.map { exp(2 * $0) }
        let moved = x.map { 1e5 - 64 * $0 }
        #expect(try spearmanCorrelation(bent, y).value == (try spearmanCorrelation(x, y).value))
        #expect(try kendallCorrelation(bent, y).value == (try kendallCorrelation(x, y).value))
        #expect(abs(try pearsonCorrelation(moved, y).value + (try pearsonCorrelation(x, y).value)) < 1e-9)
        for estimate in [
            (try pearsonCorrelation(x, y), try pearsonCorrelation(y, x)),
            (try spearmanCorrelation(x, y), try spearmanCorrelation(y, x)),
            (try kendallCorrelation(x, y), try kendallCorrelation(y, x)),
        ] {
            #expect(close(estimate.0.value, estimate.1.value, 1e-12))
            #expect((-1...1).contains(estimate.0.value))
            if let interval = estimate.0.interval { #expect(interval.contains(estimate.0.value)) }
        }
        let wide = try pearsonCorrelation(x, y, confidence: 0.99).interval
        let narrow = try pearsonCorrelation(x, y, confidence: 0.5).interval
        if let wide, let narrow { #expect(wide.lower < narrow.lower && narrow.upper < wide.upper) }
    }

    @Test func extremeSizesNeitherOverflowNorVanish() throws {
        let x = [1.0, 2, 3, 4, 6]
        let y = [2.0, 1, 4, 3, 5]
        let plain = try pearsonCorrelation(x, y).value
        for scale in [1e300, 1e-300, 1e150] {
            #expect(close(try pearsonCorrelation(x.map { $0 * scale }, y).value, plain, 1e-12))
        }
        #expect(throws: EstimateError.overflow) {
            try pearsonCorrelation(x.map { $0 * .leastNonzeroMagnitude }, y)
        }
    }

    @Test func holdingTheCauseFixedTakesTheCorrelationAway() throws {
        var stream = RandomStream(seed: 11, stream: 0)
        let cause = (0..<400).map { _ in stream.unit() }
        let x = cause.map { $0 + 0.1 * stream.unit() }
        let y = cause.map { 1 - $0 + 0.1 * stream.unit() }
        #expect(try pearsonCorrelation(x, y).value < -0.9)
        for ranks in [false, true] {
            let partial = try partialCorrelation(x, y, controls: [cause], ranks: ranks)
            #expect(abs(partial.value) < 0.2 && partial.n == 400)
        }
    }

    @Test func theSampleSizeFindsItsCorrelationAsOftenAsPromised() throws {
        // 29.01 by hand: ((1.959964 + .841621) / .549306)² + 3.
        #expect(try pairsNeeded(forCorrelation: 0.5) == 30)
        #expect(try pairsNeeded(forCorrelation: -0.5) == 30)
        #expect(try pairsNeeded(forCorrelation: 0.3, power: 0.9) > (try pairsNeeded(forCorrelation: 0.3)))
        var found = 0
        for seed in 0..<600 {
            var stream = RandomStream(seed: UInt64(seed), stream: 2)
            func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + stream.unit() } }
            let x = (0..<30).map { _ in normal() }
            let y = x.map { 0.5 * $0 + 0.75.squareRoot() * normal() }
            if try pearsonTest(x, y, alternative: .twoSided).pValue <= 0.05 { found += 1 }
        }
        #expect(abs(Double(found) / 600 - 0.81) < 0.06)
    }
}
