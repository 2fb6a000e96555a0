import Foundation
import Statistics
import Testing

@Suite struct BinomialFuseTests {
    /// FORMULAS, for a limit of 5 %.
    @Test(arguments: [(20, 8), (50, 12), (100, 17), (200, 26)])
    func thresholdsAreThoseOfTheDesign(length: Int, failures: Int) throws {
        #expect(try BinomialFuse.threshold(length: length, limit: 0.05) == failures)
        let outcomes = try Binomial(trials: length, probability: 0.05)
        #expect(try outcomes.atLeast(failures) < 1e-5)
        #expect(try outcomes.atLeast(failures - 1) >= 1e-5)
    }

    @Test func aWindowTooShortToBeRareHasNoThreshold() throws {
        #expect(try BinomialFuse.threshold(length: 3, limit: 0.05) == nil)
        #expect(try BinomialFuse.threshold(length: 4, limit: 0.05) == 4)
        #expect(try BinomialFuse.run(limit: 0.05, level: 1e-5) == 4)
        #expect(try BinomialFuse.run(limit: 0.05, level: 1e-7) == 6)
        #expect(throws: EstimateError.self) { try BinomialFuse(limit: 0.05, windows: [3]) }
    }

    /// Against a plain sum over the last outcomes, across the ends of the ring's words.
    @Test func everyWindowCountsItsLastOutcomes() throws {
        var random = RandomStream(seed: 31, stream: 0)
        var fuse = try BinomialFuse(limit: 0.9, windows: [63, 64, 65, 128, 200], level: 0.01, runLevel: nil)
        var history: [Bool] = []
        for step in 0..<1500 {
            let failed = random.unit() < (step < 700 ? 0.5 : 0.2)
            history.append(failed)
            fuse.record(failed: failed)
            for window in fuse.windows {
                #expect(window.failures == history.suffix(window.length).count { $0 })
            }
            if step == 777 {
                let data = try JSONEncoder().encode(fuse)
                let back = try JSONDecoder().decode(BinomialFuse.self, from: data)
                #expect(back == fuse)
                fuse = back
            }
        }
        #expect(fuse.outcomes == 1500)
    }

    @Test func anOutageTripsWithinEightAndTheTripStays() throws {
        var fuse = try BinomialFuse(limit: 0.05, runLevel: nil)
        for _ in 0..<1000 { fuse.record(failed: false) }
        #expect(fuse.trip == nil)
        for failure in 1...8 {
            let isTripped = fuse.record(failed: true)
            #expect(isTripped == (failure == 8))
        }
        #expect(fuse.trip?.length == 20)
        #expect(fuse.trip?.failures == 8)
        #expect(fuse.trip?.outcome == 1008)
        for _ in 0..<1000 { fuse.record(failed: false) }
        #expect(fuse.trip?.outcome == 1008)
        var run = try BinomialFuse(limit: 0.05)
        for failure in 1...6 {
            let isTripped = run.record(failed: true)
            #expect(isTripped == (failure == 6))
        }
        #expect(run.trip?.length == 6)
    }

    /// A limit of 5 % over 20,000 outcomes. At 1 % and 3 % at most 1 in 1,000 trips: 0 and 41 of 100,000 in a
    /// simulation by other code. A comparison of the last 50 with the limit would trip every one of them.
    @Test(arguments: [0.01, 0.03])
    func healthyArmsTripOneInAThousandAtMost(rate: Double) throws {
        let runs = 150
        var trips = 0
        var naive = 0
        for run in 0..<runs {
            var random = RandomStream(seed: 37, stream: UInt64(run))
            var fuse = try BinomialFuse(limit: 0.05)
            var isOver = false
            for outcome in 0..<20_000 {
                if fuse.record(failed: random.unit() < rate) { break }
                if outcome >= 50, fuse.windows[2].failures > 2 { isOver = true }
            }
            if fuse.trip != nil { trips += 1 }
            if isOver { naive += 1 }
        }
        #expect(try Binomial(trials: runs, probability: 0.001).atLeast(trips) > 1e-3, "\(trips) of \(runs)")
        #expect(naive > runs * 99 / 100)
    }

    /// What the documentation says of bursts: six failures in a row of one unlucky user trip at any healthy
    /// rate, once each user counts once they do not.
    @Test func aBurstOfOneUserTripsUnlessItCountsOnce() throws {
        var perRequest = 0
        var perUser = 0
        for run in 0..<40 {
            var random = RandomStream(seed: 43, stream: UInt64(run))
            var requests = try BinomialFuse(limit: 0.05, runLevel: nil)
            var users = requests
            for _ in 0..<3000 {
                let isUnlucky = random.unit() < 0.01
                for _ in 0..<6 { requests.record(failed: isUnlucky) }
                users.record(failed: isUnlucky)
            }
            if requests.trip != nil { perRequest += 1 }
            if users.trip != nil { perUser += 1 }
        }
        #expect(perRequest > 30)
        #expect(perUser == 0)
    }

    @Test func badArgumentsAreNamed() throws {
        for limit in [0, 1, .nan] {
            #expect(throws: EstimateError.invalidParameter("limit", must: "lie strictly between 0 and 1")) {
                try BinomialFuse(limit: limit)
            }
        }
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "windows")) {
            try BinomialFuse(limit: 0.05, windows: [])
        }
        #expect(throws: EstimateError.self) { try BinomialFuse(limit: 0.05, windows: [0]) }
        #expect(throws: EstimateError.self) { try BinomialFuse(limit: 0.05, windows: [.max]) }
        #expect(throws: EstimateError.self) { try BinomialFuse(limit: 0.05, level: 1) }
        #expect(throws: EstimateError.self) { try BinomialFuse.run(limit: 1 - 1e-9, level: 1e-5) }
        let fuse = try BinomialFuse(limit: 0.05)
        let text = String(decoding: try JSONEncoder().encode(fuse), as: UTF8.self)
        for (part, bad) in [
            ("\"length\":20", "\"length\":2000"), ("\"threshold\":26", "\"threshold\":260"),
            ("\"ring\":[0,0,0,0]", "\"ring\":[0]"), ("\"outcomes\":0", "\"outcomes\":-1"),
        ] {
            let broken = text.replacingOccurrences(of: part, with: bad)
            #expect(broken != text, "\(part)")
            #expect(throws: EstimateError.self) {
                try JSONDecoder().decode(BinomialFuse.self, from: Data(broken.utf8))
            }
        }
    }
}
