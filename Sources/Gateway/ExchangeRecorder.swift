import Domain
import HTTPServer
import Rollout

/// Who takes note of live traffic: told on the loops as it passes, and never waited for.
public protocol ExchangeRecorder: Sendable {
    /// What is told of requests under one plan; nil where nothing of them is to be taken note of.
    ///
    /// - Throws: What of the plan cannot be done here.
    func stage(_ plan: RoutingPlan) throws(StageRefusal) -> (any StageRecorder)?
    /// Has someone told of each answer that was looked at, on a thread of the recorder's; called once, before the start.
    func tell(_ listener: @escaping @Sendable (LiveOutcome) -> Void)
    /// Exchanges that could not be kept or counted so far.
    var losses: Int { get }
    /// Keeps feedback; returns why it could not, or nil.
    func keep(_ feedback: Feedback) async -> String?
    /// Numbers since the start, for the metrics: a name, what it is, and its value.
    func numbers() -> [(name: String, help: String, value: Int)]
}

/// Why a plan's requests cannot be taken note of.
public struct StageRefusal: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// Takes note of the requests of one plan.
public protocol StageRecorder: Sendable {
    /// Whether it wants none but those that are put to the candidate.
    var isForCandidateAlone: Bool { get }
    /// A request's head is there, and where it goes is decided.
    func begin(_ head: HTTPRequestHead, assigned: LiveArm, key: UInt64?) -> any ExchangeRecord
}

/// One request as it passes. It belongs to the loop of its client's connection.
public protocol ExchangeRecord: AnyObject, Sendable {
    /// What the request to an arm bears in place of what came.
    var fieldsToAdd: HTTPFields { get }
    var fieldsToRemove: [String] { get }
    /// What the client's answer bears: the id under which feedback may come; nil where none is taken.
    var answerID: String? { get }
    /// What stands for the sender of a request without a key, as the listener is told it.
    var sender: UInt64 { get }
    func took(_ bytes: [UInt8])
    /// An arm is being asked now; to be called before `finish`.
    func asking(_ arm: LiveArm, isCopy: Bool) -> any AnswerRecord
    func finish(served: LiveArm?, fellBack: Bool)
}

/// One arm's answer as it passes. It belongs to the loop on which the arm was asked.
public protocol AnswerRecord: AnyObject, Sendable {
    func head(_ response: UpstreamResponse)
    func take(_ bytes: Span<UInt8>)
    func end(_ timings: UpstreamTimings?)
    func fail(_ error: UpstreamError, _ timings: UpstreamTimings?)
    func fail(_ failure: LiveFailure, _ timings: UpstreamTimings?)
}
