/// The app as one arm sees it. One call is one attempt at one turn: retries, rate limits and conversations are the
/// runner's.
public protocol Target: Sendable {
    /// What is asked, in words that reports may print and digests may hold; never a secret.
    var identity: TargetIdentity { get }
    /// Asks once. Never throws: a failure is data of its own kind. Returns within `question.timeoutSeconds`.
    func ask(_ question: Question) async -> Attempt
    /// Lets go of connections and subprocesses.
    func close() async
}

public struct TargetIdentity: Sendable, Hashable {
    /// `http`, `openai`, `command` or `recorded`.
    public let kind: String
    /// The address, command line or file, without credentials.
    public let address: String
    /// A digest of all that shapes a request or its reading (template, mapping, headers' names, model, parameters).
    public let configuration: String

    public init(kind: String, address: String, configuration: String) {
        self.kind = kind
        self.address = address
        self.configuration = configuration
    }

    /// Whether answers are read from a file rather than asked for.
    public var isRecord: Bool { kind == "recorded" || kind == "blessed" }
}

/// One turn to be asked.
public struct Question: Sendable {
    public let example: Example
    /// This turn's user text: the example's query, or an earlier user turn of its history.
    public let query: String
    /// What was said before, with the app's own answers in the assistant's place.
    public let history: [Message]
    public let arm: Arm
    public let repetition: Int
    public let turn: Int
    public let attempt: Int
    /// The session the app named in an earlier turn, to be carried over.
    public let session: String?
    public let runID: String
    /// The same for every attempt at this turn, so that an app can refuse to act twice.
    public let idempotencyKey: String
    public let timeoutSeconds: Double

    public init(
        example: Example, query: String, history: [Message], arm: Arm, repetition: Int, turn: Int,
        attempt: Int,
        session: String?, runID: String, idempotencyKey: String, timeoutSeconds: Double
    ) {
        self.example = example
        self.query = query
        self.history = history
        self.arm = arm
        self.repetition = repetition
        self.turn = turn
        self.attempt = attempt
        self.session = session
        self.runID = runID
        self.idempotencyKey = idempotencyKey
        self.timeoutSeconds = timeoutSeconds
    }
}

/// What one attempt brought.
public struct Attempt: Sendable {
    public enum Result: Sendable {
        case answered(Answer)
        case failed(Failure)
    }

    public let result: Result
    /// What the app said of its limits, where it said anything.
    public let pacing: Pacing

    public init(_ result: Result, pacing: Pacing = Pacing()) {
        self.result = result
        self.pacing = pacing
    }
}

/// What an app says of its rate limits: `Retry-After` and the usual `x-ratelimit-*` and `ratelimit-*` headers.
public struct Pacing: Sendable, Hashable {
    /// Seconds to wait before the next attempt, where the app named them.
    public var retryAfterSeconds: Double?
    public var remainingRequests: Int?
    /// Seconds until the window starts anew.
    public var resetSeconds: Double?

    public init(retryAfterSeconds: Double? = nil, remainingRequests: Int? = nil, resetSeconds: Double? = nil)
    {
        self.retryAfterSeconds = retryAfterSeconds
        self.remainingRequests = remainingRequests
        self.resetSeconds = resetSeconds
    }
}
