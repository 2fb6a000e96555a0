/// The body of the request that is being answered, read as it comes.
///
/// What is not asked for stays with the client: nothing is read ahead beyond one piece of 64 KB. It belongs to
/// its handler and ends with it: a task that still reads then is told ``RequestBodyError/over``. One reads at a
/// time, on the connection's loop: whoever asks from another thread is told ``RequestBodyError/elsewhere``.
public struct RequestBody: Sendable {
    let connection: Connection
    let exchange: UInt64
    /// The length that was announced; nil where there is no body, or a chunked one.
    public let length: Int?
    /// Whether a body follows the head.
    public let isPresent: Bool

    /// The next piece, at most 64 KB and never empty; nil at the end.
    ///
    /// The first call asks for the body where the client waits to be asked (`100 Continue`).
    public func next() async throws(RequestBodyError) -> [UInt8]? {
        // The connection is its loop's alone; nothing of it may be touched from elsewhere, not even to wait.
        guard connection.loop.isCurrent else { throw .elsewhere }
        return try await connection.nextPiece(for: exchange)
    }

    /// The rest of the body.
    ///
    /// - Throws: ``RequestBodyError/refused(status:reason:)`` with 413 where it is longer than `limit`.
    public func collect(upTo limit: Int) async throws(RequestBodyError) -> [UInt8] {
        guard let first = try await next() else { return [] }
        var all = first
        while true {
            guard all.count <= limit else { throw connection.refuseBody(.bodyTooLarge) }
            guard let piece = try await next() else { return all }
            all.append(contentsOf: piece)
        }
    }

    /// What has come already, without waiting, and whether that is all the rest; nothing is asked for.
    ///
    /// A short body mostly comes with its head: a caller that gets it here can send it in one go and keep it to
    /// send it again.
    public func ready() throws(RequestBodyError) -> (bytes: [UInt8], isWhole: Bool) {
        guard connection.loop.isCurrent else { throw .elsewhere }
        return try connection.readyPiece(for: exchange)
    }
}

/// Why a request's body could not be read on.
public enum RequestBodyError: Error, Sendable, Hashable {
    /// It breaks the rules or a limit. A handler that lets this out unanswered has the client answered so.
    case refused(status: Int, reason: String)
    /// The client closed the connection in the middle.
    case clientGone
    /// The reading task was cancelled.
    case cancelled
    /// The request has been answered, and its handler has returned.
    case over
    /// Another task reads it.
    case inUse
    /// The caller runs on another thread than the connection's loop.
    case elsewhere
}
