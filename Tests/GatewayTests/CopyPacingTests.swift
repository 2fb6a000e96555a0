import Testing

@testable import Gateway

@Suite struct CopyPacingTests {
    private static let millisecond: UInt64 = 1_000_000

    @Test func fewFailuresHoldNothingBack() {
        var pacing = CopyPacing()
        for _ in 0..<15 { pacing.failed(0) }
        let isLet = pacing.lets(0)
        #expect(isLet)
    }

    @Test func whoNeverAnswersIsTriedOnceASecond() {
        var pacing = CopyPacing()
        var tries: [UInt64] = []
        // A copy a millisecond, for ten seconds, each of which fails at once.
        for time in 0..<UInt64(10_000) where pacing.lets(time * Self.millisecond) {
            tries.append(time)
            pacing.failed(time * Self.millisecond)
        }
        #expect(tries.prefix(16).elementsEqual(0..<16))
        let gaps = zip(tries.dropFirst(15), tries.dropFirst(16)).map { $1 - $0 }
        #expect(gaps.prefix(7) == [10, 20, 40, 80, 160, 320, 640])
        #expect(gaps.dropFirst(7).allSatisfy { $0 == 1000 })
    }

    @Test func oneTryAtATimeIsUnderWay() {
        var pacing = CopyPacing()
        for _ in 0..<16 { pacing.failed(0) }
        let times = (10..<20).map { $0 * Self.millisecond }
        var tries = 0
        for time in times where pacing.lets(time) { tries += 1 }
        #expect(tries == 1)
    }

    @Test func anAnswerEndsIt() {
        var pacing = CopyPacing()
        for _ in 0..<40 { pacing.failed(0) }
        let before = pacing.lets(Self.millisecond)
        pacing.answered()
        let after = (pacing.lets(Self.millisecond), pacing.lets(Self.millisecond))
        #expect(!before && after == (true, true))
    }

    @Test func aFloodIsReadAtItsMeasure() {
        var intake = CopyIntake()
        var (now, total) = (UInt64(1_000_000_000), 0)
        // One second of a source that always has 64 KB at hand, read in 10 µs each.
        while now < 2_000_000_000 {
            let pause = intake.take(65_536, at: now)
            total += 65_536
            now += 10_000 + pause
        }
        #expect(total > 120_000_000 && total < 140_000_000)
        var calm = CopyIntake()
        for time in 0..<UInt64(1000) {
            let pause = calm.take(65_536, at: time * Self.millisecond)
            #expect(pause == 0)
        }
    }
}
