import Foundation
import Statistics
import Testing

/// Anchors, change points, autoregressions and seasons.
@Suite struct DriftSeriesTests {
    private func anchors(
        _ count: Int, seed: Int, drop: Double, noise: Double = 0.01, fallen: Int = 0, by: Double = 0
    ) -> (pinned: [Double], now: [Double]) {
        var series = DriftSeries(seed: 61, run: seed)
        let pinned = (0..<count).map { _ in 0.9 + 0.08 * series.unit() }
        let now = pinned.enumerated().map { index, score in
            score - drop - noise * series.normal() - (index < fallen ? by : 0)
        }
        return (pinned, now)
    }

    struct Night: Sendable {
        let drop: Double
        let fallen: Int
        let by: Double
        let pattern: AnchorDrop.Pattern
    }

    @Test(arguments: [
        Night(drop: 0.045, fallen: 0, by: 0, pattern: .systemic),
        Night(drop: 0, fallen: 4, by: 0.5, pattern: .few),
        Night(drop: 0, fallen: 1, by: 0.95, pattern: .none),
        Night(drop: 0.04, fallen: 4, by: 0.4, pattern: .both),
        Night(drop: 0, fallen: 0, by: 0, pattern: .none),
        Night(drop: -0.1, fallen: 0, by: 0, pattern: .none),
    ])
    func aDropIsAttributedToAllOrToAFew(night: Night) throws {
        var right = 0
        for seed in 0..<100 {
            let (pinned, now) = anchors(40, seed: seed, drop: night.drop, fallen: night.fallen, by: night.by)
            let drop = try AnchorDrop(pinned: pinned, now: now)
            if drop.pattern == night.pattern { right += 1 }
            if night.pattern == .few { #expect(drop.fallen.sorted() == Array(0..<night.fallen)) }
        }
        #expect(right >= 97, "\(right)")
    }

    /// With exact scores all others stay just where they were.
    @Test func fewFallenAmongUnmovedPairsAreNamed() throws {
        let (pinned, now) = anchors(30, seed: 1, drop: 0, noise: 0, fallen: 3, by: 0.4)
        let drop = try AnchorDrop(pinned: pinned, now: now)
        #expect(drop.pattern == .few && drop.fallen == [0, 1, 2])
        #expect(drop.median == 0 && drop.others.value == 0 && drop.others.interval == nil)
        #expect(close(drop.mean, 0.04, 1e-9))
        let (all, fallen) = anchors(30, seed: 1, drop: 0.05, noise: 0)
        #expect(try AnchorDrop(pinned: all, now: fallen).pattern == .systemic)
    }

    @Test func badAnchorsAreNamed() {
        let four = [0.9, 0.9, 0.9, 0.9]
        #expect(throws: EstimateError.tooFew(count: 4, needed: 5, of: "anchor pairs")) {
            try AnchorDrop(pinned: four, now: four)
        }
        #expect(throws: EstimateError.unequalLengths(4, 5)) { try AnchorDrop(pinned: four, now: four + [1]) }
        #expect(throws: EstimateError.notFinite(index: 4, of: "now")) {
            try AnchorDrop(pinned: four + [1], now: four + [.nan])
        }
    }

    /// `statsmodels` AutoReg(1) 0.15 of these ten points.
    @Test func autoregressionsAreThoseOfLeastSquares() throws {
        let fit = try AutoregressiveFit([0.94, 0.95, 0.93, 0.94, 0.96, 0.95, 0.94, 0.92, 0.95, 0.94])
        #expect(close(fit.coefficient, -0.12500000000000394, 1e-9) && close(fit.intercept, 1.06, 1e-9))
        #expect(fit.pairs == 9)
        #expect(close(fit.corrected, fit.coefficient + (1 + 3 * fit.coefficient) / 9, 1e-12))
    }

    @Test func missingPointsJoinNoPair() throws {
        let whole = try AutoregressiveFit([1, 2, 4, 3, nil, 5, 2, 1, nil, nil, 7])
        #expect(whole.pairs == 5)
        #expect(throws: EstimateError.tooFew(count: 0, needed: 3, of: "pairs of neighbouring points")) {
            try AutoregressiveFit([1, nil, 2, nil, 3])
        }
        #expect(throws: EstimateError.allEqual(value: 2)) { try AutoregressiveFit([2, 2, 2, 2]) }
    }

    @Test func theBiasOfTheCoefficientIsTakenOff() throws {
        var plain = 0.0
        var corrected = 0.0
        for run in 0..<2_000 {
            var series = DriftSeries(seed: 62, run: run)
            let fit = try AutoregressiveFit(series.autoregression(50, 0.4).map { $0 })
            plain += fit.coefficient / 2_000
            corrected += fit.corrected / 2_000
        }
        #expect(plain < 0.37 && abs(corrected - 0.4) < 0.012)
    }

    @Test func aChangeIsFoundWhereItBegan() throws {
        var distances: [Int] = []
        for run in 0..<60 {
            var series = DriftSeries(seed: 63, run: run)
            let values = series.normals(50) + series.normals(30, mean: 1.5)
            let change = try ChangePoint(values, resamples: 1_999, seed: UInt64(run))
            distances.append(abs(change.index - 50))
            #expect(change.test.pValue < 0.02)
            #expect(change.after - change.before > 0.8)
        }
        #expect(distances.sorted()[30] <= 1 && distances.sorted()[54] <= 6)
    }

    @Test func noChangeIsFoundNoMoreOftenThanPromised() throws {
        var alarms = 0
        for run in 0..<400 {
            var series = DriftSeries(seed: 64, run: run)
            let change = try ChangePoint(series.normals(40), resamples: 119, seed: UInt64(run))
            if change.test.pValue <= 0.05 { alarms += 1 }
        }
        #expect(Double(alarms) / 400 < 0.05 + 3 * 0.0109, "\(alarms)")
    }

    @Test func theSplitIsTheBestOfAllSplits() throws {
        for run in 0..<40 {
            var series = DriftSeries(seed: 65, run: run)
            let values = series.normals(25)
            let change = try ChangePoint(values, atLeast: 1, resamples: 100, seed: 1)
            var best = (index: 0, rest: Double.infinity)
            for index in 1..<25 {
                let left = try moments(Array(values[..<index]))
                let right = try moments(Array(values[index...]))
                let rest =
                    Double(index - 1) * (try left.variance()) + Double(24 - index) * (try right.variance())
                if rest < best.rest { best = (index, rest) }
            }
            #expect(change.index == best.index)
        }
        #expect(throws: EstimateError.allEqual(value: 1)) { try ChangePoint([1, 1, 1, 1], seed: 1) }
        #expect(throws: EstimateError.tooFew(count: 3, needed: 4, of: "points")) {
            try ChangePoint([1, 2, 3], seed: 1)
        }
    }

    @Test func aSeasonIsTakenOffAndMissingStaysMissing() throws {
        let profile = try SeasonalProfile(
            history: [10, 20, 12, nil, 14, 24, 7], slots: [0, 1, 0, 1, 0, 1, 2], period: 4)
        let means: [Double?] = [12, 22, nil, nil]
        #expect(profile.means == means)
        #expect(profile.counts == [3, 2, 1, 0])
        #expect(profile.unknown == [2, 3])
        #expect(profile.residual(of: 25, slot: 1) == 3)
        #expect(profile.residual(of: nil, slot: 1) == nil && profile.residual(of: 1, slot: 2) == nil)
        #expect(profile.residual(of: 1, slot: 99) == nil)
        // Each against the mean of the others of its slot.
        let residuals = try profile.residuals(
            ofHistory: [10, 20, 12, nil, 14, 24, 7], slots: [0, 1, 0, 1, 0, 1, 2])
        let expected: [Double?] = [-3, -4, 0, nil, 3, 4, nil]
        #expect(residuals == expected)
    }

    /// Busy hours deviate five times as much as quiet ones; scores do not, and a quiet hour without any deviation has
    /// a tenth of the whole.
    @Test func scoresDeviateAlikeAtEveryHour() throws {
        var series = DriftSeries(seed: 68)
        let slots = (0..<(24 * 30)).map { $0 % 24 }
        func draw(_ slot: Int) -> Double { (slot < 12 ? 1.0 : 5) * series.normal() + Double(slot) }
        let history: [Double?] = slots.map { draw($0) }
        let profile = try SeasonalProfile(history: history, slots: slots, period: 24)
        let old = try profile.scores(ofHistory: history, slots: slots)
        for half in [0, 12] {
            let past = try moments(zip(old, slots).filter { $1 / 12 == half / 12 }.compactMap { $0.0 })
            #expect(abs(past.standardDeviation - 1) < 0.02)
            let scores = (0..<2_000).compactMap { index in
                let slot = half + index % 12
                return profile.score(of: draw(slot), slot: slot)
            }
            #expect(abs(try moments(scores).standardDeviation - 1) < 0.08)
        }
        let quiet: [Double?] = slots.map { $0 < 12 ? 3 : draw($0) }
        let calm = try SeasonalProfile(history: quiet, slots: slots, period: 24)
        let whole = try #require(calm.deviations.max()) / 10 * 0.5.squareRoot()
        #expect(abs(calm.deviations[3] - whole) < 0.3 * whole)
        #expect(try #require(calm.score(of: 8, slot: 3)) > 8)
        let constant = try SeasonalProfile(history: [3, 3, 4, 4], slots: [0, 0, 1, 1], period: 2)
        #expect(constant.score(of: 9, slot: 0) == nil && constant.residual(of: 9, slot: 0) == 6)
        #expect(throws: EstimateError.allEqual(value: 0)) {
            try constant.scores(ofHistory: [3, 3, 4, 4], slots: [0, 0, 1, 1])
        }
    }

    /// Four weeks of history: residuals of the history deviate as new points do.
    @Test func residualsOfTheHistoryDeviateAsNewOnesDo() throws {
        var series = DriftSeries(seed: 66)
        let slots = (0..<(4 * 168)).map { $0 % 168 }
        let wave = (0..<168).map { 10 * sin(Double($0)) }
        let history: [Double?] = slots.map { wave[$0] + series.normal() }
        let profile = try SeasonalProfile(history: history, slots: slots, period: 168)
        let old = try moments(profile.residuals(ofHistory: history, slots: slots).compactMap { $0 })
        let new = try moments(
            (0..<2_000).compactMap { index in
                profile.residual(of: wave[index % 168] + series.normal(), slot: index % 168)
            })
        // σ²(1 + 1/3) left out, σ²(1 + 1/4) for a new point: 3 % apart.
        #expect(abs(old.standardDeviation - (4.0 / 3).squareRoot()) < 0.05)
        #expect(abs(new.standardDeviation - (5.0 / 4).squareRoot()) < 0.06)
    }

    /// A weekly wave of five deviations: charted as it is, or without its season.
    @Test func seasonsAlarmUntilTheyAreTakenOff() throws {
        var plainAlarms = 0
        var alarms = 0
        for run in 0..<40 {
            var series = DriftSeries(seed: 67, run: run)
            let points = 24 * 28
            let slots = (0..<(points + 24 * 7)).map { $0 % 168 }
            let values: [Double?] = slots.map { 5 * sin(Double($0) * Double.pi / 84) + series.normal() }
            let history = Array(values[..<points])
            let profile = try SeasonalProfile(history: history, slots: Array(slots[..<points]), period: 168)
            let residuals = try profile.residuals(ofHistory: history, slots: Array(slots[..<points]))
            let limit = try cusumLimit(runLength: 2_000)
            var plain = try CusumChart(
                baseline: ChartArming(history).baseline(whitening: .none), limit: limit)
            var chart = try CusumChart(baseline: ChartArming(residuals).baseline(), limit: limit)
            var isPlain = false
            var isAlarmed = false
            for index in points..<values.count {
                if plain.update(values[index]).alarm != nil { isPlain = true }
                let residual = profile.residual(of: values[index], slot: slots[index])
                if chart.update(residual).alarm != nil { isAlarmed = true }
            }
            if isPlain { plainAlarms += 1 }
            if isAlarmed { alarms += 1 }
        }
        #expect(plainAlarms >= 35 && alarms <= 9, "\(plainAlarms) \(alarms)")
    }

    @Test func weeksAreComparedWithTheSameHours() throws {
        let (values, unmatched) = try sameSeason(
            reference: [1, 2, nil, 4, 5], slots: [0, 1, 2, 0, 3], as: [0, 0, 2, 9])
        #expect(values == [1, 4] && unmatched == [2, 9])
        #expect(throws: EstimateError.outsideRange(index: 0, of: "slots")) {
            try sameSeason(reference: [1], slots: [-1], as: [0])
        }
    }

    /// 2024-03-04 was a Monday: 1709510400.
    @Test(arguments: [
        (1_709_510_400, 0, 0), (1_709_510_399, 0, 167), (1_709_510_400, 3_600, 1), (0, 0, 72), (-1, 0, 71),
    ])
    func hoursOfTheWeekBeginOnMonday(seconds: Int, offset: Int, hour: Int) {
        #expect(hourOfWeek(unixSeconds: seconds, utcOffset: offset) == hour)
    }

    @Test func badSeasonsAreNamed() {
        #expect(throws: EstimateError.unequalLengths(2, 1)) {
            try SeasonalProfile(history: [1, 2], slots: [0], period: 2)
        }
        #expect(throws: EstimateError.outsideRange(index: 1, of: "slots")) {
            try SeasonalProfile(history: [1, 2], slots: [0, 2], period: 2)
        }
        #expect(throws: EstimateError.tooFew(count: 1, needed: 2, of: "points of any slot")) {
            try SeasonalProfile(history: [1, 2], slots: [0, 1], period: 2)
        }
        #expect(throws: EstimateError.notFinite(index: 0, of: "series")) {
            try SeasonalProfile(history: [.nan, 2], slots: [0, 0], period: 2)
        }
    }
}
