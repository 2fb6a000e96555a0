import Domain
import HTTPServer

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

/// A plan's number and the stage that it serves. Made once when a plan is applied, and shared by its requests.
public final class RecordedStage: Sendable {
    public let plan: Int?
    public let name: String?

    public init(plan: Int? = nil, name: String? = nil) {
        self.plan = plan
        self.name = name
    }
}
