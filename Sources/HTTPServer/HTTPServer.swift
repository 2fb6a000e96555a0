import Glibc
import Synchronization

/// An HTTP/1.1 server: one or several event loops, each on its thread, one structured task per connection.
///
/// Requests come to the handler one after another on each connection, whole or with their bodies streamed;
/// answers go out whole or piece by piece. A connection stays on the loop that took it, and its handler runs on
/// that loop's thread between its waits: what blocks, or computes for more than some milliseconds, holds up the
/// loop's other connections. It may wait with ``EventLoop/sleep(for:)``. Its task is cancelled when the client
/// goes; a client that closes only its sending side counts as gone while nothing else of it waits to be
/// answered (inside TLS, always). Not spoken: HTTP/2 (505, and refused in TLS; it is left to the proxy in
/// front), `CONNECT` (501). Upgrades are answered as plain requests, unless a streaming handler relays them.
public final class HTTPServer: Sendable {
    /// Answers a request that was read whole.
    public typealias Handler = @Sendable (HTTPRequest, consuming ResponseWriter) async throws -> Void
    /// Answers a request whose body it reads itself, as it comes.
    public typealias StreamingHandler =
        @Sendable (HTTPRequestHead, RequestBody, consuming ResponseWriter) async throws -> Void

    /// Hears of an answer that the server gave by itself: its status, why, and the request where its head was read.
    public typealias RefusalReport =
        @Sendable (_ status: Int, _ reason: String, _ head: HTTPRequestHead?) -> Void

    private enum State {
        case new
        case running(roots: [Task<Void, Never>])
        case stopped
    }

    /// The loops that serve.
    public let loops: [EventLoop]
    /// The first of them.
    public var loop: EventLoop { loops[0] }

    private let host: String
    private let port: Int
    private let core: ServerCore
    private let state = Mutex(State.new)

    /// A server that is not listening yet, and reads requests whole.
    ///
    /// - Parameters:
    ///   - host: A numeric IPv4 or IPv6 address to listen on, or `localhost` (127.0.0.1).
    ///   - port: 0 lets the system choose.
    ///   - loops: How many threads serve; the system shares connections out among them. Further sockets of other
    ///     processes are not let in.
    ///   - identity: With it, TLS is spoken, and nothing else.
    ///   - report: Hears, on a loop, of each handler that threw.
    public convenience init(
        host: String = "127.0.0.1", port: Int = 0, loops: Int = 1, limits: HTTPLimits = HTTPLimits(),
        identity: ServerIdentity? = nil, report: (@Sendable (any Error, HTTPRequest) -> Void)? = nil,
        handler: @escaping Handler
    ) throws(HTTPServerError) {
        let limit = limits.bodyBytes
        let core = ServerCore(limits: limits, identity: identity, isStreaming: false, report: nil) {
            (head, body, response) async throws -> Void in
            let request = HTTPRequest(head, body: try await body.collect(upTo: limit))
            do {
                try await handler(request, response)
            } catch {
                report?(error, request)
                throw error
            }
        }
        try self.init(host: host, port: port, loops: loops, core: core)
    }

    /// A server that is not listening yet, and leaves the bodies of requests to its handler.
    ///
    /// ``HTTPLimits/bodyBytes`` holds here too. What a handler leaves unread is discarded up to
    /// ``HTTPLimits/discardBytes``, or else the connection closes after the answer.
    ///
    /// - Parameter refused: Hears, on a loop, of each request that the server answered by itself.
    public convenience init(
        host: String = "127.0.0.1", port: Int = 0, loops: Int = 1, limits: HTTPLimits = HTTPLimits(),
        identity: ServerIdentity? = nil, report: (@Sendable (any Error, HTTPRequestHead) -> Void)? = nil,
        refused: RefusalReport? = nil, streaming handler: @escaping StreamingHandler
    ) throws(HTTPServerError) {
        let core = ServerCore(
            limits: limits, identity: identity, isStreaming: true, report: report, refused: refused,
            handler: handler)
        try self.init(host: host, port: port, loops: loops, core: core)
    }

    private init(host: String, port: Int, loops: Int, core: ServerCore) throws(HTTPServerError) {
        self.host = host
        self.port = port
        self.core = core
        var made: [EventLoop] = []
        for _ in 0..<max(1, loops) { made.append(try EventLoop()) }
        self.loops = made
    }

    /// Listens and serves until `stop`; returns the port.
    ///
    /// The server serves on where this object is let go without `stop`.
    @discardableResult
    public func start() throws(HTTPServerError) -> Int {
        try state.withLock { (state) throws(HTTPServerError) -> Int in
            guard case .new = state else { throw .alreadyStarted }
            let listeners =
                loops.count == 1
                ? [try Listener(host: host, port: port, isShared: false)]
                : try Listener.several(loops.count, host: host, port: port)
            var started = 0
            do throws(HTTPServerError) {
                for loop in loops {
                    try loop.start()
                    started += 1
                }
            } catch {
                for listener in listeners { close(listener.descriptor) }
                for loop in loops[..<started] { loop.finish() }
                throw error
            }
            let roots = zip(loops, listeners).map { [loops] loop, listener in
                loop.spawn { [core] in
                    await core.serve(listener.descriptor, on: loop, takesAdopted: loop === loops[0])
                }
            }
            state = .running(roots: roots)
            return listeners[0].port
        }
    }

    /// A connection to this server within the process, as a socket that blocks: for tests, and for what needs no
    /// port. The socket is the caller's; it is served by the first loop once the server has started.
    public func connect() throws(HTTPServerError) -> Int32 {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw .system(call: "socketpair", code: errno, address: "in process")
        }
        guard fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0 else {
            for end in ends { close(end) }
            throw .system(call: "fcntl", code: errno, address: "in process")
        }
        core.adopt(ends[1], on: loop)
        return ends[0]
    }

    /// Stops: takes no new connection, closes the idle ones, lets requests in flight be answered; what is not
    /// done within `grace` is cancelled. Returns when every connection is closed.
    public func stop(within grace: Duration = .seconds(10)) async {
        let roots = state.withLock { state -> [Task<Void, Never>] in
            guard case .running(let roots) = state else { return [] }
            state = .stopped
            return roots
        }
        core.beginDraining(loops)
        for (loop, root) in zip(loops, roots) {
            loop.perform { loop.schedule(after: grace) { root.cancel() } }
        }
        for root in roots { await root.value }
        for loop in loops.prefix(roots.count) { loop.finish() }
    }
}
