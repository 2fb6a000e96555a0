/// Why an arm gave no answer, no whole one, or one that says that it failed.
public struct LiveFailure: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        // No connection: the host has no address, refuses, cannot be reached, or its certificate does not hold.
        case unresolved, refused, unreachable, insecure
        /// No connection was free.
        case overloaded
        // Time: to connect, for the first byte, between two pieces, in all.
        case connectTimeout = "connect-timeout"
        case firstByteTimeout = "first-byte-timeout"
        case pauseTimeout = "pause-timeout"
        case totalTimeout = "total-timeout"
        /// The connection ended before the answer began.
        case reset
        /// The answer broke off.
        case closedEarly = "closed-early"
        /// The answer breaks the rules of HTTP, or a bound.
        case malformed
        /// A stream said itself that it failed, or had no end of its own.
        case stream
        // The answer's status: 429, or 503 with `Retry-After`; 422; other 4xx; other 5xx.
        case throttled, validation
        case clientStatus = "client-status"
        case serverStatus = "server-status"
        /// The client left: nobody's failure.
        case clientGone = "client-gone"
        /// The request's own body broke off: nobody's failure.
        case source
        /// This gateway ended it (a drain, a bound of its own): nobody's failure.
        case cancelled
        /// The copy was never sent: a full queue, a rate, a rule. The detail says which.
        case notSent = "not-sent"
    }

    public let kind: Kind
    /// A few words for people: no payload, no secret.
    public let detail: String?

    public init(_ kind: Kind, _ detail: String? = nil) {
        self.kind = kind
        self.detail = detail
    }

    /// Whether it counts as an error of the arm.
    public var countsAgainstArm: Bool {
        switch kind {
        case .unresolved, .refused, .unreachable, .insecure, .overloaded, .connectTimeout, .firstByteTimeout,
            .pauseTimeout, .totalTimeout, .reset, .closedEarly, .malformed, .stream, .serverStatus,
            .throttled,
            .validation:
            true
        case .clientStatus, .clientGone, .source, .cancelled, .notSent: false
        }
    }

    /// What a status says by itself; nil where it says no failure.
    ///
    /// - Parameter asksToWait: Whether `Retry-After` came with it.
    public static func kind(ofStatus status: Int, asksToWait: Bool = false) -> Kind? {
        switch status {
        case 429: .throttled
        case 503 where asksToWait: .throttled
        case 422: .validation
        case 400..<500: .clientStatus
        case 500...: .serverStatus
        default: nil
        }
    }
}
