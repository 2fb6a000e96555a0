import Glibc

/// The connections of one loop to one origin. It belongs to the loop's thread.
final class UpstreamPool {
    private let origin: UpstreamOrigin
    let options: UpstreamOptions
    let times: Times
    private let context: TLSContext?
    private let resolver: Resolver
    private let loop: EventLoop

    // The one used last is at the end, and taken first: the others grow old and are closed.
    private var idle: [UpstreamConnection] = []
    private var open = 0
    private var isSweeping = false
    /// Which of the addresses answered last.
    private var preferred = 0

    init(
        _ origin: UpstreamOrigin, _ options: UpstreamOptions, _ context: TLSContext?, _ resolver: Resolver,
        on loop: EventLoop
    ) {
        self.origin = origin
        self.options = options
        times = Times(options)
        self.context = context
        self.resolver = resolver
        self.loop = loop
    }

    /// The options' times, in nanoseconds.
    struct Times {
        let connect, firstByte, pause, stall, idle: UInt64

        init(_ options: UpstreamOptions) {
            connect = EventLoop.nanoseconds(options.connect)
            firstByte = EventLoop.nanoseconds(options.firstByte)
            pause = EventLoop.nanoseconds(options.pause)
            stall = EventLoop.nanoseconds(options.stall)
            idle = EventLoop.nanoseconds(options.idle)
        }
    }

    deinit {
        // On the loop's thread: the loop lets go of it there, or the last of its exchanges does.
        for connection in idle { connection.channel.close() }
    }

    var counts: (open: Int, idle: Int) { (open, idle.count) }

    /// A kept connection that is sound, as far as can be seen.
    func kept() -> UpstreamConnection? {
        while let connection = idle.popLast() {
            connection.channel.isWatched = false
            let age = loop.turn &- connection.idleSince
            // A second before the upstream's own limit it may be closing already.
            let promised = connection.idleLimit.map { $0 - min($0, 1_000_000_000) } ?? .max
            if age < min(times.idle, promised), connection.isQuiet { return connection }
            close(connection)
        }
        return nil
    }

    /// Takes back a connection whose exchange has ended well.
    func keep(_ connection: UpstreamConnection) {
        guard idle.count < options.idleConnections, connection.isQuiet else { return close(connection) }
        connection.idleSince = loop.turn
        connection.input.rest()
        connection.channel.isWatched = true
        idle.append(connection)
        sweepLater()
    }

    func close(_ connection: UpstreamConnection) {
        guard connection.isCounted else { return }
        connection.isCounted = false
        connection.channel.close()
        open -= 1
    }

    /// Something came on an idle connection: mostly its end.
    private func stir(_ connection: UpstreamConnection) {
        let held = idle
        guard !connection.isQuiet, let index = held.firstIndex(where: { $0 === connection }) else { return }
        idle.remove(at: index)
        close(connection)
    }

    /// At the time when the one that was idle first has been so for long enough.
    private func sweepLater() {
        guard !isSweeping, let oldest = idle.first else { return }
        isSweeping = true
        let age = loop.turn &- oldest.idleSince
        let pool = Confined(self)
        loop.schedule(after: .nanoseconds(Int64(clamping: times.idle - min(age, times.idle)))) {
            pool.value?.sweep()
        }
    }

    private func sweep() {
        isSweeping = false
        let now = loop.turn
        while let oldest = idle.first, now &- oldest.idleSince >= times.idle {
            idle.removeFirst()
            close(oldest)
        }
        sweepLater()
    }

    /// `@unchecked`: made and used on the loop's thread.
    private struct Confined: @unchecked Sendable {
        weak var value: UpstreamPool?
        init(_ value: UpstreamPool) { self.value = value }
    }

    // MARK: - Connecting

    /// A new connection: each address is tried in turn, with its share of the time that is left.
    func connect(until deadline: UInt64) async throws(UpstreamError) -> UpstreamConnection {
        guard open < options.connections else { throw failure(.tooManyConnections) }
        open += 1
        var isOpen = false
        defer { if !isOpen { open -= 1 } }
        let addresses = await resolver.addresses(origin.host, port: origin.port, on: loop, until: deadline)
        if Task.isCancelled { throw failure(.cancelled) }
        guard !addresses.isEmpty else {
            throw failure(loop.now() >= deadline ? .timedOut : .unresolved(origin.host))
        }
        var last = UpstreamError.Cause.timedOut
        for attempt in 0..<addresses.count {
            let index = (preferred + attempt) % addresses.count
            let now = loop.now()
            guard now < deadline else { break }
            let share = deadline == .max ? .max : now + (deadline - now) / UInt64(addresses.count - attempt)
            do throws(UpstreamError) {
                let channel = try await reach(addresses[index], until: share)
                (preferred, isOpen) = (index, true)
                let connection = UpstreamConnection(channel)
                channel.watcher = { [weak self, unowned connection] in self?.stir(connection) }
                return connection
            } catch {
                if error.cause == .cancelled { throw error }
                last = error.cause
            }
        }
        throw failure(last)
    }

    private func reach(
        _ address: SocketAddress, until deadline: UInt64
    ) async throws(UpstreamError) -> Channel {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { throw failure(.exhausted(errno)) }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        let result = address.withPointer { Glibc.connect(descriptor, $0, $1) }
        if result != 0, errno != EINPROGRESS {
            let code = errno
            Glibc.close(descriptor)
            switch code {
            case ECONNREFUSED: throw failure(.refused)
            case EADDRNOTAVAIL, EAGAIN, ENOBUFS, ENOMEM: throw failure(.exhausted(code))
            default: throw failure(.unreachable(code))
            }
        }
        let channel: Channel
        do throws(HTTPServerError) {
            channel = try loop.open(descriptor)
        } catch {
            throw failure(.exhausted(ENOMEM))
        }
        var isGood = false
        defer { if !isGood { channel.close() } }
        (channel.isReadable, channel.isWritable) = (false, result == 0)
        switch await channel.writable(until: deadline) {
        case .ready: break
        case .timedOut: throw failure(.timedOut)
        case .cancelled, .drained, .parked: throw failure(.cancelled)
        }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        guard code == 0 else { throw failure(code == ECONNREFUSED ? .refused : .unreachable(code)) }
        try await secure(channel, until: deadline)
        isGood = true
        return channel
    }

    private func secure(_ channel: Channel, until deadline: UInt64) async throws(UpstreamError) {
        guard let context, let security = origin.security else { return }
        let name = security.serverName ?? origin.host
        guard let session = TLSSession(connecting: channel.descriptor, to: name, in: context) else {
            throw failure(.insecure("'\(name)' is no name of a server"))
        }
        switch await channel.shakeHands(session, until: deadline) {
        case .done: return
        case .timedOut: throw failure(.timedOut)
        case .cancelled: throw failure(.cancelled)
        case .failed(let reason): throw failure(.insecure(reason))
        }
    }

    private func failure(_ cause: UpstreamError.Cause) -> UpstreamError {
        UpstreamError(.connecting, cause, mayHaveArrived: false)
    }
}
