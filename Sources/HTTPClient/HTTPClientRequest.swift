/// One request.
public struct HTTPClientRequest: Sendable {
    /// How long a transfer may take; each is counted from its start.
    public struct Timeouts: Sendable, Hashable {
        /// Name, connection and TLS.
        public var connect: Duration
        /// Until the first byte of the response; nil for no limit of its own.
        public var firstByte: Duration?
        /// Until the last byte.
        public var total: Duration

        public init(
            connect: Duration = .seconds(10), firstByte: Duration? = nil, total: Duration = .seconds(60)
        ) {
            self.connect = connect
            self.firstByte = firstByte
            self.total = total
        }
    }

    public var method: String
    /// An absolute `http:` or `https:` URL, percent-encoded.
    public var url: String
    public var headers: HTTPClientHeaders
    /// Nil sends no body; an empty one is sent as `Content-Length: 0`.
    public var body: [UInt8]?
    public var timeouts: Timeouts
    /// How large the response's body may be.
    public var maxResponseBytes: Int
    /// How many redirects are followed; 0 returns the 3xx itself.
    public var maxRedirects = 0

    public init(
        method: String = "GET", url: String, headers: HTTPClientHeaders = [:], body: [UInt8]? = nil,
        timeouts: Timeouts = Timeouts(), maxResponseBytes: Int = 16 * 1024 * 1024
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeouts = timeouts
        self.maxResponseBytes = maxResponseBytes
    }
}
