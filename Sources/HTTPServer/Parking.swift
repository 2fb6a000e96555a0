/// Connections of one loop that have been idle for a while. They wait without a task, whose memory (8 KB once it has
/// answered) others use meanwhile, and get a new one when something comes.
///
/// `@unchecked`: it is touched on its loop's thread alone.
final class Parking: @unchecked Sendable {
    private let loop: EventLoop
    /// Where the task waits that takes connections in.
    var door: ChannelID?
    private var woken: [Connection] = []
    private var isLooking = false

    /// Idle connections that keep their tasks whatever comes: a task is made anew in 1 µs, which few need to pay.
    private static let most = 256
    /// How long a connection must have been idle, in nanoseconds.
    private static let patience: UInt64 = 100_000_000

    init(_ loop: EventLoop) { self.loop = loop }

    /// Looks after a moment whether too many are idle.
    func lookLater() {
        guard !isLooking, loop.idleConnections > Self.most else { return }
        isLooking = true
        loop.schedule(after: .milliseconds(100)) { self.look() }
    }

    private func look() {
        isLooking = false
        let now = loop.turn
        var excess = loop.idleConnections - Self.most
        loop.eachChannel { channel in
            if excess > 0, now &- channel.idleSince >= Self.patience, channel.park() { excess -= 1 }
        }
        lookLater()
    }

    /// Has the connection served again.
    func wake(_ connection: Connection) {
        woken.append(connection)
        if let door { loop.cancelWait(door, .reading) }
    }

    func takeWoken() -> [Connection] {
        if woken.isEmpty { return [] }
        defer { woken = [] }
        return woken
    }
}
