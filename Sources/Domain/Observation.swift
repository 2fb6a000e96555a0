/// Which version of the app was asked.
public enum Arm: String, Sendable, Hashable, CaseIterable { case baseline, candidate }

/// Everything one request did, from any layer. Parts that the app did not show are nil, not empty.
public struct Observation: Sendable, Hashable {
    public let example: String
    public let arm: Arm
    /// Which of the repeats of this example, from 0.
    public let repetition: Int
    public let outcome: Outcome
    /// Answers to the earlier turns of a conversation, oldest first; empty for a single question.
    public let earlierTurns: [Answer]
    /// Attempts made for all turns together, the last included.
    public let attempts: Int
    /// Attempts that were turned away for their rate (429, or 503 with `Retry-After`).
    public let throttled: Int
    /// Whether it came from the response cache: then timings are those of the first asking.
    public let fromCache: Bool

    public init(
        example: String, arm: Arm, repetition: Int, outcome: Outcome, earlierTurns: [Answer] = [],
        attempts: Int = 1, throttled: Int = 0, fromCache: Bool = false
    ) {
        self.example = example
        self.arm = arm
        self.repetition = repetition
        self.outcome = outcome
        self.earlierTurns = earlierTurns
        self.attempts = attempts
        self.throttled = throttled
        self.fromCache = fromCache
    }

    public enum Outcome: Sendable, Hashable {
        case answered(Answer)
        case failed(Failure)
    }

    public var answer: Answer? {
        if case .answered(let answer) = outcome { return answer }
        return nil
    }

    public var failure: Failure? {
        if case .failed(let failure) = outcome { return failure }
        return nil
    }
}
