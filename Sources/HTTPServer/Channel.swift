import CEpoll
import Glibc

/// Names a channel; the generation keeps events of a closed descriptor from its successor.
struct ChannelID: Hashable, Sendable {
    let raw: UInt64
    init(raw: UInt64) { self.raw = raw }
    init(slot: Int, generation: UInt32) { raw = UInt64(generation) << 32 | UInt64(slot) }
    var slot: Int { Int(raw & 0xFFFF_FFFF) }
    var generation: UInt32 { UInt32(raw >> 32) }
}

/// The channels of a loop, by slot.
struct ChannelTable {
    private var slots: [(generation: UInt32, channel: Channel?)] = []
    private var free: [Int] = []

    subscript(id: ChannelID) -> Channel? {
        guard id.slot < slots.count, slots[id.slot].generation == id.generation else { return nil }
        return slots[id.slot].channel
    }

    mutating func insert(_ descriptor: Int32, on loop: EventLoop) -> Channel {
        let slot = free.popLast() ?? slots.count
        if slot == slots.count { slots.append((0, nil)) }
        // Never all ones: that is the loop's own event.
        slots[slot].generation = (slots[slot].generation &+ 1) & 0x7FFF_FFFF
        let channel = Channel(
            descriptor, id: ChannelID(slot: slot, generation: slots[slot].generation), loop: loop)
        slots[slot].channel = channel
        return channel
    }

    mutating func remove(_ id: ChannelID) {
        guard self[id] != nil else { return }
        slots[id.slot].channel = nil
        free.append(id.slot)
    }

    func each(_ body: (Channel) -> Void) {
        for slot in slots { if let channel = slot.channel { body(channel) } }
    }
}

/// A non-blocking socket on the loop. It belongs to the loop's thread.
final class Channel {
    enum Wake { case ready, timedOut, cancelled, drained }
    private typealias Waiter = UnsafeContinuation<Wake, Never>

    let descriptor: Int32
    let id: ChannelID
    let loop: EventLoop

    /// Cleared by whoever finds the socket empty or full; set by the next edge.
    var isReadable = true
    var isWritable = true
    /// The peer has closed its sending side.
    private(set) var hasPeerFinished = false
    /// The connection is broken, or closed on both sides.
    private(set) var isBroken = false
    /// The task to cancel when the peer goes; valid while it runs, and set for no longer.
    var watchedBy: UnsafeCurrentTask?
    /// Whether the wait for reading may be ended by `drain`.
    var isIdle = false

    private var reader: Waiter?
    private var writer: Waiter?
    private var readDeadline = UInt64.max
    private var writeDeadline = UInt64.max
    private var alarm = UInt64.max
    private var isDrained = false
    private var isClosed = false

    init(_ descriptor: Int32, id: ChannelID, loop: EventLoop) {
        self.descriptor = descriptor
        self.id = id
        self.loop = loop
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        watchedBy = nil
        cancelWaits()
        loop.forget(id)
        Glibc.close(descriptor)
    }

    // MARK: - Waiting

    /// Waits until there is something to read, at the latest until the deadline.
    func readable(until deadline: UInt64) async -> Wake {
        if isReadable { return .ready }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { (waiter: Waiter) in
                // An await may let the loop turn before it comes to this: what happened meanwhile has
                // happened.
                if Task.isCancelled { return waiter.resume(returning: .cancelled) }
                if isReadable { return waiter.resume(returning: .ready) }
                if isIdle && isDrained { return waiter.resume(returning: .drained) }
                reader = waiter
                readDeadline = deadline
                arm(deadline)
            }
        } onCancel: { [loop, id] in
            loop.cancelWait(id)
        }
    }

    /// Waits until there is room to write, at the latest until the deadline.
    func writable(until deadline: UInt64) async -> Wake {
        if isWritable { return .ready }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { (waiter: Waiter) in
                if Task.isCancelled { return waiter.resume(returning: .cancelled) }
                if isWritable { return waiter.resume(returning: .ready) }
                writer = waiter
                writeDeadline = deadline
                arm(deadline)
            }
        } onCancel: { [loop, id] in
            loop.cancelWait(id)
        }
    }

    /// Whether nothing but the end is left to read: a client that has sent its last requests and closed its
    /// side waits for the answers.
    private var isEmpty: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK)) == 0
    }

    func cancelWaits() {
        resumeReader(.cancelled)
        resumeWriter(.cancelled)
    }

    /// Ends this and every later wait for the next request.
    func drain() {
        isDrained = true
        if isIdle { resumeReader(.drained) }
    }

    func deliver(_ events: UInt32) {
        let broken = CEPOLL_HUP | CEPOLL_ERR
        if events & broken != 0 { isBroken = true }
        if events & (broken | CEPOLL_RDHUP) != 0 {
            hasPeerFinished = true
            if let watchedBy, isBroken || isEmpty { watchedBy.cancel() }
        }
        if events & (broken | CEPOLL_IN | CEPOLL_RDHUP) != 0 {
            isReadable = true
            resumeReader(.ready)
        }
        if events & (broken | CEPOLL_OUT) != 0 {
            isWritable = true
            resumeWriter(.ready)
        }
    }

    // One alarm serves all deadlines of the channel: most are moved on long before they pass, so that a
    // request costs no timer.
    private func arm(_ deadline: UInt64) {
        guard deadline < alarm else { return }
        alarm = deadline
        loop.schedule(id, at: deadline)
    }

    func timerFired(_ now: UInt64) {
        // An earlier alarm than the one last set: that one is still to come.
        guard now >= alarm else { return }
        alarm = .max
        if reader != nil { if readDeadline <= now { resumeReader(.timedOut) } else { arm(readDeadline) } }
        if writer != nil { if writeDeadline <= now { resumeWriter(.timedOut) } else { arm(writeDeadline) } }
    }

    private func resumeReader(_ wake: Wake) {
        guard let waiter = reader else { return }
        reader = nil
        waiter.resume(returning: wake)
    }

    private func resumeWriter(_ wake: Wake) {
        guard let waiter = writer else { return }
        writer = nil
        waiter.resume(returning: wake)
    }

    // MARK: - Reading and writing

    enum ReadResult { case bytes(UnsafeRawBufferPointer), wouldBlock, end, broken }

    /// Reads into the loop's scratch memory; the bytes hold until the next read on the loop.
    func read() -> ReadResult {
        while true {
            let count = recv(descriptor, loop.scratch.baseAddress, loop.scratch.count, 0)
            if count > 0 {
                // A short read has emptied the socket, unless the end is still to be read.
                if count < loop.scratch.count, !hasPeerFinished { isReadable = false }
                return .bytes(UnsafeRawBufferPointer(rebasing: loop.scratch[..<count]))
            }
            if count == 0 { return .end }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                isReadable = false
                return .wouldBlock
            default: return .broken
            }
        }
    }

    /// Writes what the socket takes: the number of bytes, or nil where the connection is broken.
    func write(_ bytes: UnsafeRawBufferPointer) -> Int? {
        while true {
            let count = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 {
                if count < bytes.count { isWritable = false }
                return count
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                isWritable = false
                return 0
            default: return nil
            }
        }
    }
}
