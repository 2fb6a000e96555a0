import Domain

/// How fast one arm may be asked: a window of requests in flight that shrinks when the app says *too many* and grows
/// while it does not, a pause where the app named one, and a rate where the policy set one.
///
/// Pure: time comes in as seconds on a monotonic clock.
struct Pacer: Sendable {
    enum Admission: Sendable, Hashable {
        case go
        /// Ask again after so many seconds.
        case wait(Double)
    }

    private let largest: Double
    private let secondsPerRequest: Double?
    private var window: Double
    private(set) var inFlight = 0
    private var pausedUntil = 0.0
    private var nextSlot = 0.0
    private var lastShrink = -1.0

    init(concurrency: Int, requestsPerSecond: Double?) {
        largest = Double(concurrency)
        window = Double(concurrency)
        secondsPerRequest = requestsPerSecond.map { 1 / $0 }
    }

    /// The requests that may be in flight now.
    var allowed: Int { max(1, Int(window)) }

    mutating func admit(now: Double) -> Admission {
        if now < pausedUntil { return .wait(pausedUntil - now) }
        if inFlight >= allowed { return .wait(0.005) }
        if let secondsPerRequest {
            if now < nextSlot { return .wait(nextSlot - now) }
            nextSlot = max(now, nextSlot) + secondsPerRequest
        }
        inFlight += 1
        return .go
    }

    /// Gives back a place that was not used.
    mutating func release() { inFlight -= 1 }

    /// The longest pause that an app may ask for, in seconds.
    static let mostPause = 300.0

    /// Takes note of an attempt's end.
    ///
    /// - Returns: The seconds of a pause that begins with it; nil: none does, or one of that length is under way.
    @discardableResult
    mutating func finished(_ attempt: Attempt, now: Double) -> Double? {
        inFlight -= 1
        let pacing = attempt.pacing
        var throttled = false
        if case .failed(let failure) = attempt.result, failure.cause == .throttled { throttled = true }
        if throttled {
            // One shrink a second: a burst of refusals is one message.
            if now - lastShrink > 1 {
                window = max(1, window / 2)
                lastShrink = now
            }
            let pause = min(pacing.retryAfterSeconds ?? 1, Self.mostPause)
            let isNew = now + pause > pausedUntil + max(1, pause / 10)
            pausedUntil = max(pausedUntil, now + pause)
            return isNew ? pause : nil
        } else {
            window = min(largest, window + 1 / max(1, window))
            if let remaining = pacing.remainingRequests, let reset = pacing.resetSeconds, remaining == 0 {
                pausedUntil = max(pausedUntil, now + min(reset, Self.mostPause))
            }
        }
        return nil
    }
}
