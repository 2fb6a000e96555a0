import Statistics
import Testing

@testable import Rollout

@Suite struct FuseTests {
    private func ok(_ key: UInt64) -> FuseOutcome { FuseOutcome(key: key) }
    private func bad(_ key: UInt64) -> FuseOutcome { FuseOutcome(key: key, failed: true) }

    /// The thresholds of FORMULAS: 8 of 20, 12 of 50, 17 of 100, 26 of 200, and six in a row at 5 %.
    @Test func theWindowsAreTheBinomialOnes() throws {
        let windows = try KeyedWindows(limit: 0.05).windows
        #expect(windows.map(\.length) == [6, 20, 50, 100, 200])
        #expect(windows.map(\.threshold) == [6, 8, 12, 17, 26])
    }

    @Test func sixSendersFailingInARowBlowIt() {
        var fuse = FuseMachine(FuseRule(), plan: 3)
        for key in 0..<5 as Range<UInt64> { #expect(fuse.record(bad(key)) == nil) }
        let blown = fuse.record(bad(5))
        #expect(blown == BlownFuse(plan: 3, limit: .errors, failures: 6, window: 6))
        #expect(fuse.blown == blown)
    }

    @Test func eightOfTwentySendersBlowIt() {
        var fuse = FuseMachine(FuseRule(), plan: 1)
        var blownAt: UInt64?
        for key in 0..<20 as Range<UInt64> where blownAt == nil {
            let outcome = key % 5 < 2 ? bad(key) : ok(key)
            if fuse.record(outcome) != nil { blownAt = key }
        }
        // The eighth failure is that of key 16.
        #expect(blownAt == 16)
        #expect(fuse.blown?.window == 20)
    }

    @Test func theBurstOfOneSenderDoesNotBlowIt() {
        var fuse = FuseMachine(FuseRule(), plan: 1)
        for key in 0..<30 as Range<UInt64> { _ = fuse.record(ok(key)) }
        for _ in 0..<1000 { #expect(fuse.record(bad(7)) == nil) }
        for key in 100..<104 as Range<UInt64> { #expect(fuse.record(bad(key)) == nil) }
    }

    @Test func aCandidateThatBreaksIsSeenInSendersWhoWereWellBefore() {
        var fuse = FuseMachine(FuseRule(), plan: 1)
        for number in 0..<200 as Range<UInt64> { _ = fuse.record(ok(number % 10)) }
        var requests = 0
        for key in 0..<10 as Range<UInt64> where fuse.blown == nil {
            _ = fuse.record(bad(key))
            requests += 1
        }
        #expect(requests == 6)
    }

    @Test func aSenderWhoIsAloneCanBlowItByARun() {
        var fuse = FuseMachine(FuseRule(), plan: 1)
        for _ in 0..<49 { #expect(fuse.record(bad(1)) == nil) }
        #expect(fuse.record(bad(1))?.limit == .consecutive)
    }

    @Test func slownessAndThrottlingHaveLimitsOfTheirOwn() {
        var rule = FuseRule()
        rule.errors = nil
        rule.firstToken = .init(above: .seconds(1), share: 0.05)
        rule.throttling = 0.05
        var slow = FuseMachine(rule, plan: 1)
        for key in 0..<6 as Range<UInt64> { _ = slow.record(FuseOutcome(key: key, firstToken: .seconds(2))) }
        #expect(slow.blown?.limit == .firstToken)
        var throttled = FuseMachine(rule, plan: 1)
        for key in 0..<6 as Range<UInt64> {
            _ = throttled.record(FuseOutcome(key: key, throttled: true, firstToken: .milliseconds(3)))
        }
        #expect(throttled.blown?.limit == .throttling)
        var failing = FuseMachine(rule, plan: 1)
        for key in 0..<40 as Range<UInt64> { _ = failing.record(bad(key)) }
        #expect(failing.blown == nil)
    }

    @Test func whatIsLearntOfAnAnswerLaterReplacesNoOtherOutcome() {
        var rule = FuseRule()
        rule.validation = 0.05
        rule.consecutive = 3
        var fuse = FuseMachine(rule, plan: 1)
        // Each answer is well at its end, and found invalid a moment later: six senders are beyond the limit.
        for key in 0..<6 as Range<UInt64> {
            #expect(fuse.record(ok(key)) == nil)
            _ = fuse.record(.afterLook(key: key, failed: false, invalid: true, firstToken: nil))
        }
        #expect(fuse.blown == BlownFuse(plan: 1, limit: .validation, failures: 6, window: 6))
        // A failure stays a failure whatever the look says.
        var failing = FuseMachine(rule, plan: 1)
        for key in 0..<3 as Range<UInt64> {
            _ = failing.record(bad(key))
            _ = failing.record(.afterLook(key: key, failed: false, invalid: nil, firstToken: nil))
        }
        #expect(failing.blown?.limit == .consecutive)
        // A stream that says that it failed makes its sender one who was failed, and is in no run.
        var streams = FuseMachine(FuseRule(), plan: 1)
        for key in 0..<6 as Range<UInt64> {
            _ = streams.record(ok(key))
            _ = streams.record(.afterLook(key: key, failed: true, invalid: nil, firstToken: nil))
        }
        #expect(streams.blown == BlownFuse(plan: 1, limit: .errors, failures: 6, window: 6))
    }

    @Test func itStaysBlownUntilAnotherNumber() {
        var fuse = FuseMachine(FuseRule(), plan: 3)
        for key in 0..<6 as Range<UInt64> { _ = fuse.record(bad(key)) }
        fuse.adopt(FuseRule(), plan: 3)
        #expect(fuse.blown != nil)
        let kept = FuseMachine(FuseRule(), plan: 3, blown: fuse.blown)
        #expect(kept.blown == fuse.blown)
        #expect(FuseMachine(FuseRule(), plan: 4, blown: fuse.blown).blown == nil)
        fuse.adopt(FuseRule(), plan: 4)
        #expect(fuse.blown == nil)
        #expect(fuse.record(bad(9)) == nil)
    }

    /// A healthy candidate with 3 % errors against a limit of 5 %: at most 1 of 1,000 rollouts of 20,000 requests. The
    /// bound of the test is what chance allows 200 rollouts at that rate.
    @Test(arguments: [0, 2000]) func aHealthyCandidateKeepsItsShare(senders: UInt64) {
        var blown = 0
        for seed in 0..<200 as Range<UInt64> {
            var stream = RandomStream(seed: seed, stream: senders)
            var rule = FuseRule()
            rule.consecutive = 50
            var fuse = FuseMachine(rule, plan: 1)
            for number in 0..<20_000 as Range<UInt64> where fuse.blown == nil {
                let key = senders == 0 ? number : stream.next() % senders
                _ = fuse.record(stream.unit() < 0.03 ? bad(key) : ok(key))
            }
            if fuse.blown != nil { blown += 1 }
        }
        #expect(blown <= 2, "\(blown) of 200")
    }
}

@Suite struct LeaseTests {
    @Test func silenceForTheLeasesTimeEndsTheCandidatesShare() {
        let second: UInt64 = 1_000_000_000
        var lease = LeaseMachine(lease: .seconds(30), at: 0)
        #expect(lease.tick(at: 29 * second) == nil)
        #expect(lease.heard(at: 29 * second) == nil)
        #expect(lease.tick(at: 58 * second) == nil)
        #expect(lease.tick(at: 59 * second) == .expired)
        #expect(lease.tick(at: 60 * second) == nil)
        #expect(lease.isExpired)
        #expect(lease.heard(at: 61 * second) == .renewed)
        #expect(!lease.isExpired)
    }

    @Test func withoutALeaseNothingExpires() {
        var lease = LeaseMachine(lease: nil, at: 0)
        #expect(lease.tick(at: .max) == nil)
        lease.adopt(lease: .seconds(1))
        #expect(lease.tick(at: .max) == .expired)
    }
}
