import Statistics
import Testing

@Suite struct RateRatioBoundsTests {
    /// By bisection over the direct product in mpmath, 50 digits: `oracles/sequences.py`.
    private static let known:
        [(stages: [(Double, Int, Int)], confidence: Double, lower: Double, upper: Double?)] = [
            ([(0.1, 12, 31)], 0.95, 1.1546220336405174, 8.94954370860806),
            ([(0.1, 12, 310)], 0.95, 0.12580964368017416, 0.74838142812311944),
            ([(0.01, 3, 40), (0.1, 12, 131)], 0.99, 0.33664525751292155, 2.381485603938104),
            ([(0.1, 0, 60)], 0.95, 0, 0.59163659829692991),
            ([(0.1, 8, 0)], 0.95, 14.312224714009334, nil),
        ]

    @Test(arguments: known.indices)
    func boundsAreTheRootsOfTheDirectProduct(index: Int) throws {
        let row = Self.known[index]
        let process = try counted(row.stages)
        #expect(close(try process.lowerBound(confidence: row.confidence), row.lower, 1e-10))
        let upper = try process.upperBound(confidence: row.confidence)
        if let expected = row.upper {
            #expect(close(try #require(upper), expected, 1e-10))
        } else {
            #expect(upper == nil)
        }
    }

    /// Exact: over all paths of 60 events, the chance that a bound is *ever* on the wrong side of the truth.
    @Test(arguments: [0.3, 1, 4])
    func theTruthLeavesTheBoundsAtMostAsOftenAsTheySay(ratio: Double) throws {
        let p = 0.2
        let q = p * ratio / (1 - p + p * ratio)
        for isUpper in [false, true] {
            var alive = [1.0]
            var wrong = 0.0
            for events in 1...60 {
                var next = [Double](repeating: 0, count: events + 1)
                for (canary, mass) in alive.enumerated() {
                    next[canary] += mass * (1 - q)
                    next[canary + 1] += mass * q
                }
                for canary in next.indices where next[canary] > 0 {
                    let process = try counted([(p, canary, events - canary)])
                    let misses =
                        isUpper
                        ? try process.upperBound(confidence: 0.9) ?? .infinity < ratio
                        : try process.lowerBound(confidence: 0.9) > ratio
                    if misses {
                        wrong += next[canary]
                        next[canary] = 0
                    }
                }
                alive = next
            }
            #expect(wrong <= 0.1)
            #expect(wrong > 0.005)
        }
    }

    @Test func anAlarmAndALowerBoundAboveTheToleratedRatioAreOneThing() throws {
        var random = RandomStream(seed: 5, stream: 0)
        for _ in 0..<300 {
            let tolerated = 0.5 + 2 * random.unit()
            let process = try counted(
                [
                    (0.1, random.index(below: 30), random.index(below: 80)),
                    (0.5, random.index(below: 30), random.index(below: 30)),
                ], tolerating: tolerated)
            for alpha in [0.05, 0.3, 0.6] {
                let bound = try process.lowerBound(confidence: 1 - alpha)
                #expect(try process.alarms(alpha: alpha) == (bound >= tolerated))
            }
        }
    }

    @Test func boundsNestByConfidenceAndMoveWithTheCounts() throws {
        var random = RandomStream(seed: 6, stream: 0)
        for _ in 0..<100 {
            let canary = random.index(below: 40)
            let production = random.index(below: 200)
            let process = try counted([(0.1, canary, production)])
            var lower = Double.infinity
            var upper = 0.0
            for confidence in [0.5, 0.8, 0.95, 0.999] {
                let low = try process.lowerBound(confidence: confidence)
                let high = try process.upperBound(confidence: confidence) ?? .infinity
                #expect(low <= high)
                #expect(low <= lower && high >= upper)
                lower = low
                upper = high
            }
            var worse = process
            worse.record(inCanary: true, share: try CanaryShare(0.1))
            #expect(try worse.lowerBound(confidence: 0.9) >= process.lowerBound(confidence: 0.9))
            let before = try process.upperBound(confidence: 0.9) ?? .infinity
            let after = try worse.upperBound(confidence: 0.9) ?? .infinity
            #expect(after >= before)
        }
    }

    /// A share that is only known to lie in an interval widens both bounds to hold for every share inside.
    @Test func anUncertainShareHoldsForEveryShareInside() throws {
        var process = try RateRatioEProcess()
        try process.add(canary: 25, production: 120, share: CanaryShare(between: 0.09, and: 0.12))
        let low = try process.lowerBound(confidence: 0.95)
        let high = try #require(try process.upperBound(confidence: 0.95))
        for share in [0.09, 0.1, 0.11, 0.12] {
            let exact = try counted([(share, 25, 120)])
            #expect(try low <= exact.lowerBound(confidence: 0.95) * (1 + 1e-12))
            #expect(try high >= exact.upperBound(confidence: 0.95) ?? .infinity * (1 - 1e-12))
            #expect(process.logEValue <= exact.logEValue + 1e-12)
        }
    }

    @Test func extremeCountsHaveFiniteBounds() throws {
        let much = try counted([(0.5, 1 << 40, 1 << 40)])
        let low = try much.lowerBound(confidence: 0.95)
        let high = try #require(try much.upperBound(confidence: 0.95))
        #expect(low > 0.79 && low < 1 && high > 1 && high < 1.26)
        let none = try counted([(0.5, 0, 1 << 40)])
        #expect(try none.lowerBound(confidence: 0.95) == 0)
        #expect(try #require(try none.upperBound(confidence: 0.95)) > 0)
        let all = try counted([(0.001, 1 << 40, 0)])
        #expect(try all.lowerBound(confidence: 0.95).isFinite)
        #expect(try all.upperBound(confidence: 0.95) == nil)
        #expect(throws: EstimateError.self) { try much.lowerBound(confidence: 1) }
        #expect(throws: EstimateError.self) { try much.upperBound(confidence: 0) }
    }
}
