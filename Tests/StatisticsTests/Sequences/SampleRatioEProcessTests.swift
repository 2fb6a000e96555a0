import Foundation
import Statistics
import Testing

@Suite struct SampleRatioEProcessTests {
    /// What the mixture predicts of each next key, over its share, key by key and stage by stage.
    @Test(arguments: [1, 100, 10_000])
    func evidenceIsTheProductOfPredictions(concentration: Double) throws {
        var random = RandomStream(seed: 17, stream: 0)
        let splits = try [SampleShares([0.99, 0.01]), SampleShares([5, 3, 2])]
        var process = try SampleRatioEProcess(concentration: concentration)
        var expected = 0.0
        for shares in splits {
            var seen = shares.values.map { _ in 0.0 }
            for step in 0..<200 {
                let arm = random.index(below: seen.count)
                let total = concentration + Double(step)
                let predicted = (concentration * shares.values[arm] + seen[arm]) / total
                expected += log(predicted / shares.values[arm])
                seen[arm] += 1
                process.record(arm: arm, shares: shares)
                #expect(abs(process.logEValue - expected) < 1e-9 * max(1, concentration / 100))
            }
        }
        #expect(process.stages.map(\.keys).map { $0.reduce(0, +) } == [200, 200])
    }

    /// Every sequence of keys in two stages: under the configured shares the mean is exactly 1.
    @Test func theMeanOverAllSequencesIsOne() throws {
        let early = try SampleShares(canary: 0.1)
        let late = try SampleShares([0.5, 0.3, 0.2])
        let first = try Binomial(trials: 6, probability: 0.1)
        var mean = 0.0
        for canary in 0...6 {
            for a in 0...4 {
                for b in 0...(4 - a) {
                    var process = try SampleRatioEProcess(concentration: 3)
                    try process.add(keys: [6 - canary, canary], shares: early)
                    try process.add(keys: [a, b, 4 - a - b], shares: late)
                    let one = try Binomial(trials: 4, probability: 0.5).mass(a)
                    let other = try Binomial(trials: 4 - a, probability: 0.6).mass(b)
                    mean += try first.mass(canary) * one * other * process.eValue
                }
            }
        }
        #expect(close(mean, 1, 1e-12))
    }

    /// Seeded: looks after every key of a healthy split, and of one that lost a tenth of the canary's keys.
    @Test func aHealthySplitKeepsAlphaAndAMismatchIsFound() throws {
        let shares = try SampleShares(canary: 0.1)
        var alarms = 0
        let runs = 300
        for run in 0..<runs {
            var random = RandomStream(seed: 23, stream: UInt64(run))
            var process = try SampleRatioEProcess()
            for _ in 0..<600 {
                process.record(arm: random.unit() < 0.1 ? 1 : 0, shares: shares)
                if try process.alarms(alpha: 0.05) {
                    alarms += 1
                    break
                }
            }
        }
        #expect(try Binomial(trials: runs, probability: 0.05).atLeast(alarms) > 1e-3, "\(alarms)")
        var lost = try SampleRatioEProcess()
        try lost.add(keys: [45_400, 4_600], shares: shares)
        #expect(try lost.alarms(alpha: 0.001))
        var healthy = try SampleRatioEProcess()
        try healthy.add(keys: [45_050, 4_950], shares: shares)
        #expect(healthy.logEValue < 0)
    }

    @Test func stagesMergeExactlyInAnyOrderAndComeBackFromTheirFile() throws {
        var random = RandomStream(seed: 29, stream: 0)
        let splits = try [0.01, 0.1, 0.5].map { (share) throws in try SampleShares(canary: share) }
        var whole = try SampleRatioEProcess()
        var parts = [SampleRatioEProcess](repeating: whole, count: 3)
        for _ in 0..<500 {
            let shares = splits[random.index(below: 3)]
            let arm = random.index(below: 2)
            whole.record(arm: arm, shares: shares)
            parts[random.index(below: 3)].record(arm: arm, shares: shares)
        }
        var left = parts[0]
        try left.merge(parts[1])
        try left.merge(parts[2])
        var right = parts[2]
        try right.merge(parts[1])
        try right.merge(parts[0])
        #expect(left == whole && right == whole && left.logEValue == whole.logEValue)
        let data = try JSONEncoder().encode(whole)
        #expect(try JSONDecoder().decode(SampleRatioEProcess.self, from: data) == whole)
        // Shares whose sum is not 1 in the last bit come back as they were too.
        let thirds = try SampleShares([1, 1, 1, 1, 1, 1])
        let back = try JSONDecoder().decode(SampleShares.self, from: JSONEncoder().encode(thirds))
        #expect(back == thirds)
        let other = try SampleRatioEProcess(concentration: 5)
        #expect(throws: EstimateError.self) { try left.merge(other) }
    }

    @Test func badSharesAndCountsAreNamed() throws {
        #expect(throws: EstimateError.tooFew(count: 1, needed: 2, of: "shares")) { try SampleShares([1]) }
        #expect(throws: EstimateError.invalidParameter("shares", must: "be positive")) {
            try SampleShares([1, 0])
        }
        #expect(throws: EstimateError.notFinite(index: 1, of: "shares")) { try SampleShares([1, .nan]) }
        #expect(throws: EstimateError.self) { try SampleShares([1e300, 1e-300]) }
        #expect(throws: EstimateError.overflow) { try SampleShares([1.7e308, 1.7e308]) }
        #expect(throws: EstimateError.self) { try SampleShares(canary: 0) }
        var process = try SampleRatioEProcess()
        let shares = try SampleShares([1, 1])
        #expect(throws: EstimateError.unequalLengths(3, 2)) {
            try process.add(keys: [1, 2, 3], shares: shares)
        }
        #expect(throws: EstimateError.invalidCounts("keys")) {
            try process.add(keys: [1, -1], shares: shares)
        }
        #expect(process.logEValue == 0)
        for concentration in [0, .nan, .infinity] {
            #expect(throws: EstimateError.self) { try SampleRatioEProcess(concentration: concentration) }
        }
    }
}
