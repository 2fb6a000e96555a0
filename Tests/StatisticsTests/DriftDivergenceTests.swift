import Foundation
import Statistics
import Testing

/// Distances between mixes of categories; the numbers are those of FORMULAS and of SciPy.
@Suite struct DriftDivergenceTests {
    private let p = [0.5, 0.3, 0.2]
    private let q = [0.4, 0.4, 0.2]

    @Test func theDesignsThreeNumbersComeOut() throws {
        #expect(abs(try klDivergence(p, from: q) - 0.0252672) < 5e-8)
        #expect(abs(try populationStabilityIndex(p, q) - 0.0510826) < 5e-8)
        #expect(abs(try JensenShannon(p, q).distance - 0.0797947) < 5e-8)
    }

    /// `scipy.stats.entropy` and `scipy.spatial.distance.jensenshannon`, 1.17.
    @Test func directionAndBaseAreWhatTheyAreCalled() throws {
        #expect(close(try klDivergence(q, from: p), 0.025815408455028527, 1e-12))
        #expect(close(try klDivergence(p, from: q, unit: .bits), 0.036452797660027965, 1e-12))
        #expect(close(try JensenShannon(p, q, unit: .bits).distance, 0.09584323377689244, 1e-12))
        #expect(close(try klDivergence([5, 3, 2], from: [40, 40, 20]), 0.025267153921570626, 1e-12))
    }

    @Test func equalMixesAreExactlyZeroApart() throws {
        for seed in 0..<50 {
            var series = DriftSeries(seed: 11, run: seed)
            let weights = (0..<7).map { _ in series.unit() }
            #expect(try klDivergence(weights, from: weights) == 0)
            #expect(try JensenShannon(weights, weights).distance == 0)
            #expect(try populationStabilityIndex(weights, weights) == 0)
        }
    }

    @Test func theyAreDistancesWithTheirBoundsAndSymmetries() throws {
        for seed in 0..<200 {
            var series = DriftSeries(seed: 12, run: seed)
            let a = (0..<6).map { _ in 0.01 + series.unit() }
            let b = (0..<6).map { _ in 0.01 + series.unit() }
            let c = (0..<6).map { _ in 0.01 + series.unit() }
            let forth = try klDivergence(a, from: b)
            let back = try klDivergence(b, from: a)
            #expect(forth > 0 && back > 0)
            #expect(close(try populationStabilityIndex(a, b), forth + back, 1e-11))
            let ab = try JensenShannon(a, b).distance
            #expect(ab == (try JensenShannon(b, a).distance))
            #expect(ab * ab <= log(2.0))
            let detour = try JensenShannon(a, c).distance + JensenShannon(c, b).distance
            #expect(ab <= detour)
            // Splitting a category in proportion changes nothing.
            let split = try klDivergence(
                [a[0] / 2, a[0] / 2] + a[1...], from: [b[0] / 2, b[0] / 2] + b[1...])
            #expect(close(split, forth, 1e-11))
        }
    }

    @Test func mixesWithNothingInCommonAreOneBitApart() throws {
        #expect(close(try JensenShannon([1, 0], [0, 1], unit: .bits).divergence, 1, 1e-15))
    }

    @Test func halfACountIsAddedToEachCategory() throws {
        #expect(try smoothedShares([3, 0, 0]) == [3.5 / 4.5, 0.5 / 4.5, 0.5 / 4.5])
        #expect(try smoothedShares([3, 1], added: 0) == [0.75, 0.25])
    }

    @Test func whateverHasNoDivergenceIsNamed() {
        let infinite = EstimateError.invalidParameter(
            "q", must: "be above 0 wherever p is: smooth the counts first")
        #expect(throws: infinite) { try klDivergence([0.5, 0.5], from: [1, 0]) }
        #expect(throws: EstimateError.self) { try populationStabilityIndex([0.5, 0.5], [1, 0]) }
        #expect(throws: EstimateError.unequalLengths(2, 3)) { try klDivergence([1, 1], from: [1, 1, 1]) }
        #expect(throws: EstimateError.outsideRange(index: 1, of: "p")) {
            try JensenShannon([1, -1], [1, 1])
        }
        #expect(throws: EstimateError.notFinite(index: 0, of: "q")) { try JensenShannon([1, 1], [.nan, 1]) }
        #expect(throws: EstimateError.invalidParameter("p", must: "add up to more than 0")) {
            try JensenShannon([0, 0], [1, 1])
        }
        #expect(throws: EstimateError.tooFew(count: 1, needed: 2, of: "categories of p")) {
            try klDivergence([1], from: [1])
        }
        #expect(throws: EstimateError.invalidCounts("counts")) { try smoothedShares([1, -1]) }
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "counts")) {
            try smoothedShares([0, 0])
        }
    }
}
