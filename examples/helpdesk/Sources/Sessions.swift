import Synchronization

/// What was said in the sessions of late: at most `limit` of them, each with its last turns.
final class Sessions: Sendable {
    private struct State {
        var turns: [String: [Turn]] = [:]
        var order: [String] = []
    }

    private let state = Mutex(State())
    private let limit: Int
    private static let turnsKept = 6

    init(limit: Int = 1024) { self.limit = limit }

    func turns(of session: String) -> [Turn] {
        state.withLock { $0.turns[session] ?? [] }
    }

    func add(_ turns: [Turn], to session: String) {
        state.withLock { state in
            if state.turns[session] == nil {
                state.order.append(session)
                if state.order.count > limit { state.turns[state.order.removeFirst()] = nil }
            }
            state.turns[session] = Array(((state.turns[session] ?? []) + turns).suffix(Self.turnsKept))
        }
    }
}
