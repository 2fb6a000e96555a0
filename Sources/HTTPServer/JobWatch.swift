import CEpoll

/// A job that kept a loop from its other connections for too long.
public struct LongJob: Sendable, Hashable, CustomStringConvertible {
    /// From the job's start to its end.
    public var took: Duration
    /// Processor time of the loop's thread meanwhile.
    public var computed: Duration
    /// How often the thread gave up the processor by itself: above 0 for what blocked, on a disk or a lock.
    public var waits: Int
    /// What the loop was last said to be at (``EventLoop/mark(_:)``); nil where nothing was said in this job.
    public var doing: String?

    public var description: String {
        let kind = waits > 0 ? "waited \(waits) times" : "computed for \(computed.milliseconds) ms"
        return "\(doing ?? "a job") held the loop for \(took.milliseconds) ms and \(kind)"
    }
}

/// Looks at how long each job holds a loop.
///
/// A thread that the system has put aside for another is not to blame: told of is only what computed, or
/// blocked, for longer than the bound.
struct JobWatch {
    let bound: UInt64
    let report: @Sendable (LongJob) -> Void
    private var started: UInt64 = 0
    private var turnCPU: UInt64 = 0
    private var turnWaits = 0

    init(longerThan bound: Duration, _ report: @escaping @Sendable (LongJob) -> Void) {
        self.bound = UInt64(max(0, bound / .nanoseconds(1)))
        self.report = report
    }

    /// Before the jobs of a turn: two calls of the system, which each single job is spared.
    mutating func beginTurn(_ now: UInt64) {
        started = now
        (turnCPU, turnWaits) = Self.usage()
    }

    /// After a job; the next begins now.
    ///
    /// - Returns: What to tell of it; nil where nothing is.
    mutating func jobEnded(_ now: UInt64, doing: String?) -> LongJob? {
        defer { started = now }
        // The watch may have been set by this very job.
        guard started > 0, now - started > bound else { return nil }
        let (cpu, waits) = Self.usage()
        // Of the turn so far, the jobs before it were each below the bound: what they took counts too, as
        // nothing cheaper can tell it apart.
        let computed = min(cpu - turnCPU, now - started)
        let waited = waits - turnWaits
        (turnCPU, turnWaits) = (cpu, waits)
        guard computed > bound || waited > 0 else { return nil }
        return LongJob(
            took: .nanoseconds(Int64(now - started)), computed: .nanoseconds(Int64(computed)), waits: waited,
            doing: doing)
    }

    /// Nanoseconds of processor time, and voluntary waits, of the calling thread.
    private static func usage() -> (UInt64, Int) {
        var (nanoseconds, waits): (Int64, Int64) = (0, 0)
        cepoll_thread_usage(&nanoseconds, &waits)
        return (UInt64(nanoseconds), Int(waits))
    }
}

extension Duration {
    fileprivate var milliseconds: Int { Int(self / .milliseconds(1)) }
}
