import Domain
import Gateway
import HTTPServer
import Ledger
import Notation
import Rollout
import Traffic

/// A recorder of live traffic as a gateway wants it.
final class CaptureDoor: ExchangeRecorder {
    let recorder: Recorder
    /// Whether requests are kept or counted, and not the candidate's answers alone looked at for the fuse.
    private let recordsAll: Bool
    /// What is kept where a plan says nothing of it.
    private let usual: CaptureRule
    private let listener = OutcomeListener()

    init(_ settings: RecorderSettings, recordsAll: Bool, usual: CaptureRule) throws(RecorderProblem) {
        var settings = settings
        settings.onOutcome = { [listener] outcome in listener.tell(outcome) }
        recorder = try Recorder(settings)
        self.recordsAll = recordsAll
        self.usual = usual
    }

    func stage(_ plan: RoutingPlan) throws(StageRefusal) -> (any StageRecorder)? {
        let check = try Self.check(plan)
        let stage: RecordedStage
        do throws(RecorderProblem) {
            stage = try RecordedStage(
                plan: plan.number, name: plan.stage, capture: plan.capture ?? usual, slices: plan.slices,
                check: check)
        } catch { throw StageRefusal(error.description) }
        if recordsAll { return CapturedStage(recorder: recorder, stage: stage) }
        let isWatched = plan.fuse.map { $0.validation != nil || $0.firstToken != nil } ?? false
        guard plan.candidate != nil, isWatched else { return nil }
        return WatchedStage(recorder: recorder, stage: stage)
    }

    private static func check(_ plan: RoutingPlan) throws(StageRefusal) -> AnswerCheck? {
        guard let rule = plan.validation else { return nil }
        do throws(StoreError) {
            switch rule.schema {
            case .file(let path)?: return AnswerCheck(rule, schema: try SchemaFiles.compile(at: path))
            case .given(let schema)?:
                return AnswerCheck(
                    rule, schema: try SchemaFiles.compile(schema, called: "of 'validation'"))
            case nil: return AnswerCheck(rule)
            }
        } catch { throw StageRefusal(error.description) }
    }

    func tell(_ listener: @escaping @Sendable (LiveOutcome) -> Void) {
        self.listener.listen(listener)
    }

    var losses: Int {
        let counts = recorder.counts
        return counts.lost + counts.unwritten
    }

    func keep(_ feedback: Feedback) async -> String? {
        switch await recorder.record(feedback) {
        case .kept: nil
        case .refused(let reason): reason
        }
    }

    func numbers() -> [(name: String, help: String, value: Int)] {
        let counts = recorder.counts
        return [
            ("exchanges_total", "Exchanges told of whole.", counts.exchanges),
            ("spooled_total", "Exchanges written to the spool.", counts.spooled),
            ("not_sampled_total", "Exchanges that the share left out.", counts.notSampled),
            ("lost_total", "Exchanges lost since the recorder was behind.", counts.lost),
            ("abandoned_total", "Exchanges let go before their end.", counts.abandoned),
            ("unwritten_total", "Exchanges that could not be written.", counts.unwritten),
            ("bodies_without_memory_total", "Bodies left out for memory.", counts.bodiesWithoutMemory),
            (
                "bodies_unredactable_total", "Texts left out since they could not be redacted.",
                counts.bodiesUnredactable
            ),
            ("feedback_total", "Feedback acknowledged.", counts.feedback),
            ("feedback_refused_total", "Feedback that was not kept.", counts.feedbackRefused),
        ]
    }
}

/// The candidate's answers under one plan, looked at for the fuse and let go: nothing is kept, no header changed.
private struct WatchedStage: StageRecorder {
    let recorder: Recorder
    let stage: RecordedStage
    var isForCandidateAlone: Bool { true }

    func begin(_ head: HTTPRequestHead, assigned: LiveArm, key: UInt64?) -> any ExchangeRecord {
        let identity = RequestIdentity(head.headers)
        let facts = RequestFacts(head: head, identity: identity, assigned: assigned, key: key, stage: stage)
        return WatchedExchange(sender: identity.hash, exchange: recorder.begin(facts))
    }
}

private final class WatchedExchange: ExchangeRecord {
    let sender: UInt64
    private let exchange: RecordedExchange

    init(sender: UInt64, exchange: RecordedExchange) {
        self.sender = sender
        self.exchange = exchange
    }

    var fieldsToAdd: HTTPFields { HTTPFields() }
    var fieldsToRemove: [String] { [] }
    var answerID: String? { nil }
    func took(_ bytes: [UInt8]) {}

    func asking(_ arm: LiveArm, isCopy: Bool) -> any AnswerRecord { exchange.answer(of: arm, isCopy: isCopy) }

    func finish(served: LiveArm?, fellBack: Bool) { exchange.finish(served: served, fellBack: fellBack) }
}

/// The requests of one plan.
private final class CapturedStage: StageRecorder {
    let recorder: Recorder
    let stage: RecordedStage
    var isForCandidateAlone: Bool { false }

    init(recorder: Recorder, stage: RecordedStage) {
        self.recorder = recorder
        self.stage = stage
    }

    func begin(_ head: HTTPRequestHead, assigned: LiveArm, key: UInt64?) -> any ExchangeRecord {
        recorder.begin(
            RequestFacts(
                head: head, identity: RequestIdentity(head.headers), assigned: assigned, key: key,
                stage: stage))
    }
}

/// One request.
extension RecordedExchange: ExchangeRecord {
    public var fieldsToAdd: HTTPFields { identity.fieldsToAdd }
    public var fieldsToRemove: [String] { identity.fieldsToRemove }
    public var answerID: String? { identity.id }
    public var sender: UInt64 { identity.hash }
    public func took(_ bytes: [UInt8]) { takeRequestBody(bytes) }

    public func asking(_ arm: LiveArm, isCopy: Bool) -> any AnswerRecord { answer(of: arm, isCopy: isCopy) }
}

extension RecordedAnswer: AnswerRecord {}
