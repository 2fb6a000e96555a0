import Synchronization

/// When a program that scores answers is given up.
///
/// One that hangs costs its whole time for every answer, so that a few thousand would take hours and end unmeasured all
/// the same. It is given up for the rest of the run once it answered none of `mostInARow` that were asked one after
/// another, or of three that took `mostSeconds` together. Answers asked at the same time count as one: a single hang takes
/// all of them along. Any answer, an `error` too, begins anew.
final class ScorerPatience: Sendable {
    static let mostInARow = 8
    static let mostSeconds = 120.0
    private static let fewest = 3

    private struct State {
        var row = 0
        /// Answers that were lost, those asked at the same time one by one.
        var lost = 0
        var since = 0.0
        var last = 0.0
        var isGivenUp = false
        var unasked = 0
        /// Lines for answers that had been scored already.
        var repeated = 0
    }

    private let name: String
    private let state = Mutex(State())

    /// - Parameter name: Of the metric.
    init(_ name: String) { self.name = name }

    /// Why an answer is not asked for; nil: it is.
    func refusal() -> String? {
        state.withLock { state in
            guard state.isGivenUp else { return nil }
            state.unasked += 1
            return "the program answered none of \(state.lost) and was not asked again"
        }
    }

    func answered() {
        state.withLock { state in
            guard !state.isGivenUp else { return }
            (state.row, state.lost) = (0, 0)
        }
    }

    /// An answer did not come, or was no line.
    ///
    /// - Parameters:
    ///   - sent: When it was asked for, in monotonic seconds.
    /// - Returns: A line for people where it is given up by that.
    func failed(sent: Double, now: Double) -> String? {
        state.withLock { state -> String? in
            state.lost += 1
            guard !state.isGivenUp else { return nil }
            if state.row == 0 { state.since = sent }
            if state.row == 0 || sent >= state.last {
                state.row += 1
                state.last = now
            }
            let isLong = state.row >= Self.fewest && now - state.since >= Self.mostSeconds
            guard state.row >= Self.mostInARow || isLong else { return nil }
            state.isGivenUp = true
            return
                "custom.\(name): the program answered none of \(state.lost) asked one after another; it is "
                + "given up, and what is left counts as unmeasured"
        }
    }

    /// A line came for an answer that had been scored already.
    func repeated() { state.withLock { $0.repeated += 1 } }

    /// What is to be told at the end.
    var problems: [String] {
        state.withLock { state in
            var problems: [String] = []
            if state.isGivenUp {
                let others = state.unasked == 1 ? "the other 1 was" : "the other \(state.unasked) were"
                problems.append(
                    "custom.\(name): the program answered none of \(state.lost); \(others) not asked: mend the program, "
                        + "or raise custom.\(name).timeout")
            }
            if state.repeated > 0 {
                let lines = state.repeated == 1 ? "1 line" : "\(state.repeated) lines"
                problems.append(
                    "custom.\(name): the program wrote \(lines) for answers that it had scored already; the first "
                        + "score counts: write one line an answer")
            }
            return problems
        }
    }
}
