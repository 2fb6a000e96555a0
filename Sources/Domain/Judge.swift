import Notation

/// Somebody who is shown a text and says what it is worth: a model behind an endpoint, a program, a script of a test.
///
/// A judge is asked questions that are whole: nothing but the question shapes its reply. What it costs, how often it
/// fails and how well it agrees with people are measured elsewhere; it may not gate before they are.
public protocol Judge: Sendable {
    /// Who it is: judgements carry it, and a change of it starts a new series.
    var identity: JudgeIdentity { get }
    /// One outcome for each question, in their order. One that fails does not stop the others.
    func judge(_ questions: [JudgeQuestion]) async -> [JudgeOutcome]
    /// Asks as long as the purse allows, and hands each outcome over when it comes, with the place of its question: from
    /// any task, in any order, each place once. What it hands over is kept, whatever becomes of the rest.
    ///
    /// - Parameter purse: Asked before each request, further attempts at a question among them, and told of its end.
    func judge(
        _ questions: [JudgeQuestion], purse: any JudgePurse,
        each: @escaping @Sendable (Int, JudgeOutcome) -> Void) async
    /// Lets go of connections and processes.
    func close() async
}

/// What came of one question.
public typealias JudgeOutcome = Result<JudgeReply, JudgeProblem>

/// What a judge said.
public struct JudgeReply: Sendable, Hashable {
    /// The verdict, valid by the question's schema.
    public let verdict: JSONObject
    /// Its reason in its own words, where the schema asks for one.
    public let reason: String?
    /// Tokens and money of all attempts together; nil: not said.
    public let usage: Usage?
    /// How often it was asked before this came.
    public let attempts: Int
    /// The model that answered, as the answer names it.
    public let model: String?
    public let milliseconds: Double?
    /// Whether it was kept from an earlier asking: then it cost nothing now.
    public let isKept: Bool

    public init(
        verdict: JSONObject, reason: String? = nil, usage: Usage? = nil, attempts: Int = 1,
        model: String? = nil, milliseconds: Double? = nil, isKept: Bool = false
    ) {
        self.verdict = verdict
        self.reason = reason
        self.usage = usage
        self.attempts = attempts
        self.model = model
        self.milliseconds = milliseconds
        self.isKept = isKept
    }

    /// The same, as a cache gives it back.
    public var kept: JudgeReply {
        JudgeReply(
            verdict: verdict, reason: reason, usage: usage, attempts: attempts, model: model,
            milliseconds: milliseconds, isKept: true)
    }
}

/// Why there is no verdict. It says nothing of the text that was to be judged.
public enum JudgeProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The judge was not reached, did not answer in time, or answered with an error.
    case failed(Failure)
    /// It answered, and no verdict can be read from it: the cause, without the text.
    case unparsable(String)
    /// It would not judge.
    case refused(String)
    /// Asking would have gone beyond the calls or the money that the policy allows.
    case overBudget(String)
    /// The run ended first.
    case cancelled

    public var description: String {
        switch self {
        case .failed(let failure): "the judge failed: \(failure.detail)"
        case .unparsable(let cause): "the judge's answer holds no verdict: \(cause)"
        case .refused(let words): "the judge would not judge: \(words)"
        case .overBudget(let cause): "the judge was not asked: \(cause)"
        case .cancelled: "the run was stopped before the judge answered"
        }
    }

    /// Whether a reason for which something was not measured, in whatever words it stands, is that of `overBudget`.
    public static func isOverBudget(_ reason: String) -> Bool {
        reason.contains("the judge was not asked: ") && reason.contains("judge.budget")
    }

    /// One word, for counts.
    public var kind: String {
        switch self {
        case .failed: "failed"
        case .unparsable: "unparsable"
        case .refused: "refused"
        case .overBudget: "over budget"
        case .cancelled: "cancelled"
        }
    }
}
