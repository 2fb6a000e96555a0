import Statistics
import Testing

/// What equal results bound, what a standard error lets be seen, and claims from draws.
@Suite struct BoundTests {
    /// Hanley's rule of three: 3/n, so that 149 equal results bound a share of 2 %, 59 one of 5 %, 299 one of 1 %.
    @Test(arguments: [(0.02, 149), (0.05, 59), (0.01, 299)])
    func equalResultsBoundAShare(share: Double, examples: Int) throws {
        #expect(try examplesBounding(share: share) == examples)
        #expect(try shareThatMayDiffer(n: examples) <= share)
        #expect(try shareThatMayDiffer(n: examples - 1) > share)
    }

    /// z.95 + z.80 = 1.644854 + .841621.
    @Test func aStandardErrorLetsSeeTwoAndAHalfOfIt() throws {
        #expect(abs(try detectableDrop(standardError: 1) - 2.486_475) < 1e-6)
        #expect(abs(try detectableDrop(standardError: 0.01, alpha: 0.025, power: 0.9) - 0.032_415_2) < 1e-7)
    }

    @Test func whatHasNoValueIsAnError() {
        #expect(throws: EstimateError.self) { try examplesBounding(share: 0) }
        #expect(throws: EstimateError.self) { try examplesBounding(share: 1) }
        #expect(throws: EstimateError.self) { try examplesBounding(share: .nan) }
        #expect(throws: EstimateError.self) { try detectableDrop(standardError: 0) }
        #expect(throws: EstimateError.self) { try detectableDrop(standardError: .infinity) }
        #expect(mean([]) == nil)
        #expect(RunningMean().value == nil)
    }

    @Test func aMeanIsTheSumDividedOnce() {
        var running = RunningMean()
        for _ in 0..<6 { running.add(1.0 / 6) }
        #expect(running.value == mean(Array(repeating: 1.0 / 6, count: 6)))
        var weighed = RunningMean()
        weighed.add(2, times: 3)
        weighed.add(7, times: 1)
        weighed.add(1_000, times: 0)
        #expect(weighed.value == 3.25)
    }

    /// 2⁻ᵏ: the sign test's p where all signs agree.
    @Test func noClaimIsSurerThanItsSigns() throws {
        #expect(abs(leastSignP(10) - 1.0 / 1_024) < 1e-15)
        #expect(leastSignP(0) == 1)
        #expect(leastSignP(10_000) > 0)
        let values = (0..<40).map { $0 < 2 ? -1.0 : 0 }
        let drawn = try bootstrapMean(values, seed: 3)
        let test = try drawn.worseP(.less, least: leastSignP(2))
        #expect(test.pValue >= 0.25)
        #expect(try drawn.worseP(.greater, least: leastSignP(2)).pValue >= 0.5)
        #expect(throws: EstimateError.self) { try drawn.worseP(.twoSided, least: 0.1) }
    }

    /// Fewer groups of the jackknife change the acceleration, and not the draws.
    @Test func fewerGroupsOfTheJackknifeKeepTheDraws() throws {
        let values = (0..<200).map { Double($0 * $0 % 17) }
        func statistic(_ weights: Span<Int32>) -> Double {
            var mean = RunningMean()
            for index in values.indices { mean.add(values[index], times: Double(weights[index])) }
            return mean.value ?? .nan
        }
        let whole = try bootstrap(count: 200, resamples: 500, seed: 7, statistic: statistic)
        let quick = try bootstrap(
            count: 200, resamples: 500, jackknifeGroups: 50, seed: 7, statistic: statistic)
        #expect(whole.replicates == quick.replicates)
        #expect(abs(whole.acceleration - quick.acceleration) < 0.02)
        #expect(throws: EstimateError.self) {
            try bootstrap(count: 200, resamples: 500, jackknifeGroups: 5, seed: 7, statistic: statistic)
        }
    }
}
