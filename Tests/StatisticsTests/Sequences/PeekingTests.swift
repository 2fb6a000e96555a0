import Statistics
import Testing

/// Why sequences are needed at all: what looking does to tests that were made for one look.
@Suite struct PeekingTests {
    /// FORMULAS: at 100 looks |z| > 1.96 raises a false alarm in 37 % of healthy rollouts, one-sided 1.645 in
    /// 31 %.
    @Test func aZTestLookedAtAHundredTimesRaisesFalseAlarms() {
        var twoSided = 0
        var oneSided = 0
        let runs = 20_000
        for run in 0..<runs {
            var random = RandomStream(seed: 1, stream: UInt64(run))
            var sum = 0
            var isTwoSided = false
            var isOneSided = false
            for look in 1...100 {
                // 64 fair coins: variance 16.
                sum += random.next().nonzeroBitCount - 32
                let z = Double(sum) / (4 * Double(look).squareRoot())
                if abs(z) > 1.96 { isTwoSided = true }
                if z > 1.645 { isOneSided = true }
            }
            if isTwoSided { twoSided += 1 }
            if isOneSided { oneSided += 1 }
        }
        #expect(abs(Double(twoSided) / Double(runs) - 0.37) < 0.012, "\(twoSided)")
        #expect(abs(Double(oneSided) / Double(runs) - 0.31) < 0.012, "\(oneSided)")
    }

    /// The same 100 looks, at every 20 events of a healthy canary: the e-process keeps its α, the z-test does
    /// not.
    @Test func theEProcessKeepsItsAlphaOverTheSameLooks() throws {
        let share = try CanaryShare(0.1)
        var alarms = 0
        var peeked = 0
        let runs = 500
        for run in 0..<runs {
            var random = RandomStream(seed: 2, stream: UInt64(run))
            var process = try RateRatioEProcess()
            var isAlarmed = false
            var isPeeked = false
            for look in 1...100 {
                for _ in 0..<20 { process.record(inCanary: random.unit() < 0.1, share: share) }
                let events = Double(20 * look)
                let z = (Double(process.canaryEvents) - 0.1 * events) / (0.09 * events).squareRoot()
                if z > 1.645 { isPeeked = true }
                if try process.alarms(alpha: 0.05) { isAlarmed = true }
            }
            if isAlarmed { alarms += 1 }
            if isPeeked { peeked += 1 }
        }
        #expect(try Binomial(trials: runs, probability: 0.05).atLeast(alarms) > 1e-3, "\(alarms)")
        #expect(Double(peeked) > 0.25 * Double(runs), "\(peeked)")
    }

    /// FORMULAS: with errors in bursts of six for an unlucky user, request counts give 29–60 % false alarms
    /// at a nominal .1 %; first events per sticky key keep it.
    @Test func requestsAreNotTheUnitThatWasRandomised() throws {
        let share = try CanaryShare(0.1)
        var byRequest = 0
        var byKey = 0
        let runs = 300
        for run in 0..<runs {
            var random = RandomStream(seed: 4, stream: UInt64(run))
            var requests = try RateRatioEProcess()
            var keys = requests
            var requestsAlarm = false
            var keysAlarm = false
            for _ in 0..<300 {
                let inCanary = random.unit() < 0.1
                for _ in 0..<6 { requests.record(inCanary: inCanary, share: share) }
                keys.record(inCanary: inCanary, share: share)
                if try requests.alarms(alpha: 0.001) { requestsAlarm = true }
                if try keys.alarms(alpha: 0.001) { keysAlarm = true }
            }
            if requestsAlarm { byRequest += 1 }
            if keysAlarm { byKey += 1 }
        }
        let share29 = Double(byRequest) / Double(runs)
        #expect(share29 > 0.24 && share29 < 0.6, "\(byRequest)")
        #expect(try Binomial(trials: runs, probability: 0.001).atLeast(byKey) > 1e-3, "\(byKey)")
    }
}
