import Glibc
import Synchronization

/// An HTTP/1.1 server: one event loop on one thread, one structured task per connection.
///
/// Requests come to the handler whole, one after another on each connection; answers go out whole or piece by
/// piece. The handler runs on the loop's thread between its waits: what blocks, or computes for more than
/// some milliseconds, holds up every other connection. It may wait with ``EventLoop/sleep(for:)``. Its task
/// is cancelled when the client goes; a client that closes only its sending side counts as gone while nothing
/// else of it waits to be answered. Not spoken: TLS, HTTP/2 (505), upgrades (answered as plain requests),
/// `CONNECT` (501).
public final class HTTPServer: Sendable {
    public typealias Handler = @Sendable (HTTPRequest, consuming ResponseWriter) async throws -> Void

    private enum State {
        case new
        case running(root: Task<Void, Never>)
        case stopped
    }

    /// The loop that serves.
    public let loop: EventLoop

    private let host: String
    private let port: Int
    private let core: ServerCore
    private let state = Mutex(State.new)

    /// A server that is not listening yet.
    ///
    /// - Parameters:
    ///   - host: A numeric IPv4 or IPv6 address to listen on, or `localhost` (127.0.0.1).
    ///   - port: 0 lets the system choose.
    ///   - report: Hears, on the loop, of each handler that threw.
    public init(
        host: String = "127.0.0.1", port: Int = 0, limits: HTTPLimits = HTTPLimits(),
        report: (@Sendable (any Error, HTTPRequest) -> Void)? = nil, handler: @escaping Handler
    ) throws(HTTPServerError) {
        self.host = host
        self.port = port
        loop = try EventLoop()
        core = ServerCore(limits: limits, handler: handler, report: report)
    }

    /// Listens and serves until `stop`; returns the port.
    ///
    /// The server serves on where this object is let go without `stop`.
    @discardableResult
    public func start() throws(HTTPServerError) -> Int {
        try state.withLock { (state) throws(HTTPServerError) -> Int in
            guard case .new = state else { throw .alreadyStarted }
            let listener = try Listener(host: host, port: port)
            do throws(HTTPServerError) {
                try loop.start()
            } catch {
                close(listener.descriptor)
                throw error
            }
            state = .running(
                root: loop.spawn { [loop, core] in await core.serve(listener.descriptor, on: loop) })
            return listener.port
        }
    }

    /// Stops: takes no new connection, closes the idle ones, lets requests in flight be answered; what is not
    /// done within `grace` is cancelled. Returns when every connection is closed.
    public func stop(within grace: Duration = .seconds(10)) async {
        let root = state.withLock { state -> Task<Void, Never>? in
            guard case .running(let root) = state else { return nil }
            state = .stopped
            return root
        }
        guard let root else { return }
        core.beginDraining(loop)
        loop.perform { [loop] in loop.schedule(after: grace) { root.cancel() } }
        await root.value
        loop.finish()
    }
}
