/// A connection to an upstream, which serves one exchange after another. It belongs to the loop's thread.
final class UpstreamConnection {
    let channel: Channel
    /// How many exchanges have begun on it.
    var exchanges = 0
    var idleSince: UInt64 = 0
    /// Whether the pool still counts it among its open ones.
    var isCounted = true

    /// What was read and not yet looked at.
    private(set) var input: [UInt8] = []
    private(set) var offset = 0

    init(_ channel: Channel) { self.channel = channel }

    var hasUnread: Bool { offset < input.count }
    var unreadCount: Int { input.count - offset }

    func consume(_ count: Int) { offset += count }

    func unread<Value, Failure>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try input.withUnsafeBufferPointer { (bytes) throws(Failure) -> Value in
            try body(UnsafeBufferPointer(rebasing: bytes[offset...]))
        }
    }

    /// Reads what has come; `input` keeps what was not taken.
    func read() -> Channel.ReadResult {
        if offset == input.count {
            input.removeAll(keepingCapacity: input.capacity <= 80 * 1024)
            offset = 0
        } else if offset > 0 {
            input.removeFirst(offset)
            offset = 0
        }
        let result = channel.read()
        if case .bytes(let bytes) = result { input.append(contentsOf: bytes) }
        return result
    }

    /// Lets go of memory that an idle connection does not need.
    func rest() {
        if input.capacity > 8192 { input = [] }
    }

    /// Whether nothing has come that no request asked for, and the upstream has not closed.
    var isQuiet: Bool {
        guard !channel.isClosed, !channel.isBroken, !channel.hasPeerFinished, !hasUnread else { return false }
        guard channel.isReadable else { return true }
        // A read of just the buffer's size, or a session ticket: only another one tells.
        if case .wouldBlock = read() { return true }
        return false
    }
}
