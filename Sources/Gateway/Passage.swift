import Domain
import HTTPServer
import Rollout

/// One request on its way through, as counters and the log see it.
struct Passage {
    enum End: String {
        case whole, noAnswer = "no_answer", brokenOff = "broken_off", clientGone = "client_gone"
    }

    let head: HTTPRequestHead
    let decision: Decision
    let active: ActivePlan
    let began = GatewayClock.monotonic()
    /// Whose answer the client gets.
    var served: ArmName
    var fellBack = false
    /// What is taken note of; nil for nothing.
    var record: (any ExchangeRecord)?
    /// The answer of `served` in it.
    var answer: (any AnswerRecord)?
    var status = 0
    var end = End.whole

    init(_ head: HTTPRequestHead, _ decision: Decision, _ active: ActivePlan) {
        self.head = head
        self.decision = decision
        self.active = active
        served = .production
    }

    /// Whether an arm's answer was there to be passed on.
    var hasAnswer = false
    /// For the record: the arm whose answer the client got.
    var servedArm: LiveArm? { hasAnswer ? (served == .candidate ? .candidate : .production) : nil }

    /// A request without a key is a sender of its own.
    var fuseKey: UInt64 { decision.key ?? record?.sender ?? began }
}
