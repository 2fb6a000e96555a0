import Synchronization

/// Compiled patterns by their text, so that a run compiles each but once; shared by all threads.
public final class PatternCache: Sendable {
    private let held = Mutex<[String: Result<Pattern, PatternProblem>]>([:])
    private let capacity: Int

    /// - Parameters:
    ///   - capacity: Patterns held; beyond it all are let go and compiled anew when asked for.
    public init(capacity: Int = 4096) { self.capacity = capacity }

    /// The compiled pattern.
    public func pattern(_ source: String) throws(PatternProblem) -> Pattern {
        if let known = held.withLock({ $0[source] }) { return try known.get() }
        let made = Result { () throws(PatternProblem) in try Pattern(source) }
        held.withLock { table in
            if table.count >= capacity { table.removeAll() }
            table[source] = made
        }
        return try made.get()
    }
}
