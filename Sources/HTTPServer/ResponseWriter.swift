/// The right to answer one request, once.
///
/// It cannot be copied, and each way of answering consumes it; it stays in the handler's own task. Where it
/// is dropped unused, or the handler throws first, the client gets 500.
public struct ResponseWriter: ~Copyable {
    let connection: Connection
    let exchange: UInt64

    /// Who asks, or the proxy in front: a numeric address without its port; empty where the client is gone.
    public var clientAddress: String { connection.clientAddress }

    /// Answers whole.
    ///
    /// The engine adds `Date` and the length, leaves the body out for `HEAD`, and returns when the system has
    /// taken every byte.
    ///
    /// - Throws: ``HTTPServerError/clientGone`` and its likes; ``HTTPServerError/invalidField(_:)``,
    ///   ``HTTPServerError/reservedField(_:)`` and ``HTTPServerError/invalidStatus(_:)`` before anything is
    ///   sent: the client then gets 500.
    public consuming func send(
        _ status: Int = 200, headers: HTTPFields = [:], body: [UInt8] = []
    ) async throws(HTTPServerError) {
        try await connection.send(status, headers, body, for: exchange)
    }

    /// Answers with text; the content type is the caller's to set.
    public consuming func send(
        _ status: Int = 200, headers: HTTPFields = [:], text: String
    ) async throws(HTTPServerError) {
        try await send(status, headers: headers, body: Array(text.utf8))
    }

    /// Sends the head at once and leaves the body to be written piece by piece.
    ///
    /// - Parameter length: The body's length where it is known; chunked otherwise (to an HTTP/1.0 client, the
    ///   end of the connection).
    public consuming func start(
        _ status: Int = 200, headers: HTTPFields = [:], length: Int? = nil
    ) async throws(HTTPServerError) -> BodyWriter {
        let (connection, exchange) = (self.connection, self.exchange)
        try await connection.start(status, headers, length: length, for: exchange)
        return BodyWriter(connection: connection, exchange: exchange)
    }
}

extension ResponseWriter {
    /// Answers with what an upstream answered: status, reason, fields and body, each piece as it comes.
    ///
    /// Fields of the connection and those that `Connection` names stay behind, `Date` is kept, the framing is
    /// made anew for this client (HTTP/1.0 ones too), trailers are dropped. A slow reader slows the upstream.
    /// Where the answer breaks off, the connection is cut, so that nobody takes it for whole; where the client
    /// goes, the upstream's connection is closed.
    ///
    /// - Parameters:
    ///   - removing: Names of further fields to leave out.
    ///   - adding: Fields to add, each in place of those of the same name.
    ///   - tap: Sees each stretch of the body before it is sent, on the loop.
    /// - Throws: `UpstreamError` or ``HTTPServerError``, by the side that failed.
    public consuming func relay(
        _ response: UpstreamResponse, removing: [String] = [], adding: HTTPFields = [:],
        tap: ((Span<UInt8>) -> Void)? = nil
    ) async throws {
        try await connection.relay(
            response, removing: removing, adding: adding, tap: tap, for: exchange)
    }

    /// Sends the head of an upstream's answer as ``relay(_:removing:adding:tap:)`` does, and leaves the body,
    /// which must keep its length where it has one, to be written piece by piece.
    public consuming func start(
        relaying response: UpstreamResponse, removing: [String] = [], adding: HTTPFields = [:]
    ) async throws(HTTPServerError) -> BodyWriter {
        let (connection, exchange) = (self.connection, self.exchange)
        try await connection.startRelay(response, removing: removing, adding: adding, for: exchange)
        return BodyWriter(connection: connection, exchange: exchange)
    }

    /// Goes over to another protocol with an upstream that has (``UpstreamResponse/isUpgrade``): carries bytes
    /// both ways until either side has ended and the other has had a moment to, or both were silent for `idle`.
    ///
    /// - Throws: ``HTTPServerError`` where it cannot begin. How it ends is no error.
    public consuming func tunnel(
        _ response: UpstreamResponse, adding: HTTPFields = [:], idle: Duration = .seconds(300)
    ) async throws {
        try await connection.tunnel(response, adding: adding, idle: idle, for: exchange)
    }
}

/// A body that is being written. Where it is dropped without `finish`, the connection is cut, so that the
/// client sees that the body is not whole.
public struct BodyWriter: ~Copyable {
    let connection: Connection
    let exchange: UInt64

    /// Sends one piece, unbuffered, and returns when the system has taken it: a slow reader slows its writer.
    public func write(_ bytes: [UInt8]) async throws(HTTPServerError) {
        try await connection.write(bytes, for: exchange)
    }

    public func write(_ text: String) async throws(HTTPServerError) {
        try await connection.write(Array(text.utf8), for: exchange)
    }

    /// Ends the body.
    public consuming func finish() async throws(HTTPServerError) {
        try await connection.finish(for: exchange)
    }
}
