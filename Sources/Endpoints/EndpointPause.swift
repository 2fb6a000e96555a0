import Synchronization

/// Until when an endpoint wants to be left alone: for all who ask it.
final class EndpointPause: Sendable {
    private struct State {
        var until = 0.0
        /// Since when it has named pauses and answered nobody.
        var throttledSince: Double?
        var isTold = false
        /// Until when it is not asked, since it turned the key down; and what it said.
        var rejectedUntil = 0.0
        var rejection = ""
        var hasAnswered = false
    }

    private let state = Mutex(State())

    /// Seconds that are left; nil: it may be asked.
    func left(at now: Double) -> Double? {
        let left = state.withLock { $0.until } - now
        return left > 0 ? left : nil
    }

    /// Lengthens the pause; whether that is news: several who were turned away at once are told the same.
    func begin(seconds: Double, at now: Double) -> Bool {
        state.withLock { state in
            let isNew = now + seconds > state.until + max(1, seconds / 10)
            state.until = max(state.until, now + seconds)
            return isNew
        }
    }

    /// It named a pause: since when it has done nothing else, and whether that is to be told, once it is longer than
    /// `quiet`.
    func throttled(seconds: Double, at now: Double, quiet: Double) -> (since: Double, isNews: Bool) {
        state.withLock { state in
            let since = state.throttledSince ?? now
            state.throttledSince = since
            let isNews = !state.isTold && now + seconds - since > quiet
            if isNews { state.isTold = true }
            return (since, isNews)
        }
    }

    func answered() {
        state.withLock { state in
            (state.throttledSince, state.isTold) = (nil, false)
            state.hasAnswered = true
        }
    }

    /// It turned the key down. One that took it before may turn down a request alone: then nothing follows.
    func rejected(_ detail: String, until: Double) {
        state.withLock { state in
            guard !state.hasAnswered else { return }
            (state.rejectedUntil, state.rejection) = (until, detail)
        }
    }

    /// What it said when it turned the key down, while that keeps others from being asked.
    func rejection(at now: Double) -> String? {
        state.withLock { now < $0.rejectedUntil ? $0.rejection : nil }
    }
}
