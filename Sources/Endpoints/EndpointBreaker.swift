import Synchronization

/// Leaves an endpoint alone that answers nobody: for all who ask it.
///
/// Requests that came to nothing in a row, whichever questions they were for, open it: what is to be asked then waits
/// while one request at a time tries whether the endpoint is back, after pauses that double. Where it stays away longer
/// than it is waited for, it counts as down: what is asked of it fails at once, unsent, but for one request now and then
/// that tries again. Any answer closes it. So an endpoint that fails now and then, or is away for some seconds, loses
/// nothing by it, and one that is down costs a run seconds and not hours.
final class EndpointBreaker: Sendable {
    /// Requests that came to nothing in a row; one whose time was over counts twice.
    static let mostInARow = 8

    enum Leave: Sendable {
        /// - Parameter isTrial: Whether the others wait for what comes of it.
        case ask(isTrial: Bool)
        /// Seconds after which to ask for leave again.
        case wait(Double)
        /// Why it is not asked.
        case down(String)
    }

    /// What became of it that is worth a line.
    enum News: Sendable {
        /// - Parameter waiting: Seconds for which it is waited for at most.
        case opened(row: Int, waiting: Double)
        case down(row: Int, rest: Double)
    }

    private struct State {
        var weight = 0
        var row = 0
        /// When the first request of the row was sent.
        var since = 0.0
        var patience: Double
        var stage = Stage.closed
        var pause: Double
        var rest: Double
        var isTrying = false
        var last = ""
    }

    private enum Stage {
        case closed
        case open(trialAt: Double)
        case down(until: Double)
    }

    private let state: Mutex<State>
    private let firstPause: Double
    private let patience: Double

    /// - Parameter firstPause: Seconds before the first trial; 31 times as long is waited in all, and 60 times as long is
    ///   rested before the next trial of one that is down.
    init(firstPause: Double) {
        self.firstPause = firstPause
        patience = 31 * firstPause
        state = Mutex(State(patience: 31 * firstPause, pause: firstPause, rest: 60 * firstPause))
    }

    private static let glance = 0.05

    func leave(at now: Double) -> Leave {
        state.withLock { state in
            switch state.stage {
            case .closed: return .ask(isTrial: false)
            case .open(let trialAt):
                if state.isTrying { return .wait(Self.glance) }
                if now < trialAt { return .wait(min(Self.glance, trialAt - now)) }
            case .down(let until):
                if state.isTrying || now < until { return .down(Self.words(state)) }
            }
            state.isTrying = true
            return .ask(isTrial: true)
        }
    }

    /// The endpoint answered, whatever it said.
    func answered() {
        state.withLock { [patience, firstPause] state in
            if case .closed = state.stage, state.row == 0 { return }
            state = State(patience: patience, pause: firstPause, rest: 60 * firstPause)
        }
    }

    /// A trial that was called off.
    func calledOff(isTrial: Bool) {
        if isTrial { state.withLock { $0.isTrying = false } }
    }

    /// A request came to nothing.
    ///
    /// - Parameters:
    ///   - detail: `answered with status 503`.
    ///   - named: Seconds of patience that the endpoint asked for.
    func failed(
        _ detail: String, isTimeout: Bool, isTrial: Bool, sent: Double, now: Double, named: Double?
    ) -> News? {
        let longest = 600 * firstPause
        return state.withLock { state -> News? in
            if state.row == 0 { state.since = sent }
            state.weight += isTimeout ? 2 : 1
            state.row += 1
            state.last = detail
            if let named { state.patience = max(state.patience, 3 * named) }
            if isTrial { state.isTrying = false }
            let isOver = now - state.since >= state.patience
            switch state.stage {
            case .closed:
                guard state.weight >= Self.mostInARow else { return nil }
                if isOver { return Self.down(&state, now) }
                state.stage = .open(trialAt: now + state.pause)
                return .opened(row: state.row, waiting: state.patience)
            case .open:
                guard isTrial else { return nil }
                if isOver { return Self.down(&state, now) }
                state.pause *= 2
                state.stage = .open(trialAt: now + state.pause)
                return nil
            case .down:
                guard isTrial else { return nil }
                state.rest = min(longest, 2 * state.rest)
                state.stage = .down(until: now + state.rest)
                return nil
            }
        }
    }

    private static func down(_ state: inout State, _ now: Double) -> News {
        state.stage = .down(until: now + state.rest)
        return .down(row: state.row, rest: state.rest)
    }

    private static func words(_ state: State) -> String {
        "was not asked, since it is down: requests came to nothing one after another, the last one because it "
            + state.last
    }
}
