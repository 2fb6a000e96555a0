import Foundation
import Statistics
import Testing

@Suite struct RunLengthTests {
    /// D. C. Montgomery, Introduction to Statistical Quality Control (7th edition), tables 9.4 and 9.11, and
    /// the design's own.
    @Test(arguments: [
        (4.0, 0.0, 168.0), (4, 0.5, 26.6), (4, 1, 8.38), (4, 2, 3.34), (4, 4, 1.71),
        (5, 0, 465), (5, 0.25, 139), (5, 0.5, 38.0), (5, 1, 10.4), (5, 1.5, 5.75), (5, 3, 2.57), (5, 4, 2.01),
    ])
    func cusumRunLengthsAreThePublishedOnes(limit: Double, shift: Double, length: Double) throws {
        let found = try cusumRunLength(limit: limit, shift: shift)
        #expect(abs(found - length) <= 0.007 * length, "\(found)")
        #expect(found == (try cusumRunLength(limit: limit, shift: -shift)))
    }

    @Test(arguments: [
        (0.2, 2.962, 0.0, 500.0), (0.2, 2.962, 1, 10.5), (0.4, 3.054, 0, 500), (0.4, 3.054, 1, 14.3),
        (0.25, 2.998, 0.5, 48.2), (0.1, 2.814, 0.5, 31.3), (0.05, 2.615, 2, 5.2),
    ])
    func ewmaRunLengthsAreThePublishedOnes(
        weight: Double, limit: Double, shift: Double, length: Double
    ) throws {
        let found = try ewmaRunLength(limit: limit, weight: weight, shift: shift)
        #expect(abs(found - length) <= 0.01 * length, "\(found)")
    }

    /// A chart with λ = 1, and a CUSUM whose limit is out of the way of its allowance, alarm point by point.
    @Test func chartsWithoutMemoryAlarmAtTheRateOfASinglePoint() throws {
        let tail = 2 * (try Normal.survival(3))
        #expect(close(try ewmaRunLength(limit: 3, weight: 1), 1 / tail, 1e-9))
        let small = try cusumRunLength(limit: 1e-9, allowance: 3)
        #expect(close(small, 1 / tail, 1e-6))
    }

    @Test func theDesignsLimitsAreSolved() throws {
        #expect(abs(try cusumLimit(runLength: 465) - 5) < 0.002)
        #expect(abs(try cusumLimit(runLength: 3_650) - 7.05) < 0.005)
        #expect(abs(try cusumLimit(runLength: 18_250) - 8.66) < 0.01)
        #expect(abs(try ewmaLimit(runLength: 500) - 2.962) < 0.001)
        #expect(try familyRunLength(charts: 10, falseAlarmEvery: 365) == 3_650)
        #expect(try familyRunLength(charts: 50, falseAlarmEvery: 365) == 18_250)
    }

    @Test func aSolvedLimitHasItsRunLength() throws {
        for seed in 0..<12 {
            var series = DriftSeries(seed: 51, run: seed)
            let wanted = 50 * exp(8 * series.unit())
            let allowance = 0.25 + 0.75 * series.unit()
            let limit = try cusumLimit(runLength: wanted, allowance: allowance)
            #expect(close(try cusumRunLength(limit: limit, allowance: allowance), wanted, 1e-6))
        }
        let limit = try ewmaLimit(runLength: 2_000, weight: 0.1)
        #expect(close(try ewmaRunLength(limit: limit, weight: 0.1), 2_000, 1e-6))
    }

    /// The chart itself, on seeded series.
    @Test(arguments: [(0.0, 465.4), (0.5, 38.0), (1, 10.4)])
    func theChartRunsAsLongAsItsChainSays(shift: Double, length: Double) throws {
        let runs = shift == 0 ? 400 : 1_500
        let lengths = try (0..<runs).map { run in
            var series = DriftSeries(seed: 52, run: run)
            var chart = try CusumChart(baseline: ChartBaseline(mean: 0, deviation: 1), limit: 5)
            return Double(runLength { chart.update(shift + series.normal()) })
        }
        let sample = try moments(lengths)
        #expect(abs(sample.mean - length) < 3.5 * sample.standardError)
    }

    @Test func theAverageRunsAsLongAsItsChainSays() throws {
        let lengths = try (0..<1_500).map { run in
            var series = DriftSeries(seed: 53, run: run)
            var chart = try EwmaChart(baseline: ChartBaseline(mean: 0, deviation: 1), limit: 2.962)
            return Double(runLength { chart.update(1 + series.normal()) })
        }
        let sample = try moments(lengths)
        #expect(abs(sample.mean - (try ewmaRunLength(limit: 2.962, shift: 1))) < 3.5 * sample.standardError)
    }

    private func runLength(_ update: () -> ChartSignal) -> Int {
        for point in 1... where update().alarm != nil { return point }
        return 0
    }

    /// FORMULAS: an autocorrelation of .4 cuts the run length of 465 to 71.
    @Test func neighboursThatAreAlikeCutTheRunLength() throws {
        let lengths = try (0..<800).map { run in
            var series = DriftSeries(seed: 54, run: run)
            let deviation = 1 / (1 - 0.16).squareRoot()
            var chart = try CusumChart(baseline: ChartBaseline(mean: 0, deviation: deviation), limit: 5)
            var last = series.normal() * deviation
            return Double(
                runLength {
                    last = 0.4 * last + series.normal()
                    return chart.update(last)
                })
        }
        let sample = try moments(lengths)
        #expect(abs(sample.mean - 71) < 3.5 * sample.standardError, "\(sample.mean)")
    }

    private func falseAlarms(
        baseline points: Int, nights: Int, phi: Double, whitening: ChartArming.Whitening, runs: Int = 1_000
    ) throws -> Double {
        var alarmed = 0
        for run in 0..<runs {
            var series = DriftSeries(seed: 55, run: run)
            let values = series.autoregression(points + nights, phi)
            let baseline = try ChartArming(values[..<points].map { $0 })
                .baseline(whitening: whitening, needed: points)
            var chart = try CusumChart(baseline: baseline, limit: 5)
            var isAlarmed = false
            for value in values[points...] where chart.update(value).alarm != nil { isAlarmed = true }
            if isAlarmed { alarmed += 1 }
        }
        return Double(alarmed) / Double(runs)
    }

    /// FORMULAS: a baseline of 20 alarms in half of all runs of 100 nights.
    @Test(arguments: [(20, 0.46), (50, 0.33), (100, 0.265)])
    func aShortBaselineAlarmsInVain(points: Int, share: Double) throws {
        let simulated = try falseAlarms(baseline: points, nights: 100, phi: 0, whitening: .none)
        let computed = try falseAlarmProbability(within: 100, baselinePoints: points, limit: 5)
        #expect(abs(simulated - share) < 0.05, "\(simulated)")
        #expect(abs(computed - share) < 0.012, "\(computed)")
        #expect(try falseAlarmProbability(within: 100, baselinePoints: nil, limit: 5) < 0.2)
    }

    /// Whatever the autocorrelation, prewhitened charts alarm about as often; plain ones almost always.
    @Test(arguments: [0.0, 0.2, 0.4, 0.7])
    func prewhiteningKeepsFalseAlarmsWhereTheyWere(phi: Double) throws {
        let share = try falseAlarms(baseline: 50, nights: 100, phi: phi, whitening: .prewhitened)
        #expect(share > 0.25 && share < 0.42, "\(share)")
        if phi >= 0.4 {
            #expect(try falseAlarms(baseline: 50, nights: 100, phi: phi, whitening: .none) > 0.75)
        }
    }

    @Test(arguments: [50, 100])
    func aLimitForAnEstimatedBaselineKeepsItsPromise(points: Int) throws {
        let limit = try cusumLimit(runLength: 1_000, baselinePoints: points, horizon: 200)
        #expect(limit > (try cusumLimit(runLength: 1_000)) + 0.3)
        var alarmed = 0
        for run in 0..<800 {
            var series = DriftSeries(seed: 56, run: run)
            let baseline = try ChartArming(series.normals(points).map { $0 }).baseline(whitening: .none)
            var chart = try CusumChart(baseline: baseline, limit: limit)
            for _ in 0..<200 where chart.update(series.normal()).alarm != nil {
                alarmed += 1
                break
            }
        }
        let promised = -expm1(-0.2)
        #expect(abs(Double(alarmed) / 800 - promised) < 0.045, "\(alarmed)")
    }

    @Test func aLimitFromBlocksHoldsForTheSeriesItCameFrom() throws {
        var lengths: [Double] = []
        for run in 0..<60 {
            var series = DriftSeries(seed: 57, run: run)
            let values = series.autoregression(400, 0.4)
            let limit = try blockCalibratedLimit(history: values.map { $0 }, runLength: 200, seed: 9)
            #expect(limit > (try cusumLimit(runLength: 200)))
            let baseline = try ChartArming(values.map { $0 }).baseline(whitening: .none)
            for _ in 0..<10 {
                var chart = try CusumChart(baseline: baseline, limit: limit)
                var last = values[399]
                lengths.append(
                    Double(
                        runLength {
                            last = 0.4 * last + series.normal()
                            return chart.update(last)
                        }))
            }
        }
        // Median over histories: the mean is that of a few lucky ones.
        let median = try quantile(lengths, at: 0.5)
        #expect(median > 0.5 * 200 * log(2.0) && median < 2 * 200 * log(2.0), "\(median)")
    }

    @Test func longerRunsAndWiderLimitsGoTogether() throws {
        var last = 0.0
        for limit in stride(from: 0.5, through: 12, by: 0.5) {
            let length = try cusumRunLength(limit: limit)
            #expect(length > last)
            last = length
        }
        #expect(try cusumRunLength(limit: 5, scale: 1.2) < cusumRunLength(limit: 5))
    }

    @Test func badChartsAreNamed() {
        #expect(throws: EstimateError.self) { try cusumRunLength(limit: 0) }
        #expect(throws: EstimateError.self) { try cusumRunLength(limit: .nan) }
        #expect(throws: EstimateError.overflow) { try cusumRunLength(limit: 39) }
        #expect(throws: EstimateError.self) { try ewmaRunLength(limit: 3, weight: 0) }
        #expect(throws: EstimateError.self) { try cusumLimit(runLength: 1) }
        #expect(throws: EstimateError.self) { try cusumLimit(runLength: 1e12) }
        #expect(throws: EstimateError.self) { try ewmaLimit(runLength: .infinity) }
        #expect(throws: EstimateError.self) { try familyRunLength(charts: 0, falseAlarmEvery: 365) }
        #expect(throws: EstimateError.self) {
            try falseAlarmProbability(within: 5, baselinePoints: 50, limit: 5)
        }
        #expect(throws: EstimateError.tooFew(count: 3, needed: 4, of: "points of the baseline")) {
            try falseAlarmProbability(within: 50, baselinePoints: 3, limit: 5)
        }
        #expect(throws: EstimateError.tooFew(count: 100, needed: 400, of: "in-control points")) {
            try blockCalibratedLimit(history: (0..<100).map { Double($0) }, runLength: 100, seed: 1)
        }
    }
}
