import Digest
import Domain
import Synchronization

/// Asks one example of one arm: every turn of its conversation, with retries, pacing and the example's time limit.
struct Asker: Sendable {
    let target: any Target
    let arm: Arm
    let limits: ReplayLimits
    let conversation: AppPolicy.Conversation
    let runID: String
    let pacer: Mutexed<Pacer>
    let clock: any ReplayClock
    /// Told in a line what is waited for, and how long.
    var waiting: @Sendable (String) -> Void = { _ in }

    /// Nil where the run was stopped before an answer: then there is nothing to record.
    func observe(_ example: Example, repetition: Int) async -> Observation? {
        var turns: [Answer] = []
        var said: [Message] = []
        var session: String?
        var attempts = 0
        var throttled = 0
        let deadline = clock.now() + limits.totalTimeoutSeconds
        for (turn, step) in steps(of: example).enumerated() {
            said += step.before
            let question = Turn(
                example: example, query: step.query, history: said, repetition: repetition, number: turn,
                session: session)
            let end = await ask(question, deadline: deadline, attempts: &attempts, throttled: &throttled)
            switch end {
            case nil: return nil
            case .failed(let failure)?:
                let words = turn == 0 && step.isLast ? failure.detail : "turn \(turn + 1): \(failure.detail)"
                return Observation(
                    example: example.id, arm: arm, repetition: repetition,
                    outcome: .failed(Failure(cause: failure.cause, detail: words, status: failure.status)),
                    earlierTurns: turns, attempts: attempts, throttled: throttled)
            case .answered(let answer)?:
                if step.isLast {
                    return Observation(
                        example: example.id, arm: arm, repetition: repetition, outcome: .answered(answer),
                        earlierTurns: turns, attempts: attempts, throttled: throttled)
                }
                turns.append(answer)
                session = answer.session ?? session
                said.append(Message(role: .user, content: step.query))
                said.append(Message(role: .assistant, content: answer.text ?? ""))
            }
        }
        return nil
    }

    /// One user turn, and the messages of other roles that stand before it.
    private struct Step {
        let before: [Message]
        let query: String
        let isLast: Bool
    }

    /// User turns of an example: the calls that it takes where none has to be made twice.
    static func turns(of example: Example, _ conversation: AppPolicy.Conversation) -> Int {
        conversation == .replay ? 1 + example.history.count { $0.role == .user } : 1
    }

    private func steps(of example: Example) -> [Step] {
        guard conversation == .replay else {
            return [Step(before: example.history, query: example.query, isLast: true)]
        }
        var steps: [Step] = []
        var before: [Message] = []
        for message in example.history {
            switch message.role {
            case .user:
                steps.append(Step(before: before, query: message.content, isLast: false))
                before = []
            // The app's own answer takes the recorded one's place.
            case .assistant: break
            case .system, .tool: before.append(message)
            }
        }
        steps.append(Step(before: before, query: example.query, isLast: true))
        return steps
    }

    private struct Turn {
        let example: Example
        let query: String
        let history: [Message]
        let repetition: Int
        let number: Int
        let session: String?
    }

    private func ask(
        _ turn: Turn, deadline: Double, attempts: inout Int, throttled: inout Int
    ) async -> Attempt.Result? {
        let schedule = RetrySchedule(retries: limits.retries)
        let name = "\(runID)/\(arm.rawValue)/\(turn.example.id)/\(turn.repetition)/\(turn.number)"
        let key = XXHash.xxh3(name)
        let idempotencyKey = "sluice-" + String(ContentDigest(of: name).hex.prefix(32))
        var spent = 0
        var number = 0
        while true {
            guard await admitted(before: deadline) else {
                return Task.isCancelled ? nil : .failed(outOfTime)
            }
            let left = deadline - clock.now()
            guard left > 0.001 else {
                pacer.withLock { $0.release() }
                return .failed(outOfTime)
            }
            let question = Question(
                example: turn.example, query: turn.query, history: turn.history, arm: arm,
                repetition: turn.repetition, turn: turn.number, attempt: number, session: turn.session,
                runID: runID, idempotencyKey: idempotencyKey, timeoutSeconds: min(limits.timeoutSeconds, left)
            )
            let attempt = await target.ask(question)
            let now = clock.now()
            if let pause = pacer.withLock({ $0.finished(attempt, now: now) }) { tell(pause) }
            if Task.isCancelled { return nil }
            attempts += 1
            number += 1
            guard case .failed(let failure) = attempt.result else { return attempt.result }
            if failure.cause == .cancelled { return nil }
            if failure.cause == .throttled { throttled += 1 }
            guard
                let delay = schedule.delay(
                    after: failure, pacing: attempt.pacing, attempt: number, spent: spent, key: key),
                clock.now() + delay < deadline
            else { return attempt.result }
            if failure.cause != .throttled { spent += 1 }
            guard await clock.sleep(delay) else { return nil }
        }
    }

    /// A pause shorter than this is not worth a line.
    private static let quietSeconds = 2.0

    private func tell(_ seconds: Double) {
        guard seconds > Self.quietSeconds else { return }
        let most = limits.totalTimeoutSeconds
        waiting(
            "the \(arm.rawValue) asks for \(Int(seconds.rounded(.up))) s of patience and is not asked until then"
                + (seconds < most
                    ? ""
                    : "; an example is given up after \(Int(most.rounded(.up))) s (limits.total_timeout)"))
    }

    private var outOfTime: Failure {
        Failure(
            cause: .timeout,
            detail: "no answer within the \(limits.totalTimeoutSeconds) s allowed to an example")
    }

    /// Waits for a place in the arm's window; false where time ran out or the run was stopped.
    private func admitted(before deadline: Double) async -> Bool {
        while true {
            let now = clock.now()
            if now >= deadline || Task.isCancelled { return false }
            switch pacer.withLock({ $0.admit(now: now) }) {
            case .go: return true
            case .wait(let seconds):
                guard await clock.sleep(min(seconds, deadline - now)) else { return false }
            }
        }
    }
}
