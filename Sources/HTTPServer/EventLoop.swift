import CEpoll
import CLLHTTP
import Glibc
import Synchronization

/// One thread that waits on epoll and runs the Swift jobs that belong to it.
///
/// It is a task executor and a serial executor: the tasks that are spawned on it, their children, and actors
/// that name it as theirs all run on its thread, between two polls. Nothing that blocks may run there.
///
/// `@unchecked`: what is marked as the thread's own below is touched by that thread alone (`isCurrent`); the
/// rest is immutable, atomic or behind the lock.
public final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    private enum Work {
        case job(UnownedJob)
        case call(@Sendable () -> Void)
    }

    private enum Timer {
        case sleeper(UnsafeContinuation<Bool, Never>)
        case call(@Sendable () -> Void)
    }

    private let epoll: Int32
    private let wake: Int32
    private let inbox = Mutex<[Work]>([])
    private let isAsleep = Atomic<Bool>(false)
    private let thread = Atomic<UInt>(0)
    private let hasEnded = Atomic<Bool>(false)

    // The thread's own.
    private let ready = JobQueue()
    private var channels = ChannelTable()
    private var timers = TimerQueue()
    private var pending: [UInt64: Timer] = [:]
    private var lastTimer: UInt64 = 0
    private var ended = false
    /// Written before the thread begins.
    private var givesWay = false
    private var tasks = 0
    private var date = DateField()
    /// When the sockets were last looked at: near enough for long waits, and free.
    private(set) var turn: UInt64 = 0
    private let buffers = BufferPool()
    /// Those of the task that waited last: mostly the one that runs.
    var latestWaits: TaskWaits?
    /// Connections that wait for their next request with a task.
    var idleConnections = 0
    var allWaits: [UnsafeCurrentTask: TaskWaits] = [:]
    /// Values of `LoopLocal`, by its number.
    private let locals = LocalShelf()
    private var watch: JobWatch?
    private var doing: String?
    let requestHeads = HeadParser(HTTP_REQUEST)
    let responseHeads = HeadParser(HTTP_RESPONSE)
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)

    /// Marks the timer keys that name a channel; the generation of a channel leaves this bit free.
    private static let channelTimer: UInt64 = 1 << 63

    /// How many jobs run before sockets are looked at again.
    private static let jobsPerTurn = 256

    /// A loop whose thread is not running yet.
    public init() throws(HTTPServerError) {
        epoll = cepoll_create()
        wake = cepoll_eventfd()
        guard epoll >= 0, wake >= 0, cepoll_add(epoll, wake, CEPOLL_IN, .max) == 0 else {
            throw .system(call: "epoll", code: errno, address: "event loop")
        }
    }

    deinit {
        close(epoll)
        close(wake)
        scratch.deallocate()
    }

    /// The loop whose thread this is; nil elsewhere.
    public static var current: EventLoop? {
        pthread_getspecific(currentKey).map { Unmanaged<EventLoop>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Whether the caller runs on this loop's thread.
    public var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    // MARK: - Running

    /// Starts the thread. It runs, and keeps the loop alive, until `finish` was called and every spawned task
    /// ended.
    ///
    /// - Parameter givesWay: Whether its thread lets others have the processor first, for what nobody waits for.
    public func start(givingWay givesWay: Bool = false) throws(HTTPServerError) {
        self.givesWay = givesWay
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        var id = pthread_t()
        let me = Unmanaged.passRetained(self)
        let code = pthread_create(
            &id, &attributes,
            { raw in
                Unmanaged<EventLoop>.fromOpaque(raw!).takeRetainedValue().run()
                return nil
            }, me.toOpaque())
        guard code == 0 else {
            me.release()
            throw .system(call: "pthread_create", code: code, address: "event loop")
        }
    }

    /// Lets the thread end once the last spawned task has.
    public func finish() {
        perform { self.ended = true }
    }

    /// Runs a task on the loop: the only place where one begins. Its children stay on the loop.
    @discardableResult
    public func spawn(_ operation: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        perform { self.tasks += 1 }
        return Task(executorPreference: self) {
            await self.withWaits(operation)
            self.tasks -= 1
        }
    }

    /// Calls `body` on the loop's thread: at once where this is it.
    func perform(_ body: @escaping @Sendable () -> Void) {
        if isCurrent { body() } else { hand(.call(body)) }
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent { ready.append(job) } else { hand(.job(job)) }
    }

    /// Lets actors of this loop find, by `assumeIsolated`, that they are on its thread.
    public func checkIsolated() {
        precondition(isCurrent, "not on the thread of the event loop")
    }

    private func hand(_ work: Work) {
        // What comes when the thread has ended would keep the loop alive for ever.
        if hasEnded.load(ordering: .acquiring), case .call = work { return }
        inbox.withLock { $0.append(work) }
        if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { cepoll_signal(wake) }
    }

    private func run() {
        cepoll_name_thread("http-loop")
        if givesWay { cepoll_give_way() }
        pthread_setspecific(currentKey, Unmanaged.passUnretained(self).toOpaque())
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        let events = UnsafeMutablePointer<cepoll_event>.allocate(capacity: 256)
        defer { events.deallocate() }
        while !(ended && tasks == 0 && ready.count == 0 && inbox.withLock { $0.isEmpty }) {
            runReady()
            takeInbox()
            let count = cepoll_wait(epoll, events, 256, patience())
            isAsleep.store(false, ordering: .relaxed)
            turn = now()
            for index in 0..<Int(max(0, count)) { deliver(events[index]) }
            fireTimers()
        }
        // Kept connections to upstreams.
        var left: [Channel] = []
        channels.each { left.append($0) }
        for channel in left { channel.close() }
        locals.clear()
        hasEnded.store(true, ordering: .releasing)
        inbox.withLock { $0.removeAll() }
        // A thread that came later may have the same name for itself.
        thread.store(0, ordering: .relaxed)
        pthread_setspecific(currentKey, nil)
    }

    private func runReady() {
        // Not those that they bring forth: who yields lets the sockets be looked at.
        let count = min(ready.count, Self.jobsPerTurn)
        if count > 0, watch != nil { watch?.beginTurn(now()) }
        for _ in 0..<count {
            guard let job = ready.popFirst() else { break }
            // As a task executor's: with the serial executor named too, every call of a nonisolated function
            // from another would be a job of its own.
            job.runSynchronously(on: asUnownedTaskExecutor())
            if watch != nil {
                let long = watch?.jobEnded(now(), doing: doing)
                doing = nil
                if let long { watch?.report(long) }
            }
        }
    }

    private func takeInbox() {
        let work = inbox.withLock { box -> [Work] in
            guard !box.isEmpty else { return [] }
            let taken = box
            box = []
            return taken
        }
        for item in work {
            switch item {
            case .job(let job): ready.append(job)
            case .call(let body): body()
            }
        }
    }

    /// How long the poll may wait, in nanoseconds; before a wait the flag goes up and the inbox is looked at
    /// again, so that a hand-over either sees the flag or is seen.
    private func patience() -> Int64 {
        guard ready.count == 0, !(ended && tasks == 0) else { return 0 }
        isAsleep.store(true, ordering: .sequentiallyConsistent)
        guard inbox.withLock({ $0.isEmpty }) else { return 0 }
        guard let next = timers.next else { return -1 }
        let now = now()
        return next <= now ? 0 : Int64(clamping: next - now)
    }

    private func deliver(_ event: cepoll_event) {
        if event.data == .max {
            cepoll_clear(wake)
        } else {
            channels[ChannelID(raw: event.data)]?.deliver(event.events)
        }
    }

    /// Tells of each job that holds the loop for longer than `bound` by computing or blocking; on the loop, after
    /// the job. Costs some tens of nanoseconds a job.
    public func watch(longerThan bound: Duration, _ report: @escaping @Sendable (LongJob) -> Void) {
        perform { self.watch = JobWatch(longerThan: bound, report) }
    }

    /// Says what the job that runs is at, for whoever is told that it took long. Must be called on the loop.
    public func mark(_ doing: @autoclosure () -> String) {
        if watch != nil { self.doing = doing() }
    }

    // MARK: - Time

    /// Monotonic nanoseconds.
    func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    func deadline(after duration: Duration) -> UInt64 { Self.deadline(now(), after: duration) }

    /// The time on the loop's clock that follows another by `duration`; for ever where that is a century.
    static func deadline(_ start: UInt64, after duration: Duration) -> UInt64 {
        deadline(start, after: nanoseconds(duration))
    }

    static func deadline(_ start: UInt64, after nanoseconds: UInt64) -> UInt64 {
        let (deadline, isForEver) = start.addingReportingOverflow(nanoseconds)
        return isForEver ? .max : deadline
    }

    func deadline(after nanoseconds: UInt64) -> UInt64 { Self.deadline(now(), after: nanoseconds) }

    /// A duration as the loop counts it; `UInt64.max` for a century, which is for ever.
    static func nanoseconds(_ duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        guard seconds < 1 << 32 else { return .max }
        return UInt64(max(0, seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
    }

    /// Sleeps without holding the loop. Where the calling task does not run on a loop, as `Task.sleep`.
    ///
    /// - Throws: `CancellationError`, at once when the task is cancelled.
    public static func sleep(for duration: Duration) async throws {
        guard let loop = EventLoop.current else { return try await Task.sleep(for: duration) }
        try await loop.sleep(until: loop.deadline(after: duration))
    }

    /// Must be called on the loop.
    private func sleep(until deadline: UInt64) async throws {
        let key = newTimerKey()
        let slept = await withTaskCancellationHandler {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Bool, Never>) in
                if Task.isCancelled { return continuation.resume(returning: false) }
                pending[key] = .sleeper(continuation)
                timers.insert(key, at: deadline)
            }
        } onCancel: {
            perform {
                guard case .sleeper(let continuation) = self.pending.removeValue(forKey: key) else { return }
                continuation.resume(returning: false)
            }
        }
        guard slept else { throw CancellationError() }
    }

    /// Calls `body` on the loop's thread after the time. Must be called on the loop.
    func schedule(after duration: Duration, _ body: @escaping @Sendable () -> Void) {
        let key = newTimerKey()
        pending[key] = .call(body)
        timers.insert(key, at: deadline(after: duration))
    }

    /// Has the channel look at its own deadline then.
    func schedule(_ channel: ChannelID, at deadline: UInt64) {
        timers.insert(channel.raw | Self.channelTimer, at: deadline)
    }

    private func newTimerKey() -> UInt64 {
        lastTimer += 1
        return lastTimer
    }

    private func fireTimers() {
        guard let next = timers.next else { return }
        let now = now()
        guard next <= now else { return }
        while let key = timers.pop(at: now) {
            if key & Self.channelTimer != 0 {
                channels[ChannelID(raw: key & ~Self.channelTimer)]?.timerFired(now)
                continue
            }
            switch pending.removeValue(forKey: key) {
            case .sleeper(let continuation): continuation.resume(returning: true)
            case .call(let body): body()
            case nil: break
            }
        }
    }

    @usableFromInline
    func local(_ number: Int) -> AnyObject? { locals[number] }

    func setLocal(_ number: Int, _ value: AnyObject) { locals.set(number, value) }

    func forgetLocal(_ number: Int) { locals.set(number, nil) }

    /// An empty buffer, mostly with memory from an earlier use: connections that wait hold none of their own.
    func takeBuffer() -> [UInt8] { buffers.take() }

    /// Takes a buffer back, whose memory the next one gets.
    func giveBuffer(_ buffer: consuming [UInt8]) {
        buffer.removeAll(keepingCapacity: true)
        buffers.give(buffer)
    }

    /// Bytes of a block.
    static var blockBytes: Int { 16 * 1024 }

    /// Memory for what is read.
    func takeBlock() -> UnsafeMutableRawPointer { buffers.takeBlock() }

    func giveBlock(_ block: UnsafeMutableRawPointer) { buffers.giveBlock(block) }

    /// The `Date` field of this second, with its CR LF.
    func dateField() -> [UInt8] { date.current() }

    // MARK: - Sockets

    /// Watches a socket, edge-triggered; the channel owns the descriptor from here on.
    func open(_ descriptor: Int32) throws(HTTPServerError) -> Channel {
        let channel = channels.insert(descriptor, on: self)
        let events = CEPOLL_IN | CEPOLL_OUT | CEPOLL_RDHUP | CEPOLL_ET
        guard cepoll_add(epoll, descriptor, events, channel.id.raw) == 0 else {
            let code = errno
            channel.close()
            throw .system(call: "epoll_ctl", code: code, address: "connection")
        }
        return channel
    }

    func channel(_ id: ChannelID) -> Channel? { channels[id] }

    func forget(_ id: ChannelID) { channels.remove(id) }

    /// Cancels one wait of a channel, from any thread.
    func cancelWait(_ id: ChannelID, _ direction: Channel.Direction) {
        perform { self.channels[id]?.cancelWait(direction) }
    }

    func eachChannel(_ body: (Channel) -> Void) { channels.each(body) }
}

private let currentKey: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
}()
