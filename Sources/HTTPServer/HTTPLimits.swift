/// What one client may ask of the server. Every limit has a status, or closes the connection.
public struct HTTPLimits: Sendable {
    /// Request line and fields together, in bytes: 431, or 414 where the request line alone exceeds it.
    public var headBytes = 32 * 1024
    /// Number of fields: 431.
    public var fields = 100
    /// Request body in bytes, decoded: 413.
    public var bodyBytes = 16 * 1024 * 1024
    /// Connections at one time: 503.
    public var connections = 4096
    /// How long a kept-alive connection may stay silent between requests: closed.
    public var idle: Duration = .seconds(75)
    /// From the first byte of a request to its last: 408.
    public var request: Duration = .seconds(30)
    /// How long a client may take nothing of an answer: closed.
    public var stall: Duration = .seconds(30)
    /// How many requests one connection may send: the last one is answered with `Connection: close`.
    public var requestsPerConnection = Int.max

    public init() {}
}
