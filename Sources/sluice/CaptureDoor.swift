import Domain
import Gateway
import HTTPServer
import Traffic

/// A recorder of live traffic as a gateway wants it.
struct CaptureDoor: ExchangeRecorder {
    let recorder: Recorder

    func stage(plan: Int, name: String?) -> any StageRecorder {
        CapturedStage(recorder: recorder, stage: RecordedStage(plan: plan, name: name))
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

/// The requests of one plan.
private final class CapturedStage: StageRecorder {
    let recorder: Recorder
    let stage: RecordedStage

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
    public func took(_ bytes: [UInt8]) { takeRequestBody(bytes) }

    public func asking(_ arm: LiveArm, isCopy: Bool) -> any AnswerRecord { answer(of: arm, isCopy: isCopy) }
}

extension RecordedAnswer: AnswerRecord {}
