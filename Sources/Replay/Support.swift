import Synchronization

/// A value behind a lock, for sharing among tasks.
final class Mutexed<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    init(_ value: Value) { mutex = Mutex(value) }

    func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        mutex.withLock { value in body(&value) }
    }
}

/// Time as the runner needs it: seconds on a monotonic clock, and sleep that ends early when the task is cancelled.
public protocol ReplayClock: Sendable {
    func now() -> Double
    /// False where the task was cancelled.
    func sleep(_ seconds: Double) async -> Bool
}

public struct MonotonicClock: ReplayClock {
    private let start = ContinuousClock.now

    public init() {}

    public func now() -> Double {
        let gone = ContinuousClock.now - start
        return Double(gone.components.seconds) + Double(gone.components.attoseconds) / 1e18
    }

    public func sleep(_ seconds: Double) async -> Bool {
        do {
            try await Task.sleep(for: .seconds(max(0, seconds)))
            return true
        } catch {
            return false
        }
    }
}
