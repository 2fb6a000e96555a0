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

    struct Inbox {
        var parts: [Part] = []
        var isUrgent = false
        var isClosing = false
        var isOver = false
    }

    public let settings: RecorderSettings
    let bodyLimit: Int
    private let inbox = Mutex(Inbox())
    private let signal = Signal()
    private let numbers = Atomic<Int>(0)
    private let heldBytes = Atomic<Int>(0)
    let lost = Atomic<Int>(0)
    private let abandonedCount = Atomic<Int>(0)
    private let starvedCount = Atomic<Int>(0)
    private let published = Mutex(RecorderCounts())

    /// Compiles the rules.
    ///
    /// - Throws: `RecorderProblem`: a pattern that does not compile, a kind or a name that is none.
    public init(_ settings: RecorderSettings) throws(RecorderProblem) {
        self.settings = settings
        bodyLimit = max(0, settings.rules.bodyBytes)
        try Self.check(settings)
    }

    private static func check(_ settings: RecorderSettings) throws(RecorderProblem) {
        let name = settings.gateway.utf8
        let isPlain = name.allSatisfy {
            0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || $0 == 0x2D || $0 == 0x2E
                || $0 == 0x5F
        }
        guard 1...64 ~= name.count, isPlain, name.first != 0x2E else {
            throw RecorderProblem(
                "the gateway's name is 1 to 64 letters, digits, '.', '_' or '-', the first no dot")
        }
        guard 0...10_000 ~= settings.rules.share else {
            throw RecorderProblem("the share of exchanges to keep is 0 to 10000 ten-thousandths")
        }
    }

    /// Starts the thread.
    public func start() throws(RecorderProblem) {
    }

    /// Writes what has come, closes the spool, and ends the thread. Returns when that is done; blocks its caller.
    public func close() {
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
        .refused("not yet")
    }

    /// Copies a stretch of a body within the bounds.
    func copy(_ bytes: Span<UInt8>, to body: inout CapturedBytes, expecting length: Int?) {
        let before = body.held
        body.append(bytes, limit: bodyLimit, expecting: length)
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
