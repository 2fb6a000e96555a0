/// Why there is no response. A response with any status, 500 included, is a response.
public enum HTTPClientError: Error, Sendable, Hashable, CustomStringConvertible {
    /// How far a transfer had come when its time was over.
    public enum Phase: String, Sendable, Hashable {
        /// Looking up the name, connecting, TLS.
        case connect
        /// Sending the request, waiting for the first byte of the response.
        case firstByte
        /// Receiving the response.
        case body
    }

    /// The request cannot be sent as it is: URL, method, fields.
    case invalidRequest(String)
    case nameNotFound(host: String)
    /// Refused, unreachable.
    case couldNotConnect(String)
    /// The handshake failed, or the certificate is not trusted.
    case tls(String)
    case timedOut(Phase, after: Duration)
    /// The connection ended before the response was whole; `received` counts the bytes of its body.
    case closedEarly(received: Int)
    /// The body, or the head, is larger than the request allows.
    case tooLarge(limit: Int)
    /// The bytes are no HTTP.
    case malformed(String)
    /// The calling task was cancelled.
    case cancelled
    /// libcurl is missing or unusable on this machine.
    case unavailable(String)
    /// Anything else, in libcurl's words.
    case other(code: Int, String)

    /// Whether asking again may help.
    public var mayPass: Bool {
        switch self {
        case .couldNotConnect, .timedOut, .closedEarly, .other, .nameNotFound: true
        case .invalidRequest, .tls, .tooLarge, .malformed, .cancelled, .unavailable: false
        }
    }

    public var description: String {
        switch self {
        case .invalidRequest(let why): "invalid request: \(why)"
        case .nameNotFound(let host): "the name '\(host)' was not found"
        case .couldNotConnect(let why): "could not connect: \(why)"
        case .tls(let why): "TLS: \(why)"
        case .timedOut(.connect, let time): "not connected after \(time)"
        case .timedOut(.firstByte, let time): "no answer after \(time)"
        case .timedOut(.body, let time): "the answer was not whole after \(time)"
        case .closedEarly(0): "the connection was closed before an answer came"
        case .closedEarly(let received):
            "the connection was closed after \(received) bytes of an unfinished answer"
        case .tooLarge(let limit): "the answer is larger than \(limit) bytes"
        case .malformed(let why): "the answer is no HTTP: \(why)"
        case .cancelled: "cancelled"
        case .unavailable(let why): "libcurl is not available: \(why)"
        case .other(let code, let why): "\(why) (libcurl \(code))"
        }
    }
}
