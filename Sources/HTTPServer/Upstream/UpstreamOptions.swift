/// How patient a client of an upstream is, and how much it holds. Every bound has its error.
public struct UpstreamOptions: Sendable {
    /// From the wish for a connection to its being there, over all addresses, resolving and TLS included.
    public var connect: Duration = .seconds(5)
    /// From the last byte of the request sent to the first of the answer.
    public var firstByte: Duration = .seconds(120)
    /// Between two reads of an answer.
    public var pause: Duration = .seconds(60)
    /// How long the upstream may take nothing of a request.
    public var stall: Duration = .seconds(30)
    /// From the call to the answer's last byte; nil for as long as it takes.
    public var total: Duration?
    /// Kept connections a loop; more are closed when they fall idle.
    public var idleConnections = 64
    /// How long a connection is kept idle. Shorter than the upstream's own limit, or requests meet its closing.
    public var idle: Duration = .seconds(30)
    /// Connections a loop, kept ones included: ``UpstreamError/Cause/tooManyConnections``.
    public var connections = 1024
    /// Status line and fields of an answer together, in bytes.
    public var headBytes = 64 * 1024
    /// Number of fields of an answer.
    public var fields = 200
    /// Data of one answer, in bytes.
    public var bodyBytes = Int.max
    /// How often a request that came to nothing on a kept connection is sent anew, on a fresh one: only where
    /// its method is idempotent or no byte of it was sent, and its body is at hand.
    public var retries = 1

    public init() {}
}
