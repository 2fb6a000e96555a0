import Notation
import Synchronization

/// Tickets that the desk has open: made at once, answered a moment later, gone when they are deleted.
///
/// In memory, at most `limit`; a request with an idempotency key that made one already gets that one again.
final class Tickets: Sendable {
    struct Ticket: Sendable {
        let id: Int
        let query: String
        let answer: String
        let intent: String
        let answeredAt: Double
    }

    private struct State {
        var next = 1
        var tickets: [Ticket] = []
        var keys: [(key: String, id: Int)] = []
    }

    private let state = Mutex(State())
    private let limit: Int
    /// Milliseconds until a person would have looked at it.
    private static let delay = 150.0

    init(limit: Int = 256) { self.limit = limit }

    /// - Returns: The ticket, and whether it is a new one.
    func open(_ query: String, answer: String, intent: String, key: String?) -> (Ticket, isNew: Bool) {
        let now = monotonicMilliseconds()
        return state.withLock { state in
            if let key, let known = state.keys.last(where: { $0.key == key }),
                let ticket = state.tickets.first(where: { $0.id == known.id })
            {
                return (ticket, false)
            }
            let ticket = Ticket(
                id: state.next, query: query, answer: answer, intent: intent, answeredAt: now + Self.delay)
            state.next += 1
            state.tickets.append(ticket)
            if let key { state.keys.append((key, ticket.id)) }
            if state.tickets.count > limit { state.tickets.removeFirst() }
            if state.keys.count > limit { state.keys.removeFirst() }
            return (ticket, true)
        }
    }

    func ticket(_ id: Int) -> Ticket? { state.withLock { $0.tickets.first { $0.id == id } } }

    /// Those whose query holds a text, oldest first.
    func search(_ text: String) -> [Ticket] {
        state.withLock { $0.tickets.filter { text.isEmpty || $0.query.contains(text) } }
    }

    func remove(_ id: Int) -> Bool {
        state.withLock { state in
            let count = state.tickets.count
            state.tickets.removeAll { $0.id == id }
            return state.tickets.count < count
        }
    }
}

extension Tickets.Ticket {
    var json: JSONValue {
        let isAnswered = monotonicMilliseconds() >= answeredAt
        return [
            "id": .integer(Int64(id)), "state": .string(isAnswered ? "answered" : "open"),
            "query": .string(query), "intent": .string(intent),
            "answer": isAnswered ? .string(answer) : .null,
        ]
    }
}
