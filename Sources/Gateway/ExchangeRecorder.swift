import Domain
import HTTPServer

/// Who takes note of live traffic: told on the loops as it passes, and never waited for.
public protocol ExchangeRecorder: Sendable {
    /// What is told of requests under one plan.
    func stage(plan: Int, name: String?) -> any StageRecorder
    /// Keeps feedback; returns why it could not, or nil.
    func keep(_ feedback: Feedback) async -> String?
    /// Numbers since the start, for the metrics: a name, what it is, and its value.
    func numbers() -> [(name: String, help: String, value: Int)]
}

/// Takes note of the requests of one plan.
public protocol StageRecorder: Sendable {
    /// A request's head is there, and where it goes is decided.
    func begin(_ head: HTTPRequestHead, assigned: LiveArm, key: UInt64?) -> any ExchangeRecord
}

/// One request as it passes. It belongs to the loop of its client's connection.
public protocol ExchangeRecord: AnyObject, Sendable {
    /// What the request to an arm bears in place of what came.
    var fieldsToAdd: HTTPFields { get }
    var fieldsToRemove: [String] { get }
    /// What the client's answer bears: the id under which feedback may come.
    var id: String { get }
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
