/// A client of one origin, for the loops of a server: HTTP/1.1 over kept connections, a pool of its own on each
/// loop.
///
/// Nothing here blocks a loop: names are resolved on threads, and every wait has its time-out
/// (``UpstreamOptions``). HTTP/2 is not spoken.
public final class Upstream: Sendable {
    public let origin: UpstreamOrigin
    public let options: UpstreamOptions
    private let pools: LoopLocal<UpstreamPool>

    /// - Throws: ``HTTPServerError/tls(path:reason:)`` where the authorities' certificates cannot be read.
    public convenience init(
        _ origin: UpstreamOrigin, options: UpstreamOptions = UpstreamOptions()
    ) throws(HTTPServerError) {
        try self.init(origin, options, .shared)
    }

    init(
        _ origin: UpstreamOrigin, _ options: UpstreamOptions, _ resolver: Resolver
    ) throws(HTTPServerError) {
        self.origin = origin
        self.options = options
        var context: TLSContext?
        if let security = origin.security { context = try TLSContext(authorities: security.authorities) }
        pools = LoopLocal { [context] loop in UpstreamPool(origin, options, context, resolver, on: loop) }
    }

    /// Sends a request and returns with the head of its answer. Must be called on a loop.
    ///
    /// The answer may begin before the request's body has been sent, which then goes on beside; it ends with the
    /// answer. A request that met the closing of a kept connection is sent anew
    /// (``UpstreamOptions/retries``), any other is sent once. Where the calling task is cancelled, the
    /// connection is closed.
    public func send(
        _ request: UpstreamRequest, body: UpstreamBody = .none
    ) async throws(UpstreamError) -> UpstreamResponse {
        guard let loop = EventLoop.current else {
            preconditionFailure("a request to an upstream, away from an event loop")
        }
        if let problem = request.problem {
            throw UpstreamError(.connecting, .invalidRequest(problem), mayHaveArrived: false)
        }
        let pool = pools.here
        let started = loop.now()
        let overall = options.total.map { EventLoop.deadline(started, after: $0) } ?? .max
        var attempt = 0
        while true {
            attempt += 1
            let connection = try await connection(pool, isFresh: attempt > 1, overall, on: loop)
            let exchange = UpstreamExchange(
                connection, pool, on: loop, started: started, overall: overall, attempt: attempt)
            do throws(UpstreamError) {
                try send(request, body, by: exchange)
                let head = try await exchange.readHead(
                    isHead: request.method == "HEAD", upgrade: request.upgrade)
                return UpstreamResponse(head, exchange)
            } catch {
                exchange.abandon()
                guard attempt <= options.retries, exchange.isReused, error.phase == .waiting,
                    error.cause == .closed, !Task.isCancelled,
                    !error.mayHaveArrived || request.isIdempotent && body.isReplayable
                else { throw error }
            }
        }
    }

    /// How many connections the calling loop has open, and how many of them idle. Must be called on a loop.
    public var connections: (open: Int, idle: Int) { pools.here.counts }

    private func connection(
        _ pool: UpstreamPool, isFresh: Bool, _ overall: UInt64, on loop: EventLoop
    ) async throws(UpstreamError) -> UpstreamConnection {
        if !isFresh, let kept = pool.kept() { return kept }
        return try await pool.connect(until: min(loop.deadline(after: pool.times.connect), overall))
    }

    private func send(
        _ request: UpstreamRequest, _ body: UpstreamBody, by exchange: UpstreamExchange
    ) throws(UpstreamError) {
        var bytes = exchange.loop.takeBuffer()
        request.encode(to: origin, body, into: &bytes)
        if case .bytes(let body) = body, body.count <= UpstreamExchange.shortBody {
            bytes.append(contentsOf: body)
        }
        try exchange.send(bytes, body)
        exchange.loop.giveBuffer(bytes)
    }
}
