import Domain

/// What a gateway does now: where the arms are, who meets which, what is copied, and when it shuts.
public struct RoutingPlan: Sendable, Hashable {
    /// Counts up; a blown fuse stays blown until a plan with another number.
    public var number: Int
    /// What is being released; the salt of the split where none is given.
    public var release: String
    public var salt: String
    /// The stage of the release, as reports call it.
    public var stage: String?
    public var production: Backend
    public var candidate: Backend?
    /// The candidate's part of the eligible keys.
    public var share = Share.none
    /// The first that a request has names its sender.
    public var sticky: [StickySource] = [.client]
    public var keyless = Keyless.production
    public var eligibility = Eligibility()
    /// The response header that says which arm answered.
    public var announce: String?
    public var override: OverrideRule?
    public var fallback = FallbackRule()
    public var mirror: MirrorRule?
    public var fuse: FuseRule? = FuseRule()
    /// How long a control plane may be silent while the candidate has a share.
    public var lease: Duration?
    /// What a valid answer is.
    public var validation: ValidationRule?
    /// Labels by which requests are counted apart, in this order.
    public var slices: [SliceRule] = []
    /// What is kept of the requests; nil for what the gateway keeps by itself.
    public var capture: CaptureRule?
    public var notify: NotifyRule?
    public var forwarded = ForwardedRule()

    public init(number: Int, release: String, production: Backend) {
        self.number = number
        self.release = release
        salt = release
        self.production = production
    }

    /// What becomes of a request that has none of the sources.
    public enum Keyless: String, Sendable, Hashable, CaseIterable {
        case production
        /// Each such request is dealt on its own.
        case deal
    }

    /// Where an arm listens, and how patient the gateway is with it.
    public struct Backend: Sendable, Hashable {
        /// `http://host[:port]` or `https://host[:port]`.
        public var url: String
        public var connect = Duration.seconds(5)
        public var firstByte = Duration.seconds(120)
        /// Between two pieces of an answer.
        public var pause = Duration.seconds(60)
        /// From the request to the answer's last byte; nil for as long as it takes.
        public var total: Duration?
        /// Connections of each event loop.
        public var connections = 1024
        /// A PEM file with the authorities that are believed; nil for the system's.
        public var authorities: String?
        public var serverName: String?

        public init(url: String) { self.url = url }
    }

    /// Who may choose an arm.
    public struct OverrideRule: Sendable, Hashable {
        public var header: String
        /// Names the key, never holds it: `${env:NAME}`.
        public var secret: Secretive

        public init(header: String, secret: Secretive) {
            self.header = header
            self.secret = secret
        }
    }

    /// When production answers what the candidate could not.
    public struct FallbackRule: Sendable, Hashable {
        public enum Trigger: String, Sendable, Hashable, CaseIterable {
            case never
            /// No answer: no connection, none in time, a broken head.
            case failures
            /// No answer, or one with a status of 500 and above.
            case errors
        }

        public var on = Trigger.failures
        /// How much of a body that was not at hand is kept for the second sending, in bytes.
        public var body = 64 * 1024

        public init() {}
    }
}
