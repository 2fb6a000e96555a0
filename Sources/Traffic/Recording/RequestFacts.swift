import Domain
import HTTPServer
import Rollout

/// What the gateway knows of a request when it has decided where it goes.
public struct RequestFacts: Sendable {
    public var head: HTTPRequestHead
    public var identity: RequestIdentity
    public var assigned: LiveArm
    /// The hash of the sticky key, as the split has it; nil where the request has none.
    public var key: UInt64?
    /// The plan and stage that decided: one value for all requests of a plan.
    public var stage: RecordedStage
    /// Labels, in the plan's order; few, and of few values each.
    public var slices: [LiveField]

    public init(
        head: HTTPRequestHead, identity: RequestIdentity, assigned: LiveArm, key: UInt64? = nil,
        stage: RecordedStage, slices: [LiveField] = []
    ) {
        self.head = head
        self.identity = identity
        self.assigned = assigned
        self.key = key
        self.stage = stage
        self.slices = slices
    }
}

/// A plan's number and the stage that it serves, and what is kept and looked at of its requests. Made once when a plan
/// is applied, and shared by its requests.
public final class RecordedStage: Sendable {
    public let plan: Int?
    public let name: String?
    let look: Look?

    /// What holds for the requests of one plan instead of the recorder's own rules.
    struct Look: Sendable {
        let rules: CaptureRules
        let redactor: Redactor
        let check: AnswerCheck?
        let slices: [SliceRule]
        let sync: Duration?
        let spool: Int?
        let bodyLimit: Int
    }

    /// Under the recorder's own rules.
    public init(plan: Int? = nil, name: String? = nil) {
        self.plan = plan
        self.name = name
        look = nil
    }

    /// Under rules of its own.
    ///
    /// - Parameters:
    ///   - capture: What is kept.
    ///   - slices: Labels that the recorder finds in the requests, on its thread.
    ///   - check: What a valid answer is.
    /// - Throws: `RecorderProblem`: a pattern that does not compile, a kind that is none.
    public init(
        plan: Int?, name: String?, capture: CaptureRule, slices: [SliceRule] = [], check: AnswerCheck? = nil
    ) throws(RecorderProblem) {
        self.plan = plan
        self.name = name
        look = Look(
            rules: capture.rules, redactor: try Redactor(capture.rules), check: check, slices: slices,
            sync: capture.sync, spool: capture.spool,
            bodyLimit: max(Recorder.bodyLimit(capture.rules), check == nil ? 0 : 64 * 1024))
    }
}
