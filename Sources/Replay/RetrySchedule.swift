import Domain
import Statistics

/// When a failed attempt is worth another, and after how long.
struct RetrySchedule: Sendable {
    let retries: Int

    /// Seconds to wait before the next attempt, or nil where none follows.
    ///
    /// Full jitter over a doubling span from 0.2 s to 10 s, drawn from `key` and the attempt's number so that a run
    /// done again waits the same. Being throttled uses up no retry: the app asked for patience, and the example's
    /// own time limit ends it.
    func delay(after failure: Failure, pacing: Pacing, attempt: Int, spent: Int, key: UInt64) -> Double? {
        guard retries > 0, failure.isTransient else { return nil }
        if failure.cause == .throttled { return pacing.retryAfterSeconds ?? jitter(attempt, key) }
        guard spent < retries else { return nil }
        return max(pacing.retryAfterSeconds ?? 0, jitter(attempt, key))
    }

    private func jitter(_ attempt: Int, _ key: UInt64) -> Double {
        var stream = RandomStream(seed: key, stream: UInt64(attempt))
        let span = min(10, 0.2 * Double(1 << min(attempt, 10)))
        return span * (0.1 + 0.9 * stream.unit())
    }
}
