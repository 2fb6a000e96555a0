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
    /// From the first byte of a request to its last, or to the end of its head where bodies are streamed: 408.
    public var request: Duration = .seconds(30)
    /// How long a streamed body may pause: 408.
    public var bodyPause: Duration = .seconds(30)
    /// From the first byte of a request to the last of a streamed body: 408.
    public var upload: Duration = .seconds(3600)
    /// How much of a body that nobody read is taken so that its connection can live on, in bytes.
    public var discardBytes = 256 * 1024
    /// How long a client may take nothing of an answer: closed.
    public var stall: Duration = .seconds(30)
    /// How many requests one connection may send: the last one is answered with `Connection: close`.
    public var requestsPerConnection = Int.max

    public init() {}
}
