import Domain
import Notation

/// One request with what each arm made of it: what a comparison reads.
public struct ShadowPair: Sendable {
    /// What one arm did.
    public struct Side: Sendable {
        /// As `eval` would have seen it: mapped by the policy.
        public let outcome: Observation.Outcome
        public let status: Int?
        /// The whole body where it is JSON, whatever the status; nil where none was kept.
        public let body: JSONValue?
        /// Why it failed; nil where it answered.
        public let failure: LiveFailure?
        public let tokensPerSecond: Double?

        public init(
            outcome: Observation.Outcome, status: Int? = nil, body: JSONValue? = nil,
            failure: LiveFailure? = nil,
            tokensPerSecond: Double? = nil
        ) {
            self.outcome = outcome
            self.status = status
            self.body = body
            self.failure = failure
            self.tokensPerSecond = tokensPerSecond
        }

        public var answer: Answer? {
            if case .answered(let answer) = outcome { return answer }
            return nil
        }
    }

    public struct Label: Sendable, Hashable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public let id: String
    /// What was drawn: a user, a session; nil where the request named none, and is a unit of its own.
    public let key: String?
    /// What was asked, for people.
    public let query: String
    public let route: String
    public let slices: [Label]
    public let production: Side?
    public let candidate: Side?
    /// Production asked a second time.
    public let control: Side?
    /// Whether it was captured beside live traffic: there production carries everything, a copy only the mirrored
    /// share, and times of the two are not of one load.
    public let isLive: Bool

    public init(
        id: String, key: String?, query: String = "", route: String = "", slices: [Label] = [],
        production: Side?, candidate: Side?, control: Side? = nil, isLive: Bool = false
    ) {
        self.id = id
        self.key = key
        self.query = query
        self.route = route
        self.slices = slices
        self.production = production
        self.candidate = candidate
        self.control = control
        self.isLive = isLive
    }
}

extension LiveFailure {
    /// Whether nothing is known of what the arm would have answered: no answer, and no fault of the arm's.
    public var isAbsence: Bool {
        switch kind {
        case .notSent, .cancelled, .clientGone, .source: true
        case .unresolved, .refused, .unreachable, .insecure, .overloaded, .connectTimeout, .firstByteTimeout,
            .pauseTimeout, .totalTimeout, .reset, .closedEarly, .malformed, .stream, .throttled, .validation,
            .clientStatus, .serverStatus:
            false
        }
    }
}

extension ShadowPair.Side {
    /// Whether there is an answer, or a failure that is the arm's own.
    public var isKnown: Bool { failure?.isAbsence != true }

    /// Whether there is no answer that could be compared, whoever's fault that is.
    public var isFailure: Bool {
        if failure != nil || (status ?? 0) >= 400 { return true }
        if case .failed = outcome { return true }
        return false
    }

    /// Whether the arm failed by its own fault.
    public var isError: Bool {
        if let failure { return failure.countsAgainstArm }
        if case .failed(let failure) = outcome {
            return failure.countsAgainstApp || failure.cause == .throttled
        }
        return false
    }
}
