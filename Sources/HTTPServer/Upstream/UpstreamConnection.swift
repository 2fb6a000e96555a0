/// A connection to an upstream, which serves one exchange after another. It belongs to the loop's thread.
final class UpstreamConnection {
    let channel: Channel
    /// How many exchanges have begun on it.
    var exchanges = 0
    var idleSince: UInt64 = 0
    /// How long the upstream said that it keeps it, in nanoseconds.
    var idleLimit: UInt64?
    /// Whether the pool still counts it among its open ones.
    var isCounted = true

    /// What was read and not yet looked at.
    let input: InputBuffer

    init(_ channel: Channel) {
        self.channel = channel
        input = InputBuffer(channel.loop)
    }

    /// Reads what has come; `input` keeps what was not taken.
    func read() -> Channel.ReadResult {
        let result = channel.read()
        if case .bytes(let bytes) = result { input.append(bytes) }
        return result
    }

    /// Whether nothing has come that no request asked for, and the upstream has not closed.
    var isQuiet: Bool {
        guard !channel.isClosed, !channel.isBroken, !channel.hasPeerFinished, input.isEmpty else {
            return false
        }
        guard channel.isReadable else { return true }
        // A read of just the buffer's size, or a session ticket: only another one tells.
        if case .wouldBlock = read() { return true }
        return false
    }
}
