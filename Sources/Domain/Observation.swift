import Notation

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

/// What the app returned for one turn.
public struct Answer: Sendable, Hashable {
    public var text: String?
    public var intent: String?
    /// The app's own confidence in `intent` or in its answer, as it gave it.
    public var confidence: Double?
    /// A score that is the app's product (similarity, ranking), not a metric of ours.
    public var score: Double?
    /// The band or class the app put on its score.
    public var scoreLabel: String?
    /// What was retrieved, best first; nil where the app shows no retrieval.
    public var documents: [RetrievedDocument]?
    public var guardrail: GuardrailDecision?
    public var usage: Usage?
    /// The app's own stages, in order, in milliseconds.
    public var stages: [StageTiming]?
    public var tools: [ToolCall]?
    /// Versions the app says it ran with (prompt, model, embedding, index …), sorted by name.
    public var versions: [Version]?
    public var session: String?
    /// Further numbers that the policy maps by name (`observe.values`), sorted by name.
    public var values: [NamedValue]
    /// The whole body where it was JSON.
    public var body: JSONValue?
    /// The body as text where it was not JSON, or why it did not parse.
    public var bodyProblem: String?
    /// Parts that the policy maps and that this answer lacks, or gave in a form that cannot be read.
    public var problems: [PartProblem]
    public var status: Int?
    /// From sending the request to the last byte; nil where a recording does not say.
    public var latencyMilliseconds: Double?
    public var timeToFirstTokenMilliseconds: Double?

    public init(latencyMilliseconds: Double?) {
        self.latencyMilliseconds = latencyMilliseconds
        values = []
        problems = []
    }

    /// Why a part of the answer is nil although the policy says where it stands.
    public struct PartProblem: Sendable, Hashable {
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            /// The pointer leads nowhere in this answer. A JSON null is no problem: it says "none".
            case absent
            /// What stands there is of a type, or in words, that cannot be read.
            case unreadable
        }

        /// The part's key in `observe`: `text`, `documents`, `values.NAME` …
        public let part: String
        public let kind: Kind
        /// One sentence for people, without payload.
        public let detail: String

        public init(part: String, kind: Kind, detail: String) {
            self.part = part
            self.kind = kind
            self.detail = detail
        }
    }

    public struct Version: Sendable, Hashable {
        public let name: String
        public let value: String
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public struct NamedValue: Sendable, Hashable {
        public let name: String
        public let value: Double
        public init(name: String, value: Double) {
            self.name = name
            self.value = value
        }
    }
}

public struct RetrievedDocument: Sendable, Hashable {
    public let id: String
    public let score: Double?
    public let text: String?
    /// The source and page it was cut from, where the app says so.
    public let source: String?
    public let page: Int?

    public init(id: String, score: Double? = nil, text: String? = nil, source: String? = nil, page: Int? = nil) {
        self.id = id
        self.score = score
        self.text = text
        self.source = source
        self.page = page
    }
}

public enum GuardrailOutcome: String, Sendable, Hashable, CaseIterable { case allow, block }

public struct GuardrailDecision: Sendable, Hashable {
    public let outcome: GuardrailOutcome
    public let reason: String?

    public init(outcome: GuardrailOutcome, reason: String? = nil) {
        self.outcome = outcome
        self.reason = reason
    }
}

/// Tokens and money; nil is "not said". `cachedInputTokens` are part of `inputTokens`, never added to them.
public struct Usage: Sendable, Hashable {
    public var inputTokens: Int?
    public var cachedInputTokens: Int?
    public var outputTokens: Int?
    /// In the currency of the policy's prices, or as the app said (`cost`).
    public var cost: Double?

    public init(
        inputTokens: Int? = nil, cachedInputTokens: Int? = nil, outputTokens: Int? = nil, cost: Double? = nil
    ) {
        self.inputTokens = inputTokens
        self.cachedInputTokens = cachedInputTokens
        self.outputTokens = outputTokens
        self.cost = cost
    }
}

public struct StageTiming: Sendable, Hashable {
    public let name: String
    public let milliseconds: Double

    public init(name: String, milliseconds: Double) {
        self.name = name
        self.milliseconds = milliseconds
    }
}

public struct ToolCall: Sendable, Hashable {
    public let name: String
    public let arguments: JSONValue

    public init(name: String, arguments: JSONValue) {
        self.name = name
        self.arguments = arguments
    }
}

/// Why there is no answer, told apart by whose failure it is.
public struct Failure: Sendable, Hashable {
    public enum Cause: String, Sendable, Hashable, CaseIterable {
        // The app was reached and did not serve: counts against it (intention to treat).
        case timeout, status, malformed, emptyBody = "empty-body", closedEarly = "closed-early", crashed, tooLarge = "too-large"
        case throttled
        // The app could not be reached at all.
        case unreachable
        // The run ended first, or the recording lacks the row: nobody's failure.
        case cancelled, notRecorded = "not-recorded"
        // The request could not be formed (a column or a secret is missing): the policy's failure.
        case notAsked = "not-asked"
    }

    public let cause: Cause
    /// One sentence for people: no payload, no secret.
    public let detail: String
    public let status: Int?

    public init(cause: Cause, detail: String, status: Int? = nil) {
        self.cause = cause
        self.detail = detail
        self.status = status
    }

    /// Whether it scores worst for the arm that failed; else it is unmeasured.
    public var countsAgainstApp: Bool {
        switch cause {
        case .timeout, .status, .malformed, .emptyBody, .closedEarly, .crashed, .tooLarge: true
        case .throttled, .unreachable, .cancelled, .notRecorded, .notAsked: false
        }
    }

    /// Whether asking again may help.
    public var isTransient: Bool {
        switch cause {
        case .timeout, .closedEarly, .crashed, .throttled, .unreachable: true
        case .status: (status ?? 0) >= 500 || status == 408 || status == 425
        case .malformed, .emptyBody, .tooLarge, .cancelled, .notRecorded, .notAsked: false
        }
    }
}
