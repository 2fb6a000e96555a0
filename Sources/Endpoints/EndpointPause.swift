import Synchronization

/// Until when an endpoint wants to be left alone: for all who ask it.
final class EndpointPause: Sendable {
    private let until = Mutex(0.0)

    /// Seconds that are left; nil: it may be asked.
    func left(at now: Double) -> Double? {
        let left = until.withLock { $0 } - now
        return left > 0 ? left : nil
    }

    /// Lengthens the pause; whether that is news: several who were turned away at once are told the same.
    func begin(seconds: Double, at now: Double) -> Bool {
        until.withLock { until in
            let isNew = now + seconds > until + max(1, seconds / 10)
            until = max(until, now + seconds)
            return isNew
        }
    }
}
