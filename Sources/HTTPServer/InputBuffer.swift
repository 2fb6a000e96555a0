/// What was read from a socket and not yet looked at, in memory that is the loop's again when all was.
///
/// It belongs to its loop's thread. Pointers into it hold until the next `append`.
final class InputBuffer {
    private let loop: EventLoop
    private var memory: UnsafeMutableRawPointer?
    private var capacity = 0
    private var start = 0
    private var end = 0

    init(_ loop: EventLoop) { self.loop = loop }

    deinit { release() }

    var count: Int { end - start }
    var isEmpty: Bool { start == end }

    /// What has come, from the first byte that was not consumed.
    var unread: UnsafeBufferPointer<UInt8> {
        guard let memory, start < end else { return UnsafeBufferPointer(start: nil, count: 0) }
        return UnsafeBufferPointer(
            start: (memory + start).assumingMemoryBound(to: UInt8.self), count: end - start)
    }

    func consume(_ count: Int) {
        precondition(count <= end - start, "more consumed than came")
        start += count
    }

    func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
        makeRoom(for: bytes.count)
        let room = memory.unsafelyUnwrapped + end  // made above
        room.copyMemory(from: source, byteCount: bytes.count)
        end += bytes.count
    }

    /// Gives the memory back where nothing in it is still to be looked at: connections that wait hold none.
    func rest() {
        guard start == end else { return }
        release()
    }

    private func makeRoom(for more: Int) {
        let held = end - start
        if held + more > capacity {
            let wanted = max(held + more, 2 * held, EventLoop.blockBytes)
            let fresh =
                wanted == EventLoop.blockBytes
                ? loop.takeBlock() : .allocate(byteCount: wanted, alignment: 16)
            if held > 0, let memory { fresh.copyMemory(from: memory + start, byteCount: held) }
            release()
            (memory, capacity, start, end) = (fresh, wanted, 0, held)
        } else if end + more > capacity, let memory {
            memory.copyMemory(from: memory + start, byteCount: held)
            (start, end) = (0, held)
        }
    }

    private func release() {
        if let memory {
            if capacity == EventLoop.blockBytes { loop.giveBlock(memory) } else { memory.deallocate() }
        }
        (memory, capacity, start, end) = (nil, 0, 0, 0)
    }
}
