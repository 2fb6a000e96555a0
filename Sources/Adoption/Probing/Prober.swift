import Notation

/// One question to an app that nothing is known of yet.
public struct ProbeRequest: Sendable, Hashable {
    public let method: String
    public let url: String
    /// The JSON body; nil sends none.
    public let body: [UInt8]?
    /// Headers that the app's API wants, besides those of the user.
    public let headers: [Header]
    /// The same for no other request, so that an app can refuse to act twice.
    public let key: String

    public struct Header: Sendable, Hashable {
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(method: String, url: String, body: [UInt8]? = nil, headers: [Header] = [], key: String) {
        self.method = method
        self.url = url
        self.body = body
        self.headers = headers
        self.key = key
    }
}

/// What came back, whatever its status.
public struct ProbeResponse: Sendable {
    public let status: Int
    /// Without parameters and in lower case; empty where none was sent.
    public let type: String
    public let body: [UInt8]
    public let milliseconds: Double
    /// Where a redirect leads.
    public let location: String?
    /// Methods that the address takes.
    public let allow: String?
    /// How the app wants to be told who asks.
    public let challenge: String?
    /// Seconds after which the app may be asked again.
    public let retryAfter: Double?

    public init(
        status: Int, type: String, body: [UInt8], milliseconds: Double, location: String? = nil,
        allow: String? = nil, challenge: String? = nil, retryAfter: Double? = nil
    ) {
        self.status = status
        self.type = type
        self.body = body
        self.milliseconds = milliseconds
        self.location = location
        self.allow = allow
        self.challenge = challenge
        self.retryAfter = retryAfter
    }
}

/// Why nothing came back.
public struct ProbeFailure: Error, Sendable, Hashable {
    public enum Cause: String, Sendable, Hashable {
        case notRunning, nameNotFound, tls, timedOut, closed, tooLarge, malformed, notSent, other
    }

    public let cause: Cause
    /// One phrase without payload and secrets.
    public let words: String

    public init(_ cause: Cause, _ words: String) {
        self.cause = cause
        self.words = words
    }
}

/// Asks an app once. Each request carries the marker of a replay and its key; redirects are not followed, and what the
/// body holds of secrets is made unreadable before it is handed on.
public protocol Prober: Sendable {
    func send(_ request: ProbeRequest) async throws(ProbeFailure) -> ProbeResponse
    /// Waits, as an app that is asked too often wants it.
    func wait(seconds: Double) async
}
