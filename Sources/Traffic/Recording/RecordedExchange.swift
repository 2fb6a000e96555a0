import Domain
import HTTPServer
import Synchronization

/// One request as it passes, and its arms' answers: what the gateway tells the recorder.
///
/// The client's side (`takeRequestBody`, `answer`, `finish`) belongs to the loop of the client's connection; an answer
/// may live on another. The exchange is recorded when it was finished and every answer that was asked for has ended:
/// a copy that hangs holds back the record, never the client.
///
/// `@unchecked`: the loops' threads touch their parts until they close them; the atomic count of open parts hands the
/// whole to the recorder's thread once.
public final class RecordedExchange: @unchecked Sendable {
    let recorder: Recorder
    let facts: RequestFacts
    let number: Int
    /// Microseconds since 1970.
    let began: Int
    private(set) var requestBody = CapturedBytes()
    private(set) var answers: [AnswerState] = []
    private(set) var served: LiveArm?
    private(set) var fellBack = false
    private var isFinished = false
    /// The client's side and the answers that have not ended.
    private let open = Atomic<Int>(1)
    /// The recorder's thread's own: whether what the client saw was counted before the whole was there.
    var isCounted = false
    /// The recorder's thread's own: whether the client's id had come before.
    var isRepeat = false
    /// The recorder's thread's own: the labels, those that it found itself among them.
    var slices: [LiveField]
    /// The recorder's thread's own: whether it looked for labels.
    var isLabelled = false

    init(_ facts: RequestFacts, number: Int, began: Int, recorder: Recorder) {
        self.facts = facts
        slices = facts.slices
        self.number = number
        self.began = began
        self.recorder = recorder
    }

    deinit {
        // Whoever let it go unfinished has nothing recorded, and it is said so.
        if open.load(ordering: .relaxed) > 0 { recorder.abandoned(held: held) }
    }

    /// The id under which feedback on it will come.
    public var id: String { facts.identity.id }
    /// By what it is known on its way.
    public var identity: RequestIdentity { facts.identity }

    /// A stretch of the request's body passes.
    public func takeRequestBody(_ bytes: Span<UInt8>) {
        guard !isFinished, bytes.count > 0 else { return }
        recorder.copy(bytes, to: &requestBody, expecting: facts.head.contentLength, for: facts.stage)
    }

    public func takeRequestBody(_ bytes: [UInt8]) { takeRequestBody(bytes.span) }

    /// An arm is being asked now. To be called before `finish`; of an arm that is asked twice the last answer counts.
    ///
    /// - Parameter isCopy: Whether no user will see the answer.
    public func answer(of arm: LiveArm, isCopy: Bool = false) -> RecordedAnswer {
        open.wrappingAdd(1, ordering: .relaxed)
        let state = AnswerState(arm, isCopy: isCopy)
        answers.append(state)
        return RecordedAnswer(state, of: self)
    }

    /// The client has its answer, or will get none. The answers that are no copies have ended before.
    ///
    /// - Parameters:
    ///   - served: Whose answer it got; nil for none.
    ///   - fellBack: Whether production answered since the candidate failed.
    public func finish(served: LiveArm?, fellBack: Bool = false) {
        guard !isFinished else { return }
        isFinished = true
        self.served = served
        self.fellBack = fellBack
        // What the client saw need not wait for the copies.
        if open.load(ordering: .acquiring) > 1 { recorder.push(.served(self)) }
        close()
    }

    func close() {
        if open.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
            recorder.push(.whole(self))
        }
    }

    /// The memory of the bodies.
    var held: Int { requestBody.held + answers.reduce(0) { $0 + $1.body.held } }
}
