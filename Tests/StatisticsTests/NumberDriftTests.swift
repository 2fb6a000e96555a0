import Foundation
import Statistics
import Testing

@Suite struct NumberDriftTests {
    /// `scipy.stats.wasserstein_distance`, 1.17.
    @Test(
        arguments: [
            ([1.0, 2.5, 3, 4.5], [2, 2.5, 5], 2.0 / 3),
            ([0, 1, 3], [5, 6, 8], 5), ([1], [4], 3), ([1, 1, 1], [1, 1], 0),
        ] as [([Double], [Double], Double)])
    func theAreaBetweenTheCurves(first: [Double], second: [Double], distance: Double) throws {
        #expect(abs(try wassersteinDistance(first, second) - distance) < 1e-12)
        #expect(abs(try wassersteinDistance(second, first) - distance) < 1e-12)
    }

    @Test func aShiftMovesTheDistanceByItself() throws {
        for seed in 0..<50 {
            var series = DriftSeries(seed: 31, run: seed)
            let values = series.normals(40)
            let shift = 4 * series.unit() - 2
            #expect(close(try wassersteinDistance(values, values.map { $0 + shift }), abs(shift), 1e-9))
        }
    }

    @Test func healthyNumbersAlarmNoMoreOftenThanPromised() throws {
        var alarms: [String: Int] = [:]
        let windows = 300
        for window in 0..<windows {
            var series = DriftSeries(seed: 32, run: window)
            // Skewed, and with ties.
            let reference = series.normals(150).map { (exp($0) * 4).rounded() }
            let now = series.normals(60).map { (exp($0) * 4).rounded() }
            let found = [
                "Wasserstein": try wassersteinDrift(
                    reference: reference, window: now, alpha: 0.05, resamples: 199, seed: UInt64(window)),
                "PSI": try ReferenceBins(reference).drift(
                    of: now, alpha: 0.05, resamples: 199, seed: UInt64(window)),
                "KS": try kolmogorovSmirnovDrift(reference: reference, window: now, alpha: 0.05),
                "MMD": try meanDiscrepancyDrift(
                    reference: VectorSample(reference[..<40].map { [$0, 1] }),
                    window: VectorSample(now[..<20].map { [$0, 1] }), alpha: 0.05, resamples: 199,
                    seed: UInt64(window)),
            ]
            for (name, drift) in found where drift.test.pValue <= 0.05 { alarms[name, default: 0] += 1 }
        }
        #expect(alarms.count == 4)
        for (name, count) in alarms {
            #expect(Double(count) / Double(windows) < 0.05 + 3 * 0.0126, "\(name): \(count)")
        }
    }

    @Test func aShiftOfHalfADeviationIsFoundByEach() throws {
        var series = DriftSeries(seed: 33)
        let reference = series.normals(400)
        let window = series.normals(300, mean: 0.6)
        #expect(try wassersteinDrift(reference: reference, window: window).finding == .drifted)
        #expect(try kolmogorovSmirnovDrift(reference: reference, window: window).finding == .drifted)
        #expect(try ReferenceBins(reference).drift(of: window).finding == .drifted)
        let discrepancy = try meanDiscrepancyDrift(
            reference: VectorSample(reference[..<150].map { [$0] }),
            window: VectorSample(window[..<150].map { [$0] }), resamples: 199)
        #expect(discrepancy.finding == .drifted)
    }

    @Test func binsHoldEqualSharesOfTheReferenceAndAreOpenAtTheEnds() throws {
        let bins = try ReferenceBins((1...100).map(Double.init), bins: 4)
        #expect(bins.edges == [25.75, 50.5, 75.25])
        #expect(bins.counts == [25, 25, 25, 25])
        #expect(try bins.counts(of: [-1e9, 25.75, 25.76, 1e9]) == [2, 1, 0, 1])
        let tied = try ReferenceBins([0, 0, 0, 0, 0, 0, 1, 2], bins: 4)
        #expect(tied.edges == [0, 0.25] && tied.counts == [6, 0, 2])
        #expect(throws: EstimateError.allEqual(value: 3)) { try ReferenceBins([3, 3, 3], bins: 2) }
        #expect(throws: EstimateError.tooFew(count: 3, needed: 10, of: "reference values")) {
            try ReferenceBins([1, 2, 3])
        }
        let stored = try JSONEncoder().encode(bins)
        #expect(try JSONDecoder().decode(ReferenceBins.self, from: stored) == bins)
        let bad = Data(#"{"edges":[2,1],"counts":[1,2,3]}"#.utf8)
        #expect(throws: (any Error).self) { try JSONDecoder().decode(ReferenceBins.self, from: bad) }
    }

    /// Written out over all pairs: an independent sum.
    @Test func theDiscrepancyIsTheMeanOverPairs() throws {
        var series = DriftSeries(seed: 34)
        let reference = (0..<9).map { _ in series.normals(3) }
        let window = (0..<6).map { _ in series.normals(3, mean: 0.8) }
        func kernel(_ a: [Double], _ b: [Double]) -> Double {
            exp(-zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / (2 * 1.7 * 1.7))
        }
        func mean(_ a: [[Double]], _ b: [[Double]], distinct: Bool) -> Double {
            var sum = 0.0
            for i in a.indices {
                for j in b.indices where !(distinct && i == j) { sum += kernel(a[i], b[j]) }
            }
            return sum / Double(distinct ? a.count * (a.count - 1) : a.count * b.count)
        }
        let expected =
            mean(reference, reference, distinct: true) + mean(window, window, distinct: true)
            - 2 * mean(reference, window, distinct: false)
        let drift = try meanDiscrepancyDrift(
            reference: VectorSample(reference), window: VectorSample(window), bandwidth: 1.7, resamples: 100)
        #expect(close(drift.effect, expected, 1e-10))
    }

    @Test func probesThatStayAreStable() throws {
        var series = DriftSeries(seed: 35)
        let before = (0..<20).map { _ in series.normals(8) }
        let same = try ProbeStability(before: VectorSample(before), now: VectorSample(before), neighbours: 5)
        #expect(close(same.meanCosine, 1, 1e-12) && same.keptNeighbours == 1)
        // A rotation moves every vector and no neighbour.
        let turned = before.map { Array($0[1...] + [$0[0]]) }
        let rotated = try ProbeStability(
            before: VectorSample(before), now: VectorSample(turned), neighbours: 5)
        #expect(rotated.meanCosine < 0.5 && rotated.keptNeighbours == 1)
        var one = before
        one[7] = one[7].map { -$0 }
        let moved = try ProbeStability(before: VectorSample(before), now: VectorSample(one), neighbours: 5)
        #expect(moved.leastCosine.probe == 7 && close(moved.leastCosine.cosine, -1, 1e-12))
        #expect(close(moved.meanCosine, 0.9, 1e-12) && moved.keptNeighbours < 1)
    }

    @Test func theAverageVectorTurns() throws {
        let shift = try meanCosineShift(
            reference: VectorSample([[1, 0], [1, 0]]), window: VectorSample([[0, 2.0], [0, 4]]))
        #expect(shift == 1)
    }

    @Test func badSamplesAreNamed() throws {
        let pair = try VectorSample([[1.0, 2], [3, 4]])
        let other = try VectorSample([[1.0], [2]])
        let zero = try VectorSample([[0.0, 0], [0, 0]])
        #expect(throws: EstimateError.notFinite(index: 1, of: "window")) {
            try wassersteinDrift(reference: [1, 2], window: [1, .nan])
        }
        #expect(throws: EstimateError.allEqual(value: 2)) {
            try wassersteinDrift(reference: [2, 2], window: [1, 3])
        }
        #expect(throws: EstimateError.tooFew(count: 1, needed: 2, of: "values of the window")) {
            try wassersteinDrift(reference: [1, 2], window: [1])
        }
        #expect(throws: EstimateError.overflow) { try wassersteinDistance([-1.7e308], [1.7e308]) }
        #expect(throws: EstimateError.unequalLengths(2, 1)) {
            try meanDiscrepancyDrift(reference: pair, window: other)
        }
        #expect(throws: EstimateError.allEqual(value: 0)) {
            try meanDiscrepancyDrift(reference: zero, window: zero)
        }
        #expect(throws: EstimateError.unequalLengths(2, 1)) { try VectorSample([[1.0, 2], [3]]) }
        #expect(throws: EstimateError.notFinite(index: 1, of: "vectors")) {
            try VectorSample([[1.0, 2], [3, .infinity]])
        }
        #expect(throws: EstimateError.self) { try meanCosineShift(reference: pair, window: zero) }
        #expect(throws: EstimateError.self) { try ProbeStability(before: pair, now: pair, neighbours: 2) }
    }
}
