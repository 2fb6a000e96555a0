/// Why the server could not start, or why an answer could not be given.
public enum HTTPServerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The address is not a numeric IPv4 or IPv6 address (or `localhost`).
    case badAddress(String)
    /// A system call failed while the server was being started.
    case system(call: String, code: Int32, address: String)
    /// A certificate, a key or the authorities' certificates cannot be used.
    case tls(path: String, reason: String)
    /// `start` was called twice, or after `stop`.
    case alreadyStarted
    /// A field that the handler set has an invalid name, or CR, LF or NUL in its value.
    case invalidField(String)
    /// A field that the engine itself sets: `Content-Length`, `Transfer-Encoding`, `Date`.
    case reservedField(String)
    /// A status outside 200–599.
    case invalidStatus(Int)
    /// The body differs in length from what was announced.
    case wrongLength(announced: Int, given: Int)
    /// The request was already answered, or its connection serves another one by now.
    case alreadyAnswered
    /// The client closed the connection.
    case clientGone
    /// The client took nothing for the stall time of the limits.
    case clientStalled
    /// The request's task was cancelled while the answer was being written.
    case cancelled

    public var description: String {
        switch self {
        case .badAddress(let address): "'\(address)' is no numeric IP address: give one, or localhost"
        case .system(let call, let code, let address): "\(address): \(call): \(errorText(code))"
        case .tls(let path, let reason): "\(path): \(reason)"
        case .alreadyStarted: "the server was started already"
        case .invalidField(let name): "the response field '\(name)' has an invalid name or value"
        case .reservedField(let name): "the response field '\(name)' is the engine's to set"
        case .invalidStatus(let status): "\(status) is no final HTTP status"
        case .wrongLength(let announced, let given): "\(announced) bytes were announced, \(given) given"
        case .alreadyAnswered: "the request was already answered"
        case .clientGone: "the client closed the connection"
        case .clientStalled: "the client stopped reading"
        case .cancelled: "the request was cancelled"
        }
    }
}
