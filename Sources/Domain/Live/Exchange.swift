/// One live request and what each arm answered, joined by the request's id.
public struct Exchange: Sendable, Hashable {
    /// `X-Request-ID`, kept or made. Clients that try again may send it twice.
    public var id: String
    /// W3C `traceparent`, kept or made.
    public var traceparent: String?
    /// The gateway that saw it, and its own number there: no two exchanges have both in common.
    public var gateway: String
    public var number: Int
    /// When the request's head was there: microseconds since 1970.
    public var began: Int
    /// The number of the routing plan that decided.
    public var plan: Int?
    /// The stage of the release in that plan.
    public var stage: String?
    /// Where the split put the request. It stays what it is when production answered in the candidate's stead.
    public var assigned: LiveArm
    /// Whose answer the client got; nil where it got none of an arm's.
    public var served: LiveArm?
    /// Whether production answered because the candidate failed before its first byte.
    public var fellBack: Bool
    /// The hash of the sticky key; nil where the request had none.
    public var key: UInt64?
    /// Labels of the request, in the order of the plan.
    public var slices: [LiveField]
    public var method: String
    /// Without the query, still percent-encoded, redacted.
    public var path: String
    /// What followed the `?`, redacted; nil where nothing did.
    public var query: String?
    /// In the order they came, redacted.
    public var headers: [LiveField]
    public var body: LiveBody?
    public var production: ArmAnswer?
    public var candidate: ArmAnswer?
    public var control: ArmAnswer?
    /// Whether the gateway had seen the id before, within what it remembers: a client's retry.
    public var isRepeat: Bool
    /// Why it was kept.
    public var reason: Reason
    /// What was learnt of it later, in the order it came.
    public var feedback: [Feedback]

    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The share of exchanges that are kept holds it.
        case share
        /// An arm failed: always kept.
        case failure
        /// It was slow, blocked or otherwise an event: always kept.
        case event
    }

    public init(
        id: String, gateway: String, number: Int, began: Int, assigned: LiveArm, method: String, path: String,
        query: String? = nil, headers: [LiveField] = [], body: LiveBody? = nil
    ) {
        self.id = id
        self.gateway = gateway
        self.number = number
        self.began = began
        self.assigned = assigned
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        fellBack = false
        slices = []
        isRepeat = false
        reason = .share
        feedback = []
    }

    /// What an arm answered; nil where it was not asked, or nothing is known of it.
    public subscript(arm: LiveArm) -> ArmAnswer? {
        get {
            switch arm {
            case .production: production
            case .candidate: candidate
            case .control: control
            }
        }
        set {
            switch arm {
            case .production: production = newValue
            case .candidate: candidate = newValue
            case .control: control = newValue
            }
        }
    }

    /// The first header of that name, whatever its case.
    public func header(_ name: String) -> String? { headers.first(named: name) }

    /// The label of a slice.
    public func slice(_ name: String) -> String? { slices.first { $0.name == name }?.value }
}
