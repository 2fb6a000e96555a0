import Synchronization

/// Observations of earlier runs by a key that holds the target's configuration and observed versions, the example,
/// and the repeat: what was asked before need not be asked again.
///
/// A cache may forget at any time, and never gives another key's answer.
public protocol ResponseCache: Sendable {
    /// What was kept last under the key; nil where there is nothing, or nothing that still holds.
    func observation(_ key: String) throws(StoreError) -> Observation?
    /// Keeps an observation in the place of an earlier one of the same key.
    func keep(_ observation: Observation, _ key: String) throws(StoreError)
}

/// Answers in memory, for tests and for runs that shall leave nothing behind.
public final class MemoryResponseCache: ResponseCache {
    private let kept = Mutex<[String: Observation]>([:])

    public init() {}

    public func observation(_ key: String) -> Observation? { kept.withLock { $0[key] } }

    public func keep(_ observation: Observation, _ key: String) { kept.withLock { $0[key] = observation } }
}
