import CEpoll
import Glibc
import Synchronization

/// What the connections of one server share.
final class ServerCore: Sendable {
    let limits: HTTPLimits
    let times: Times
    let identity: ServerIdentity?
    /// Whether handlers read bodies themselves.
    let isStreaming: Bool
    let handler: HTTPServer.StreamingHandler
    let report: (@Sendable (any Error, HTTPRequestHead) -> Void)?
    /// The limits of time, in nanoseconds: a duration takes a division of 128 bits to be one.
    struct Times {
        let idle, request, bodyPause, upload, stall: UInt64

        init(_ limits: HTTPLimits) {
            idle = EventLoop.nanoseconds(limits.idle)
            request = EventLoop.nanoseconds(limits.request)
            bodyPause = EventLoop.nanoseconds(limits.bodyPause)
            upload = EventLoop.nanoseconds(limits.upload)
            stall = EventLoop.nanoseconds(limits.stall)
        }
    }

    private let draining = Atomic<Bool>(false)
    private let open = Atomic<Int>(0)
    /// Connections that came by no listener.
    private let adopted = Mutex<[Int32]>([])
    private let door = Mutex<ChannelID?>(nil)

    init(
        limits: HTTPLimits, identity: ServerIdentity?, isStreaming: Bool,
        report: (@Sendable (any Error, HTTPRequestHead) -> Void)?,
        handler: @escaping HTTPServer.StreamingHandler
    ) {
        self.limits = limits
        times = Times(limits)
        self.identity = identity
        self.isStreaming = isStreaming
        self.handler = handler
        self.report = report
    }

    var isDraining: Bool { draining.load(ordering: .relaxed) }

    func beginDraining(_ loops: [EventLoop]) {
        draining.store(true, ordering: .relaxed)
        for loop in loops { loop.perform { loop.eachChannel { $0.drain() } } }
    }

    /// Accepts connections, each into a child task, until draining; returns when the last is closed.
    func serve(_ listener: Int32, on loop: EventLoop, takesAdopted: Bool) async {
        await withDiscardingTaskGroup { group in
            guard let channel = try? loop.open(listener) else { return }
            if takesAdopted { door.withLock { $0 = channel.id } }
            defer { channel.close() }
            let parking = Parking(loop)
            parking.door = channel.id
            var taken = 0
            while true {
                // Who comes without end must not keep the loop from those that are there.
                taken += 1
                if taken % 64 == 0 { await Task.yield() }
                for connection in parking.takeWoken() { serve(connection, in: &group) }
                if takesAdopted {
                    for descriptor in takeAdopted() { admit(descriptor, on: loop, parking, to: &group) }
                }
                let descriptor = cepoll_accept(listener)
                if descriptor >= 0 {
                    admit(descriptor, on: loop, parking, to: &group)
                    continue
                }
                switch errno {
                case EAGAIN:
                    // What the system has accepted is served before the listener is closed, or it would be
                    // reset.
                    if isDraining || Task.isCancelled { return }
                    channel.isReadable = false
                    channel.isIdle = true
                    _ = await channel.readable(until: .max)
                    channel.isIdle = false
                case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                    // Waiting for descriptors; the queue keeps what has come.
                    if isDraining || Task.isCancelled { return }
                    await pause(channel)
                default:
                    // A connection that failed while it was queued; anything else would come again at once.
                    if isDraining || Task.isCancelled { return }
                    if errno != ECONNABORTED { await pause(channel) }
                }
            }
        }
    }

    /// Lets a moment go by, but for connections that wait to be served again.
    private func pause(_ listener: Channel) async {
        listener.isReadable = false
        _ = await listener.readable(until: listener.loop.deadline(after: .milliseconds(20)))
        listener.isReadable = true
    }

    /// Serves a connection that did not come by a listener.
    func adopt(_ descriptor: Int32, on loop: EventLoop) {
        guard !isDraining else {
            close(descriptor)
            return
        }
        adopted.withLock { $0.append(descriptor) }
        loop.perform { if let door = self.door.withLock({ $0 }) { loop.cancelWait(door, .reading) } }
    }

    private func takeAdopted() -> [Int32] {
        adopted.withLock { adopted in
            defer { adopted = [] }
            return adopted
        }
    }

    private func admit(
        _ descriptor: Int32, on loop: EventLoop, _ parking: Parking, to group: inout DiscardingTaskGroup
    ) {
        let count = open.add(1, ordering: .relaxed).newValue
        let excess = count - limits.connections
        // The refused ones, who linger for a moment, are bounded too.
        // Inside TLS nothing can be said before the handshake, which costs more than is to be spent on them.
        guard excess <= 256, !(excess > 0 && (isDraining || identity != nil)) else {
            open.subtract(1, ordering: .relaxed)
            close(descriptor)
            return
        }
        group.addTask {
            guard let channel = try? loop.open(descriptor) else { return self.hasClosed() }
            let connection = Connection(channel, self, parking)
            if excess > 0 {
                await connection.refuse(.tooManyConnections)
            } else if await connection.serve() {
                return
            }
            self.hasClosed()
        }
    }

    /// Serves a connection that waited without a task.
    private func serve(_ connection: Connection, in group: inout DiscardingTaskGroup) {
        group.addTask { if !(await connection.serve()) { self.hasClosed() } }
    }

    /// A connection that was counted is closed.
    func hasClosed() { open.subtract(1, ordering: .relaxed) }
}
