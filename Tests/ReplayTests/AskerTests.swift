import Domain
import Testing

@testable import Replay

@Suite struct AskerTests {
    private func asker(
        _ target: FakeTarget, _ clock: SteppingClock, retries: Int = 2, timeout: Double = 30,
        total: Double = 120,
        conversation: AppPolicy.Conversation = .replay
    ) -> Asker {
        var limits = ReplayLimits()
        limits.retries = retries
        limits.timeoutSeconds = timeout
        limits.totalTimeoutSeconds = total
        return Asker(
            target: target, arm: .candidate, limits: limits, conversation: conversation, runID: "r-1",
            pacer: Mutexed(Pacer(concurrency: 4, requestsPerSecond: nil)), clock: clock)
    }

    private func conversation() -> Example {
        var example = Example(id: "MT-1", query: "and the second?")
        example.history = [
            Message(role: .system, content: "be brief"), Message(role: .user, content: "name the first"),
            Message(role: .assistant, content: "a recorded answer"), Message(role: .user, content: "go on"),
        ]
        return example
    }

    @Test func aConversationIsReplayedTurnByTurnWithTheAppsOwnAnswers() async throws {
        let target = FakeTarget { question in answered(answer("said \(question.turn)", session: "s-9")) }
        let observation = await asker(target, SteppingClock()).observe(conversation(), repetition: 0)
        #expect(target.asked.map(\.query) == ["name the first", "go on", "and the second?"])
        #expect(target.asked.map(\.turn) == [0, 1, 2])
        #expect(target.asked.map(\.session) == [nil, "s-9", "s-9"])
        #expect(
            target.asked[2].history == [
                Message(role: .system, content: "be brief"), Message(role: .user, content: "name the first"),
                Message(role: .assistant, content: "said 0"), Message(role: .user, content: "go on"),
                Message(role: .assistant, content: "said 1"),
            ])
        #expect(observation?.answer?.text == "said 2")
        #expect(observation?.earlierTurns.map(\.text) == ["said 0", "said 1"])
        #expect(observation?.attempts == 3)
    }

    @Test func aGivenHistoryIsHandedOverAsItStands() async throws {
        let target = FakeTarget { _ in answered(answer("x")) }
        _ = await asker(target, SteppingClock(), conversation: .given).observe(conversation(), repetition: 0)
        #expect(target.asked.count == 1)
        #expect(target.asked[0].history == conversation().history)
    }

    @Test func aTurnThatFailsEndsTheConversationAndIsNamed() async throws {
        let target = FakeTarget { $0.turn == 1 ? failed(.malformed) : answered(answer("x")) }
        let observation = await asker(target, SteppingClock()).observe(conversation(), repetition: 0)
        #expect(target.asked.count == 2)
        #expect(observation?.failure?.cause == .malformed)
        #expect(observation?.failure?.detail.hasPrefix("turn 2: ") == true)
        #expect(observation?.earlierTurns.count == 1)
    }

    struct RetryCase: Sendable, CustomTestStringConvertible {
        let cause: Failure.Cause
        let status: Int?
        let attempts: Int
        var testDescription: String { "\(cause.rawValue) \(status ?? 0)" }
    }

    @Test(arguments: [
        RetryCase(cause: .timeout, status: nil, attempts: 3),
        RetryCase(cause: .closedEarly, status: nil, attempts: 3),
        RetryCase(cause: .unreachable, status: nil, attempts: 3),
        RetryCase(cause: .status, status: 500, attempts: 3),
        RetryCase(cause: .status, status: 404, attempts: 1),
        RetryCase(cause: .malformed, status: nil, attempts: 1),
        RetryCase(cause: .emptyBody, status: nil, attempts: 1),
        RetryCase(cause: .tooLarge, status: nil, attempts: 1),
    ])
    func onlyWhatMayPassIsTriedAgain(_ item: RetryCase) async {
        let target = FakeTarget { _ in failed(item.cause, status: item.status) }
        let observation = await asker(target, SteppingClock()).observe(
            Example(id: "a", query: "q"), repetition: 0)
        #expect(observation?.attempts == item.attempts)
        #expect(observation?.failure?.cause == item.cause)
        // The same key for every attempt: an app can refuse to act twice.
        #expect(Set(target.asked.map(\.idempotencyKey)).count == 1)
    }

    @Test func retriesCanBeOff() async {
        let target = FakeTarget { _ in failed(.timeout) }
        _ = await asker(target, SteppingClock(), retries: 0).observe(
            Example(id: "a", query: "q"), repetition: 0)
        #expect(target.asked.count == 1)
    }

    @Test func retryAfterIsHonouredAndUsesUpNoRetry() async {
        let clock = SteppingClock()
        let target = FakeTarget { question in
            question.attempt < 5
                ? failed(.throttled, status: 429, retryAfter: 3) : answered(answer("at last"))
        }
        let observation = await asker(target, clock).observe(Example(id: "a", query: "q"), repetition: 0)
        #expect(observation?.answer?.text == "at last")
        #expect(observation?.throttled == 5)
        #expect(clock.now() >= 15)
    }

    @Test func anExampleNeverOutlivesItsTotalTime() async {
        let clock = SteppingClock()
        let target = FakeTarget { question in
            clock.advance(question.timeoutSeconds)
            return failed(.timeout)
        }
        let observation = await asker(target, clock, retries: 1000, timeout: 30, total: 100)
            .observe(Example(id: "a", query: "q"), repetition: 0)
        #expect(observation?.failure?.cause == .timeout)
        #expect(clock.now() <= 100.001)
        #expect(target.asked.last.map { $0.timeoutSeconds < 30 } == true)
    }

    @Test func whatIsCancelledLeavesNoRecord() async {
        let target = FakeTarget { _ in
            withUnsafeCurrentTask { $0?.cancel() }
            return failed(.cancelled)
        }
        let task = Task {
            await asker(target, SteppingClock()).observe(Example(id: "a", query: "q"), repetition: 0)
        }
        #expect(await task.value == nil)
    }
}

@Suite struct PacerTests {
    @Test func theWindowShrinksWhenTheAppSaysTooManyAndGrowsAgain() {
        var pacer = Pacer(concurrency: 8, requestsPerSecond: nil)
        for _ in 0..<8 { #expect(pacer.admit(now: 0) == .go) }
        #expect(pacer.admit(now: 0) == .wait(0.005))
        pacer.finished(failed(.throttled, retryAfter: 2), now: 1)
        #expect(pacer.allowed == 4)
        #expect(pacer.admit(now: 1.5) == .wait(1.5))
        // A burst of refusals is one message.
        pacer.finished(failed(.throttled, retryAfter: 2), now: 1.2)
        #expect(pacer.allowed == 4)
        for _ in 0..<6 { pacer.finished(answered(answer("x")), now: 4) }
        #expect(pacer.inFlight == 0)
        for _ in 0..<200 {
            #expect(pacer.admit(now: 10) == .go)
            pacer.finished(answered(answer("x")), now: 10)
        }
        #expect(pacer.allowed == 8)
    }

    @Test func aRateIsKept() {
        var pacer = Pacer(concurrency: 100, requestsPerSecond: 10)
        var now = 0.0
        var admitted = 0
        while now < 2 {
            switch pacer.admit(now: now) {
            case .go: admitted += 1
            case .wait(let seconds): now += seconds
            }
        }
        #expect((19...21).contains(admitted))
    }

    @Test func anAppThatHasNoneLeftIsGivenTimeUntilItsReset() {
        var pacer = Pacer(concurrency: 4, requestsPerSecond: nil)
        _ = pacer.admit(now: 0)
        pacer.finished(
            Attempt(.answered(answer("x")), pacing: Pacing(remainingRequests: 0, resetSeconds: 7)), now: 1)
        #expect(pacer.admit(now: 2) == .wait(6))
    }
}
