/// When things happened in one exchange, in nanoseconds since the call.
public struct UpstreamTimings: Sendable, Hashable {
    /// The connection was there: at once where it was kept.
    public internal(set) var connected: UInt64 = 0
    /// The first byte of the final answer, which an interim one (1xx) is not.
    public internal(set) var firstByte: UInt64?
    /// The answer's last byte; nil while it has not come.
    public internal(set) var lastByte: UInt64?
    /// Whether the connection had served before.
    public internal(set) var isReused = false
    /// How often the request was sent.
    public internal(set) var attempts = 0
}
