/// When things happened in one arm's answer, in milliseconds since the arm was asked; nil is "did not happen" or
/// "was not seen".
public struct LiveTimings: Sendable, Hashable {
    /// The connection was there: near 0 where it was kept from before.
    public var connectMilliseconds: Double?
    /// The first byte of the final answer.
    public var firstByteMilliseconds: Double?
    /// The first piece of the answer's content: for a stream the first event that carries some, which an event
    /// that names a role alone does not; nil where the answer is no stream.
    public var firstTokenMilliseconds: Double?
    public var lastByteMilliseconds: Double?
    /// Whether the connection had served before.
    public var isReused: Bool
    /// How often the request was sent.
    public var attempts: Int

    public init(
        connectMilliseconds: Double? = nil, firstByteMilliseconds: Double? = nil,
        firstTokenMilliseconds: Double? = nil, lastByteMilliseconds: Double? = nil, isReused: Bool = false,
        attempts: Int = 1
    ) {
        self.connectMilliseconds = connectMilliseconds
        self.firstByteMilliseconds = firstByteMilliseconds
        self.firstTokenMilliseconds = firstTokenMilliseconds
        self.lastByteMilliseconds = lastByteMilliseconds
        self.isReused = isReused
        self.attempts = attempts
    }

    /// Tokens a second from the first token to the last byte, the first token not counted.
    ///
    /// Nil for fewer than two tokens, without a first token, and where no time lies between.
    public func tokensPerSecond(outputTokens: Int?) -> Double? {
        guard let outputTokens, outputTokens > 1, let first = firstTokenMilliseconds,
            let last = lastByteMilliseconds, last > first
        else { return nil }
        return Double(outputTokens - 1) * 1000 / (last - first)
    }
}
