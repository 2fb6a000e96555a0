import Statistics
import Testing

@Suite struct DetectionForecastTests {
    private struct Figure: Sendable {
        let base: Double
        let harm: Double
        let median: Double
        let ninety: Double
    }

    /// FORMULAS: canary requests until alarm at 10 % traffic, by simulation; of one of four equally weighted
    /// metrics at α .006 together.
    private static let figures = [
        Figure(base: 0.001, harm: 0.01, median: 709, ninety: 1400),
        Figure(base: 0.001, harm: 0.003, median: 6700, ninety: 12900),
        Figure(base: 0.01, harm: 0.02, median: 2200, ninety: 4100),
        Figure(base: 0.01, harm: 0.05, median: 222, ninety: 451),
        Figure(base: 0.05, harm: 0.10, median: 442, ninety: 806),
        Figure(base: 0.10, harm: 0.15, median: 763, ninety: 1400),
    ]

    @Test(arguments: figures.indices)
    func requestsUntilAlarmAreThoseOfTheDesign(index: Int) throws {
        let figure = Self.figures[index]
        let forecast = try RateRatioEProcess().detectionForecast(
            ratio: figure.harm / figure.base, share: CanaryShare(0.1), alpha: 0.006 / 4, limit: 5000)
        let median = try #require(try forecast.canaryRequests(chance: 0.5, baseRate: figure.base))
        let ninety = try #require(try forecast.canaryRequests(chance: 0.9, baseRate: figure.base))
        #expect(close(Double(median), figure.median, 0.05))
        #expect(close(Double(ninety), figure.ninety, 0.05))
    }

    /// The figures, at one of four metrics.
    @Test(arguments: [(0.001, 0.01, 2000), (0.01, 0.02, 5000)])
    func harmIsFoundWithinTheRequestsThatArePromised(base: Double, harm: Double, most: Int) throws {
        let forecast = try RateRatioEProcess().detectionForecast(
            ratio: harm / base, share: CanaryShare(0.1), alpha: 0.006 / 4, limit: 5000)
        let ninety = try #require(try forecast.canaryRequests(chance: 0.9, baseRate: base))
        #expect(ninety <= most)
    }

    /// Seeded traffic, request by request, through the process itself.
    @Test func theForecastIsWhatTrafficDoes() throws {
        let share = try CanaryShare(0.1)
        let forecast = try RateRatioEProcess().detectionForecast(
            ratio: 5, share: share, alpha: 0.0015, limit: 5000)
        let ninety = try #require(try forecast.canaryRequests(chance: 0.9, baseRate: 0.01))
        var found = 0
        let runs = 400
        for run in 0..<runs {
            var random = RandomStream(seed: 99, stream: UInt64(run))
            var process = try RateRatioEProcess()
            for _ in 0..<(10 * ninety) {
                let inCanary = random.unit() < 0.1
                guard random.unit() < (inCanary ? 0.05 : 0.01) else { continue }
                process.record(inCanary: inCanary, share: share)
                if try process.alarms(alpha: 0.0015) {
                    found += 1
                    break
                }
            }
        }
        #expect(found > 342 && found < 378, "\(found) of \(runs)")
    }

    @Test func evidenceThatIsThereShortensTheForecast() throws {
        let share = try CanaryShare(0.1)
        let empty = try RateRatioEProcess().detectionForecast(ratio: 5, share: share, alpha: 0.01, limit: 500)
        let begun = try counted([(0.01, 2, 60)])
        let later = try begun.detectionForecast(ratio: 5, share: share, alpha: 0.01, limit: 500)
        #expect(begun.logEValue > 0)
        let soon = try #require(try later.events(chance: 0.5))
        let late = try #require(try empty.events(chance: 0.5))
        #expect(soon < late)
        let alarmed = try counted([(0.1, 20, 0)])
        let now = try alarmed.detectionForecast(ratio: 5, share: share, alpha: 0.01)
        #expect(now.chanceByEvents == [1])
        #expect(try now.canaryRequests(chance: 0.9, baseRate: 0.01) == 0)
    }

    @Test func aRatioThatIsToleratedIsNotFound() throws {
        let forecast = try RateRatioEProcess(toleratedRatio: 1.1).detectionForecast(
            ratio: 1.05, share: CanaryShare(0.1), alpha: 0.01, limit: 1000)
        #expect(forecast.chanceByEvents.count == 1001)
        #expect(try forecast.events(chance: 0.5) == nil)
        #expect(try forecast.canaryRequests(chance: 0.5, baseRate: 0.1) == nil)
    }

    @Test func badArgumentsAreNamed() throws {
        let process = try RateRatioEProcess()
        let share = try CanaryShare(0.1)
        for ratio in [0, -1, .nan, .infinity] {
            #expect(throws: EstimateError.invalidParameter("ratio", must: "be positive and finite")) {
                try process.detectionForecast(ratio: ratio, share: share, alpha: 0.01)
            }
        }
        #expect(throws: EstimateError.self) {
            try process.detectionForecast(ratio: 2, share: share, alpha: 0)
        }
        #expect(throws: EstimateError.self) {
            try process.detectionForecast(ratio: 2, share: share, alpha: 0.1, limit: 0)
        }
        let forecast = try process.detectionForecast(ratio: 20, share: share, alpha: 0.1, limit: 100)
        for rate in [0, -0.1, 0.06, .nan] {
            #expect(throws: EstimateError.self) { try forecast.canaryRequests(chance: 0.5, baseRate: rate) }
        }
        #expect(throws: EstimateError.self) { try forecast.events(chance: 1) }
        #expect(try forecast.canaryRequests(chance: 0.5, baseRate: 0.05) != nil)
    }
}
