import Foundation
import Statistics
import Testing

@Suite struct ControlChartTests {
    private func unit(_ autocorrelation: Double = 0) throws -> ChartBaseline {
        try ChartBaseline(mean: 0, deviation: 1, autocorrelation: autocorrelation)
    }

    /// FORMULAS: the drop is seen in week 4, above .03 of the pinned .943.
    @Test func aSlowDropIsSeenAgainstThePinnedBaseline() throws {
        var chart = try CumulativeDropChart(pinned: 0.943)
        let signals = [0.943, 0.941, 0.927, 0.908].map { chart.update($0) }
        #expect(signals[..<3].allSatisfy { $0 == .quiet })
        #expect(signals[3].alarm == .init(direction: .down, point: 3, began: 1))
    }

    @Test func aBaselineRewrittenEveryNightNeverFires() throws {
        let scores = [0.943, 0.941, 0.927, 0.908, 0.89, 0.865, 0.84]
        for (before, now) in zip(scores, scores.dropFirst()) {
            var rewritten = try CumulativeDropChart(pinned: before)
            #expect(rewritten.update(now) == .quiet)
        }
    }

    @Test func aDropOfJustTheThresholdIsNoAlarm() throws {
        var chart = try CumulativeDropChart(pinned: 0.943)
        #expect(chart.update(0.913) == .quiet)
        #expect(chart.update(0.9129).alarm != nil)
        var cost = try CumulativeDropChart(pinned: 2, threshold: 0.5, higherIsBetter: false)
        #expect(cost.update(1) == .quiet)
        #expect(cost.update(2.6).alarm?.direction == .up)
    }

    /// Worked by hand: k = .5, h = 5.
    @Test func sumsAddUpWhatExceedsTheAllowance() throws {
        var chart = try CusumChart(baseline: ChartBaseline(mean: 10, deviation: 2), limit: 5)
        #expect(chart.update(8) == .quiet)
        #expect(chart.upper == 0 && chart.lower == 0.5)
        #expect(chart.update(14) == .quiet)
        #expect(chart.upper == 1.5 && chart.lower == 0)
        #expect(chart.update(nil) == .missing && chart.update(.nan) == .missing)
        #expect(chart.update(16) == .quiet)
        #expect(chart.update(14).alarm == .init(direction: .up, point: 5, began: 1))
        #expect(chart.upper == 5.5 && chart.points == 6 && chart.missing == 2)
        chart.restart()
        #expect(chart.upper == 0 && chart.update(10) == .quiet)
    }

    @Test func averagesForgetAtTheirWeight() throws {
        var chart = try EwmaChart(baseline: unit(), weight: 0.2, limit: 2.962)
        #expect(chart.update(-1) == .quiet && close(chart.average, -0.2, 1e-15))
        #expect(chart.update(4) == .quiet && close(chart.average, 0.64, 1e-15))
        #expect(chart.update(3).alarm == .init(direction: .up, point: 2, began: 1))
        #expect(close(chart.average, 1.112, 1e-12))
    }

    @Test func aChartComesBackFromItsStoreAsItWas() throws {
        var series = DriftSeries(seed: 41)
        var cusum = try CusumChart(baseline: unit(0.3), limit: 5)
        var ewma = try EwmaChart(baseline: unit(0.3), limit: 2.962)
        for value in series.normals(40) {
            _ = cusum.update(value)
            _ = ewma.update(value)
        }
        var cusumAgain = try JSONDecoder().decode(CusumChart.self, from: JSONEncoder().encode(cusum))
        var ewmaAgain = try JSONDecoder().decode(EwmaChart.self, from: JSONEncoder().encode(ewma))
        for value in series.normals(40, mean: 1) {
            #expect(cusum.update(value) == cusumAgain.update(value))
            #expect(ewma.update(value) == ewmaAgain.update(value))
        }
        #expect(cusum == cusumAgain && ewma == ewmaAgain)
        let bad = Data(#"{"mean":0,"deviation":0,"autocorrelation":0}"#.utf8)
        #expect(throws: (any Error).self) { try JSONDecoder().decode(ChartBaseline.self, from: bad) }
    }

    @Test func wildNumbersLeaveNoSumThatIsNone() throws {
        var cusum = try CusumChart(baseline: ChartBaseline(mean: 0, deviation: 1e-300), limit: 5)
        var ewma = try EwmaChart(baseline: ChartBaseline(mean: 0, deviation: 1e-300), limit: 3)
        for value in [1e308, -1e308, .infinity, 1e308, 1e308, 0] {
            _ = cusum.update(value)
            _ = ewma.update(value)
        }
        #expect(cusum.upper.isFinite && cusum.lower.isFinite && ewma.average.isFinite)
        #expect(cusum.missing == 1)
    }

    /// A mirrored series gives mirrored alarms; another unit gives the same ones.
    @Test func chartsAreSymmetricAndWithoutUnit() throws {
        for seed in 0..<100 {
            var series = DriftSeries(seed: 42, run: seed)
            let values = series.normals(60) + series.normals(30, mean: 1)
            var plain = try CusumChart(baseline: unit(), limit: 5)
            var mirrored = plain
            var scaled = try CusumChart(baseline: ChartBaseline(mean: 7, deviation: 4), limit: 5)
            var average = try EwmaChart(baseline: unit(), limit: 2.962)
            var mirroredAverage = average
            for value in values {
                let signal = plain.update(value)
                let other = mirrored.update(-value).alarm
                #expect(signal.alarm?.point == other?.point && signal.alarm?.began == other?.began)
                #expect(signal.alarm == nil || signal.alarm?.direction != other?.direction)
                #expect(scaled.update(7 + 4 * value).alarm?.point == signal.alarm?.point)
                let left = average.update(value).alarm
                #expect(left?.began == mirroredAverage.update(-value).alarm?.began)
            }
        }
    }

    /// The change begins at point 60; the estimate is a median over 300 runs.
    @Test func theBeginningOfAChangeIsFound() throws {
        var cusum: [Int] = []
        var ewma: [Int] = []
        for run in 0..<300 {
            var series = DriftSeries(seed: 43, run: run)
            let values = series.normals(60) + series.normals(200, mean: 1)
            var chart = try CusumChart(baseline: unit(), limit: 6)
            var average = try EwmaChart(baseline: unit(), limit: 3.2)
            for (index, value) in values.enumerated() {
                if let alarm = chart.update(value).alarm, index >= 60, cusum.count == run {
                    cusum.append(alarm.began)
                }
                if let alarm = average.update(value).alarm, index >= 60, ewma.count == run {
                    ewma.append(alarm.began)
                }
            }
        }
        #expect(cusum.count == 300 && ewma.count == 300)
        #expect(abs(cusum.sorted()[150] - 60) <= 1)
        #expect(abs(ewma.sorted()[150] - 60) <= 2)
    }

    @Test func takingOutTheAutoregressionLeavesIndependentScores() throws {
        var series = DriftSeries(seed: 44)
        let values = series.autoregression(3_000, 0.6)
        var whitened: [Double] = []
        for (before, now) in zip(values, values.dropFirst()) { whitened.append(now - 0.6 * before) }
        // A chart with λ = 1 and a wide limit shows the score itself as its average.
        var chart = try EwmaChart(baseline: unit(0.6), weight: 1, limit: 40)
        for (index, value) in values.enumerated() {
            _ = chart.update(value)
            if index > 0 { #expect(abs(chart.average - whitened[index - 1]) < 1e-12) }
        }
    }

    /// After a gap of g the forecast's error has variance (1 − φ²ᵍ) / (1 − φ²) of an innovation.
    @Test(arguments: [1, 2, 5])
    func scoresAfterAGapKeepTheirDeviation(gap: Int) throws {
        var squares = 0.0
        let runs = 4_000
        for run in 0..<runs {
            var series = DriftSeries(seed: 45, run: run)
            let values = series.autoregression(gap + 1, 0.8)
            var chart = try EwmaChart(baseline: unit(0.8), weight: 1, limit: 40)
            _ = chart.update(values[0])
            for _ in 1..<gap { _ = chart.update(nil) }
            _ = chart.update(values[gap])
            squares += chart.average * chart.average
        }
        // Three standard errors of a variance over 4,000.
        #expect(abs(squares / Double(runs) - 1) < 3 * (2.0 / Double(runs)).squareRoot())
    }

    @Test func fiftyPointsArmAChartAndFewerDoNot() throws {
        var series = DriftSeries(seed: 46)
        let history: [Double?] = series.normals(49)
        var arming = try ChartArming(history)
        #expect(throws: EstimateError.tooFew(count: 49, needed: 50, of: "in-control points")) {
            try arming.baseline()
        }
        arming.add(nil)
        arming.add(.nan)
        #expect(arming.points == 49 && arming.missing == 2)
        arming.add(0.3)
        let baseline = try arming.baseline()
        #expect(baseline.points == 50 && abs(baseline.mean) < 0.5)
        let again = try JSONDecoder().decode(ChartArming.self, from: JSONEncoder().encode(arming))
        #expect(try again.baseline() == baseline)
    }

    @Test func aHistoryWithoutDeviationArmsNothing() throws {
        let constant = [Double?](repeating: 0.1, count: 80)
        for whitening in ChartArming.Whitening.allCases {
            #expect(throws: EstimateError.allEqual(value: 0.1)) {
                try ChartArming(constant).baseline(whitening: whitening)
            }
        }
        #expect(throws: EstimateError.notFinite(index: 1, of: "history")) { try ChartArming([1, .nan]) }
        // Points that never stand side by side give no autoregression.
        let sparse: [Double?] = (0..<120).map { $0 % 2 == 0 ? Double($0 % 7) : nil }
        #expect(throws: EstimateError.self) { try ChartArming(sparse).baseline() }
        #expect(try ChartArming(sparse).baseline(whitening: .none).points == 60)
    }

    @Test func chartsRefuseWhatIsNoChart() throws {
        let baseline = try unit()
        #expect(throws: EstimateError.invalidParameter("limit", must: "be above 0")) {
            try CusumChart(baseline: baseline, limit: 0)
        }
        #expect(throws: EstimateError.self) { try CusumChart(baseline: baseline, allowance: -1, limit: 5) }
        #expect(throws: EstimateError.self) { try EwmaChart(baseline: baseline, weight: 0, limit: 3) }
        #expect(throws: EstimateError.self) { try EwmaChart(baseline: baseline, limit: .nan) }
        #expect(throws: EstimateError.self) { try CumulativeDropChart(pinned: .nan) }
        #expect(throws: EstimateError.self) { try CumulativeDropChart(pinned: 1, threshold: 0) }
        #expect(throws: EstimateError.self) { try ChartBaseline(mean: 0, deviation: 0) }
        #expect(throws: EstimateError.self) { try ChartBaseline(mean: 0, deviation: 1, autocorrelation: 1) }
    }
}
