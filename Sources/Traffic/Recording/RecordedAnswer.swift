import Domain
import HTTPServer

/// One arm's answer as it passes: what the gateway tells of it, copied within bounds and nothing more.
///
/// It belongs to the loop on which the arm was asked. `end` or `fail` closes it, the first time; what follows is
/// passed over. Where it is let go before, the answer counts as cancelled.
///
/// `@unchecked`: one loop's thread touches it.
public final class RecordedAnswer: @unchecked Sendable {
    private let exchange: RecordedExchange
    private let state: AnswerState
    private var isOver = false

    /// Pieces whose times are kept: a first token that comes later than all of them has no time.
    static let mostPieces = 4096

    init(_ state: AnswerState, of exchange: RecordedExchange) {
        self.state = state
        self.exchange = exchange
    }

    deinit { if !isOver { over(nil, LiveFailure(.cancelled, "let go before its end")) } }

    public var arm: LiveArm { state.arm }

    /// The head has come.
    public func head(_ response: UpstreamResponse) {
        guard !isOver else { return }
        state.status = response.status
        state.fields = response.fields
        state.length = response.announcedLength
        // A look at the clock costs as much as all of this.
        state.headTime = response.timings.firstByte ?? (monotonicNanoseconds() &- state.started)
    }

    /// The head has come.
    ///
    /// - Parameter length: What the body is announced to be long.
    public func head(status: Int, fields: HTTPFields, length: Int? = nil) {
        guard !isOver else { return }
        state.status = status
        state.fields = fields
        state.length = length
        state.headTime = monotonicNanoseconds() &- state.started
    }

    /// A stretch of the body passes. Copies within the bound, and takes the time.
    public func take(_ bytes: Span<UInt8>) {
        guard !isOver, bytes.count > 0 else { return }
        if state.body.count == 0 {
            state.firstPiece = monotonicNanoseconds() &- state.started
        } else if state.laterPieces.count < Self.mostPieces - 1 {
            state.laterPieces.append((state.body.count, monotonicNanoseconds() &- state.started))
        }
        exchange.recorder.copy(bytes, to: &state.body, expecting: state.length, for: exchange.facts.stage)
    }

    public func take(_ bytes: [UInt8]) { take(bytes.span) }

    /// The answer has come whole.
    public func end(_ timings: UpstreamTimings? = nil) { over(timings, nil) }

    /// The arm gave no answer, or no whole one.
    public func fail(_ failure: LiveFailure, _ timings: UpstreamTimings? = nil) { over(timings, failure) }

    /// The arm gave no answer, or no whole one.
    public func fail(_ error: UpstreamError, _ timings: UpstreamTimings? = nil) {
        over(timings, LiveFailure(error))
    }

    private func over(_ timings: UpstreamTimings?, _ failure: LiveFailure?) {
        guard !isOver else { return }
        isOver = true
        state.timings = timings
        state.failure = failure
        state.ended = timings?.lastByte ?? (monotonicNanoseconds() &- state.started)
        state.isOver = true
        exchange.close()
    }
}

/// What was told of an answer.
///
/// `@unchecked`: its answer's loop's thread writes it until the answer is over; the exchange's atomic count of open
/// parts hands it to the recorder's thread.
final class AnswerState: @unchecked Sendable {
    let arm: LiveArm
    /// Whether it answers a copy that no user sees.
    let isCopy: Bool
    let started = monotonicNanoseconds()
    var status: Int?
    var fields = HTTPFields()
    var length: Int?
    var body = CapturedBytes()
    /// When the first piece came, and how many bytes had passed before the next ones and when they came: nanoseconds
    /// since the start.
    var firstPiece: UInt64 = 0
    var laterPieces: [(offset: Int, time: UInt64)] = []
    var timings: UpstreamTimings?
    /// When the head was told of, for callers that bring no timings: nanoseconds since the start.
    var headTime: UInt64?
    var ended: UInt64 = 0
    var failure: LiveFailure?
    /// Whether it had ended when the client was served.
    var isOver = false

    /// All pieces whose times are kept.
    var pieces: [(offset: Int, time: UInt64)] { [(0, firstPiece)] + laterPieces }

    init(_ arm: LiveArm, isCopy: Bool) {
        self.arm = arm
        self.isCopy = isCopy
    }
}
