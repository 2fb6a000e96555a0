import CEpoll
import Glibc

/// A non-blocking socket on the loop, plain or with TLS. It belongs to the loop's thread.
final class Channel {
    enum Wake { case ready, timedOut, cancelled, drained, parked }
    enum Direction: Sendable { case reading, writing }
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
    private(set) var isClosed = false
    /// The task to cancel when the peer goes; valid while it runs, and set for no longer.
    var watchedBy: UnsafeCurrentTask?
    /// How many bytes the owner has read and not looked at: a peer that waits for their answers is not gone.
    var unread = 0
    /// Whether the wait for reading may be ended by `drain`.
    var isIdle = false
    /// When it fell idle, where its task may be taken; `UInt64.max` where it may not.
    var idleSince = UInt64.max
    /// The connection that waits for this channel without a task.
    private var parked: Connection?
    /// Called at any event but room to write, while nobody waits for the channel.
    var watcher: (() -> Void)?
    var isWatched = false
    private(set) var tls: TLSSession?

    private var reader: Waiter?
    private var writer: Waiter?
    private var readDeadline = UInt64.max
    private var writeDeadline = UInt64.max
    private var alarm = UInt64.max
    private var isDrained = false
    // What TLS waits for in one direction can be an event of the other.
    private var readWantsWrite = false
    private var writeWantsRead = false

    init(_ descriptor: Int32, id: ChannelID, loop: EventLoop) {
        self.descriptor = descriptor
        self.id = id
        self.loop = loop
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        watchedBy = nil
        watcher = nil
        parked = nil
        if !isBroken { tls?.finish() }
        cancelWaits()
        loop.forget(id)
        Glibc.close(descriptor)
    }

    /// Closes so that the peer cannot take what it got for whole.
    func reset() {
        guard !isClosed else { return }
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        isBroken = true
        close()
    }

    /// Says that nothing more will be sent.
    func finishSending() {
        guard !isClosed else { return }
        tls?.finish()
        shutdown(descriptor, Int32(SHUT_WR))
    }

    // MARK: - Waiting

    /// Waits until there is something to read, at the latest until the deadline.
    func readable(until deadline: UInt64) async -> Wake {
        if isReadable { return .ready }
        if let waits = loop.waitsOfCurrentTask() {
            waits.channel = (id, .reading)
            let wake = await withUnsafeContinuation { (waiter: Waiter) in
                if waits.isCancelled { waiter.resume(returning: .cancelled) } else { read(waiter, deadline) }
            }
            waits.channel = nil
            loop.latestWaits = waits
            return wake
        }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { (waiter: Waiter) in
                if Task.isCancelled { waiter.resume(returning: .cancelled) } else { read(waiter, deadline) }
            }
        } onCancel: { [loop, id] in
            loop.cancelWait(id, .reading)
        }
    }

    /// Waits until there is room to write, at the latest until the deadline.
    func writable(until deadline: UInt64) async -> Wake {
        if isWritable { return .ready }
        if let waits = loop.waitsOfCurrentTask() {
            waits.channel = (id, .writing)
            let wake = await withUnsafeContinuation { (waiter: Waiter) in
                if waits.isCancelled { waiter.resume(returning: .cancelled) } else { write(waiter, deadline) }
            }
            waits.channel = nil
            loop.latestWaits = waits
            return wake
        }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { (waiter: Waiter) in
                if Task.isCancelled { waiter.resume(returning: .cancelled) } else { write(waiter, deadline) }
            }
        } onCancel: { [loop, id] in
            loop.cancelWait(id, .writing)
        }
    }

    // An await may let the loop turn before it comes to these: what happened meanwhile has happened.
    private func read(_ waiter: Waiter, _ deadline: UInt64) {
        if isClosed { return waiter.resume(returning: .cancelled) }
        if isReadable { return waiter.resume(returning: .ready) }
        if isIdle && isDrained { return waiter.resume(returning: .drained) }
        reader = waiter
        readDeadline = deadline
        arm(deadline)
    }

    private func write(_ waiter: Waiter, _ deadline: UInt64) {
        if isClosed { return waiter.resume(returning: .cancelled) }
        if isWritable { return waiter.resume(returning: .ready) }
        writer = waiter
        writeDeadline = deadline
        arm(deadline)
    }

    /// Whether nothing but the end is left to read: a client that has sent its last requests and closed its
    /// side waits for the answers. Inside TLS that cannot be seen, and the end is the end.
    private var isEmpty: Bool {
        guard unread == 0 else { return false }
        if let tls { return !tls.hasPending }
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK)) == 0
    }

    func cancelWait(_ direction: Direction) {
        switch direction {
        case .reading: resumeReader(.cancelled)
        case .writing: resumeWriter(.cancelled)
        }
    }

    func cancelWaits() {
        resumeReader(.cancelled)
        resumeWriter(.cancelled)
    }

    /// Ends this and every later wait for the next request.
    func drain() {
        isDrained = true
        if isIdle { resumeReader(.drained) }
        leave()
    }

    /// Ends the wait for the next request so that its task can end; false where there is none to end.
    func park() -> Bool {
        guard isIdle, idleSince != .max, reader != nil else { return false }
        resumeReader(.parked)
        return true
    }

    /// Waits without a task; the deadline of the last wait for reading holds on.
    func park(_ connection: Connection) {
        parked = connection
        arm(readDeadline)
    }

    private func leave() {
        guard let connection = parked else { return }
        parked = nil
        connection.wake()
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
            if writeWantsRead { becomeWritable() }
            if isWatched { watcher?() }
            leave()
        }
        if events & (broken | CEPOLL_OUT) != 0 {
            becomeWritable()
            if readWantsWrite {
                isReadable = true
                resumeReader(.ready)
            }
        }
    }

    private func becomeWritable() {
        isWritable = true
        resumeWriter(.ready)
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
        if let parked {
            if readDeadline <= now { parked.expire() } else { arm(readDeadline) }
        }
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
        guard !isClosed else { return .broken }
        if let tls { return read(through: tls) }
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
        guard !isClosed else { return nil }
        if bytes.isEmpty { return 0 }
        if let tls { return write(bytes, through: tls) }
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

    // The session reads to the end of what the socket has before it says that it wants more: only then an edge
    // is to come.
    private func read(through tls: TLSSession) -> ReadResult {
        readWantsWrite = false
        switch tls.read(into: loop.scratch) {
        case .done(let count): return .bytes(UnsafeRawBufferPointer(rebasing: loop.scratch[..<count]))
        case .wantsRead:
            isReadable = false
            return .wouldBlock
        case .wantsWrite:
            (isReadable, isWritable, readWantsWrite) = (false, false, true)
            return .wouldBlock
        case .end: return .end
        case .broken: return .broken
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, through tls: TLSSession) -> Int? {
        writeWantsRead = false
        switch tls.write(bytes) {
        case .done(let count): return count
        case .wantsWrite:
            isWritable = false
            return 0
        case .wantsRead:
            (isReadable, isWritable, writeWantsRead) = (false, false, true)
            return 0
        case .end, .broken: return nil
        }
    }

    enum Handshake { case done, timedOut, cancelled, failed(String) }

    /// Agrees on TLS.
    func shakeHands(_ session: TLSSession, until deadline: UInt64) async -> Handshake {
        while true {
            let wake: Wake
            switch session.handshake() {
            case .done:
                tls = session
                // What came behind the last word of the handshake may be in the session already.
                isReadable = true
                return .done
            case .wantsRead:
                isReadable = false
                wake = await readable(until: deadline)
            case .wantsWrite:
                isWritable = false
                wake = await writable(until: deadline)
            case .end, .broken: return .failed(session.reason)
            }
            switch wake {
            case .ready: continue
            case .timedOut: return .timedOut
            case .cancelled, .drained, .parked: return .cancelled
            }
        }
    }
}
