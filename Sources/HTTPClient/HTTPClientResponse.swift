/// A response, read whole.
public struct HTTPClientResponse: Sendable {
    /// Seconds since the transfer began.
    public struct Timings: Sendable, Hashable {
        /// Until the connection stood; 0 where one was there already.
        public let connect: Double
        /// Until the first byte of the response.
        public let firstByte: Double
        /// Until the last byte.
        public let total: Double

        public init(connect: Double, firstByte: Double, total: Double) {
            self.connect = connect
            self.firstByte = firstByte
            self.total = total
        }
    }

    public let status: Int
    public let headers: HTTPClientHeaders
    /// As it was sent, without chunk framing; content codings are not undone, and none is asked for.
    public let body: [UInt8]
    public let timings: Timings

    /// A response that was had elsewhere.
    public init(status: Int, headers: HTTPClientHeaders, body: [UInt8], timings: Timings) {
        self.status = status
        self.headers = headers
        self.body = body
        self.timings = timings
    }
}
