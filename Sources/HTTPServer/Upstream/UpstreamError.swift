/// Why an upstream gave no answer, or no whole one.
public struct UpstreamError: Error, Sendable, Hashable, CustomStringConvertible {
    /// How far the exchange had come.
    public enum Phase: Sendable, Hashable {
        case connecting
        /// Connected, and no byte of an answer had come.
        case waiting
        /// Within the answer's head.
        case head
        case body
    }

    public enum Cause: Sendable, Hashable {
        /// The host's name has no address.
        case unresolved(String)
        case refused
        /// No connection, by an `errno`.
        case unreachable(Int32)
        /// No TLS: the certificate does not hold, or nothing is spoken in common.
        case insecure(String)
        case tooManyConnections
        /// This machine has no descriptor, port or memory for one more, by an `errno`: not the upstream's doing.
        case exhausted(Int32)
        /// A time-out of the phase.
        case timedOut
        /// The time for the whole exchange is over.
        case overTime
        /// The upstream takes nothing of the request.
        case stalled
        /// The upstream closed the connection.
        case closed
        /// The answer breaks the rules of HTTP, or a bound.
        case malformed(String)
        /// The request cannot be sent as it stands.
        case invalidRequest(String)
        /// The request's body failed at its source.
        case source(RequestBodyError)
        /// The source gave more or less than was announced, or failed in a way of its own.
        case badSource
        /// The calling task was cancelled.
        case cancelled
    }

    public let phase: Phase
    public let cause: Cause
    /// Whether a byte of the request may have come to the upstream: where not, it may be sent elsewhere.
    public let mayHaveArrived: Bool

    public init(_ phase: Phase, _ cause: Cause, mayHaveArrived: Bool) {
        self.phase = phase
        self.cause = cause
        self.mayHaveArrived = mayHaveArrived
    }

    /// The status for a client that waits for the answer: 504 for time, 502 for the rest, 503 where no
    /// connection was free (RFC 9110, 15.6).
    public var status: Int {
        switch cause {
        case .timedOut, .overTime, .stalled: 504
        case .tooManyConnections, .exhausted: 503
        case .source(.refused(let status, _)): status
        default: 502
        }
    }

    public var description: String {
        let place =
            switch phase {
            case .connecting: "connecting"
            case .waiting: "before the first byte"
            case .head: "in the head of the answer"
            case .body: "in the body of the answer"
            }
        return "\(place): \(words)"
    }

    private var words: String {
        switch cause {
        case .unresolved(let host): "'\(host)' has no address"
        case .refused: "the connection was refused"
        case .unreachable(let code): errorText(code)
        case .insecure(let reason): "no TLS: \(reason)"
        case .tooManyConnections: "every connection is in use"
        case .exhausted(let code): "this machine is out of means: \(errorText(code))"
        case .timedOut: "timed out"
        case .overTime: "the time for the whole exchange is over"
        case .stalled: "the upstream stopped reading"
        case .closed: "the upstream closed the connection"
        case .malformed(let reason): "malformed: \(reason)"
        case .invalidRequest(let reason): "the request cannot be sent: \(reason)"
        case .source: "the request's body broke off"
        case .badSource: "the request's body is not what was announced"
        case .cancelled: "cancelled"
        }
    }
}
