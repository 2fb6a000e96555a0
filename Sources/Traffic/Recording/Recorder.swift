import Domain
import Glibc
import HTTPServer
import Synchronization

/// Takes note of live traffic beside the path: bodies within bounds, redacted, to a spool; counts every second.
///
/// On the loops it copies into bounded buffers and takes times; everything else happens on a thread of its own. It
/// never blocks, throws, or slows a caller: what it cannot take is dropped and counted.
public final class Recorder: Sendable {
    enum Part: Sendable {
        /// What the client saw is there; copies are still under way.
        case served(RecordedExchange)
        case whole(RecordedExchange)
        case feedback(Feedback, CheckedContinuation<FeedbackReceipt, Never>)
    }

    private struct Inbox {
        var parts: [Part] = []
        /// Whether the thread waits to be woken.
        var isAsleep = false
        var isUrgent = false
        var isClosing = false
    }

    public let settings: RecorderSettings
    let bodyLimit: Int
    private let inbox = Mutex(Inbox())
    private let signalled = Signal()
    private let numbers = Atomic<Int>(0)
    private let heldBytes = Atomic<Int>(0)
    private let lost = Atomic<Int>(0)
    private let abandonedCount = Atomic<Int>(0)
    private let starvedCount = Atomic<Int>(0)
    private let published = Mutex(RecorderCounts())
    private let thread = Mutex<pthread_t?>(nil)

    /// How long the thread lets a batch gather, in nanoseconds: a wake-up a batch, not a request.
    private static let linger: UInt64 = 5_000_000
    /// A batch that is that long goes at once.
    private static let longBatch = 4096

    /// Compiles the rules.
    ///
    /// - Throws: `RecorderProblem`: a pattern that does not compile, a kind or a name that is none.
    public init(_ settings: RecorderSettings) throws(RecorderProblem) {
        self.settings = settings
        bodyLimit = Self.bodyLimit(settings.rules)
        try Self.check(settings)
    }

    /// For its numbers more is looked at than is kept.
    static func bodyLimit(_ rules: CaptureRules) -> Int { max(rules.bodyBytes, 16 * 1024) + Redactor.edge }

    private static func check(_ settings: RecorderSettings) throws(RecorderProblem) {
        guard SpoolFormat.isName(settings.gateway.utf8) else {
            throw RecorderProblem(
                "the gateway's name is 1 to 64 letters, digits, '.', '_' or '-', the first no dot")
        }
        guard 0...10_000 ~= settings.rules.share else {
            throw RecorderProblem("the share of exchanges to keep is 0 to 10000 ten-thousandths")
        }
    }

    /// Starts the thread: opens the spool, and closes what a process that died left open there.
    ///
    /// - Throws: `RecorderProblem`: a folder that cannot be had or is another's.
    public func start() throws(RecorderProblem) {
        // A write beyond a limit of the process shall be an error, not its end.
        signal(SIGXFSZ, SIG_IGN)
        let engine = try RecorderEngine(settings)
        published.withLock { $0 = engine.counts }
        let start = Unmanaged.passRetained(Start(self, engine))
        var id = pthread_t()
        let code = pthread_create(
            &id, nil,
            { raw in
                let start = Unmanaged<Start>.fromOpaque(raw!).takeRetainedValue()  // given below
                start.recorder.run(start.engine)
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw RecorderProblem("the recorder's thread cannot be started: \(SpoolFiles.words(code))")
        }
        thread.withLock { $0 = id }
    }

    /// What the thread begins with.
    private final class Start {
        let recorder: Recorder
        let engine: RecorderEngine

        init(_ recorder: Recorder, _ engine: RecorderEngine) {
            self.recorder = recorder
            self.engine = engine
        }
    }

    /// Writes what has come, closes the spool, and ends the thread. Returns when that is done: it blocks its caller, and
    /// is not for a loop. What comes later is lost, and counted.
    public func close() {
        inbox.withLock { $0.isClosing = true }
        signalled.give()
        guard let id = thread.withLock({ held in held.take() }) else { return }
        pthread_join(id, nil)
    }

    // MARK: - On the thread

    private func run(_ engine: consuming RecorderEngine) {
        var engine = engine
        var parts: [Part] = []
        var isOver = false
        while !isOver {
            let isIdle = inbox.withLock { box in
                box.isAsleep = box.parts.isEmpty && !box.isClosing
                return box.isAsleep
            }
            if isIdle { signalled.take(until: engine.deadline) }
            let isHurried = inbox.withLock { box in
                box.isAsleep = false
                return box.isClosing || box.parts.isEmpty || box.parts.count >= Self.longBatch || box.isUrgent
            }
            if !isHurried { signalled.take(until: monotonicNanoseconds() + Self.linger) }
            inbox.withLock { box in
                swap(&box.parts, &parts)
                box.isUrgent = false
                isOver = box.isClosing && parts.isEmpty
            }
            let freed = engine.take(parts)
            parts.removeAll(keepingCapacity: parts.count <= Self.longBatch)
            if freed != 0 { heldBytes.wrappingSubtract(freed, ordering: .relaxed) }
            engine.tend(lost: lost.load(ordering: .relaxed))
            let counts = engine.counts
            published.withLock { $0 = counts }
        }
        engine.finish(lost: lost.load(ordering: .relaxed))
        let counts = engine.counts
        published.withLock { $0 = counts }
    }

    /// What became of all that was told so far; the thread's part of it as of its last batch.
    public var counts: RecorderCounts {
        var counts = published.withLock { $0 }
        counts.lost = lost.load(ordering: .relaxed)
        counts.abandoned = abandonedCount.load(ordering: .relaxed)
        counts.bodiesWithoutMemory = starvedCount.load(ordering: .relaxed)
        return counts
    }

    // MARK: - On the loops

    /// A request's head is there, and where it goes is decided.
    public func begin(_ facts: RequestFacts) -> RecordedExchange {
        RecordedExchange(
            facts, number: numbers.wrappingAdd(1, ordering: .relaxed).newValue, began: wallMicroseconds(),
            recorder: self)
    }

    /// Keeps feedback. Returns when it is on the disk, synced, or refused.
    public func record(_ feedback: Feedback) async -> FeedbackReceipt {
        await withCheckedContinuation { waiter in
            let isTaken = inbox.withLock { box in
                guard !box.isClosing, box.parts.count < settings.queuedExchanges else { return false }
                box.parts.append(.feedback(feedback, waiter))
                box.isUrgent = true
                return true
            }
            guard isTaken else {
                return waiter.resume(
                    returning: .refused("this gateway takes no feedback now; send it again later"))
            }
            signalled.give()
        }
    }

    /// Copies a stretch of a body within the bounds.
    func copy(
        _ bytes: Span<UInt8>, to body: inout CapturedBytes, expecting length: Int?, for stage: RecordedStage
    ) {
        let before = body.held
        body.append(bytes, limit: stage.look?.bodyLimit ?? bodyLimit, expecting: length)
        let grown = body.held - before
        guard grown > 0 else { return }
        let held = heldBytes.wrappingAdd(grown, ordering: .relaxed).newValue
        guard held > settings.memoryBytes else { return }
        heldBytes.wrappingSubtract(body.held, ordering: .relaxed)
        starvedCount.wrappingAdd(1, ordering: .relaxed)
        body.starve()
    }

    func abandoned(held: Int) {
        heldBytes.wrappingSubtract(held, ordering: .relaxed)
        abandonedCount.wrappingAdd(1, ordering: .relaxed)
    }

    func push(_ part: Part) {
        let (isTaken, wakes) = inbox.withLock { box -> (Bool, Bool) in
            guard !box.isClosing, box.parts.count < settings.queuedExchanges else { return (false, false) }
            box.parts.append(part)
            let wakes = box.isAsleep
            box.isAsleep = false
            return (true, wakes)
        }
        if wakes { signalled.give() }
        guard !isTaken, case .whole(let exchange) = part else { return }
        lost.wrappingAdd(1, ordering: .relaxed)
        heldBytes.wrappingSubtract(exchange.held, ordering: .relaxed)
    }
}

/// Whether feedback was kept.
public enum FeedbackReceipt: Sendable, Hashable {
    /// It is on the disk: 202.
    case kept
    /// It is not, and why: 503.
    case refused(String)
}

/// Why a recorder cannot be made or started, in words a person can act on.
public struct RecorderProblem: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
