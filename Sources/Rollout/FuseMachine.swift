import Statistics

/// How one request to the candidate went, as far as hard limits look.
public struct FuseOutcome: Sendable, Hashable {
    /// The hash of the sticky key, or of the request where it had none.
    public var key: UInt64
    /// No answer, a broken one, or a status of 500 and above; nil where this says nothing of it.
    public var failed: Bool?
    public var throttled: Bool?
    /// What the check of the answer said; nil where it said nothing.
    public var invalid: Bool?
    /// nil where none came: a failure is not slow.
    public var firstToken: Duration?
    public var latency: Duration?
    /// Whether the request was counted before: it is in no run.
    private(set) var isLater = false

    public init(
        key: UInt64, failed: Bool = false, throttled: Bool = false, invalid: Bool? = nil,
        firstToken: Duration? = nil, latency: Duration? = nil
    ) {
        self.key = key
        self.failed = failed
        self.throttled = throttled
        self.invalid = invalid
        self.firstToken = firstToken
        self.latency = latency
    }

    /// What was learnt of an answer after it had been counted: the sender's outcomes of these limits are this one now,
    /// those of the others stay. A stream that says itself that it failed is found out so.
    public static func afterLook(
        key: UInt64, failed: Bool, invalid: Bool?, firstToken: Duration?
    ) -> FuseOutcome {
        var outcome = FuseOutcome(key: key, invalid: invalid, firstToken: firstToken)
        outcome.failed = failed ? true : nil
        outcome.throttled = nil
        outcome.isLater = true
        return outcome
    }
}

/// Why a fuse blew.
public struct BlownFuse: Sendable, Hashable {
    /// The plan under which it did.
    public let plan: Int
    public let limit: FuseRule.Limit
    /// `failures` of the last `window` senders, or requests where the limit is a run.
    public let failures: Int
    public let window: Int

    public init(plan: Int, limit: FuseRule.Limit, failures: Int, window: Int) {
        self.plan = plan
        self.limit = limit
        self.failures = failures
        self.window = window
    }
}

/// The fuse of one gateway: blows where the candidate is beyond a hard limit, and stays blown until a plan with another
/// number.
///
/// A window holds the last senders, each with its newest outcome alone: a user whose requests all fail counts once,
/// however many they are, and a user who was well before and now fails counts as failing. That is one outcome a key and
/// window, of which the binomial bounds of ``BinomialFuse`` hold.
///
/// Memory: 200 senders a limit. An outcome costs O(senders).
public struct FuseMachine: Sendable {
    public private(set) var blown: BlownFuse?
    private var rule: FuseRule?
    private var plan: Int
    private var watches: [Watch] = []
    private var run = Run()

    /// - Parameter blown: What was kept of an earlier process; it counts where it is of this plan's number.
    public init(_ rule: FuseRule?, plan: Int, blown: BlownFuse? = nil) {
        self.rule = rule
        self.plan = plan
        self.blown = blown.flatMap { $0.plan == plan ? $0 : nil }
        watches = Self.watches(rule)
    }

    /// Goes over to another plan: one with another number forgets all, one with the same keeps what is blown.
    public mutating func adopt(_ rule: FuseRule?, plan: Int) {
        if plan != self.plan {
            blown = nil
            run = Run()
        }
        if plan != self.plan || rule != self.rule { watches = Self.watches(rule) }
        (self.rule, self.plan) = (rule, plan)
    }

    /// Takes the next outcome.
    /// - Returns: What blew the fuse, where this did.
    public mutating func record(_ outcome: FuseOutcome) -> BlownFuse? {
        guard let rule, blown == nil else { return nil }
        for index in watches.indices {
            guard let failed = watches[index].verdict(outcome),
                let trip = watches[index].senders.record(outcome.key, failed: failed)
            else { continue }
            blown = BlownFuse(
                plan: plan, limit: watches[index].limit, failures: trip.failures, window: trip.window)
            return blown
        }
        if let most = rule.consecutive, !outcome.isLater, run.record(outcome, most: most) {
            blown = BlownFuse(plan: plan, limit: .consecutive, failures: run.length, window: run.length)
            return blown
        }
        return nil
    }

    private static func watches(_ rule: FuseRule?) -> [Watch] {
        guard let rule else { return [] }
        var watches: [Watch] = []
        func add(_ limit: FuseRule.Limit, _ share: Double?, _ late: Duration? = nil) {
            guard let share, let senders = try? KeyedWindows(limit: share) else { return }
            watches.append(Watch(limit: limit, late: late, senders: senders))
        }
        add(.errors, rule.errors)
        add(.throttling, rule.throttling)
        add(.validation, rule.validation)
        add(.firstToken, rule.firstToken?.share, rule.firstToken?.above)
        add(.latency, rule.latency?.share, rule.latency?.above)
        return watches
    }

    private struct Watch: Sendable {
        let limit: FuseRule.Limit
        let late: Duration?
        var senders: KeyedWindows

        /// Whether the outcome is beyond the limit; nil where it says nothing of it.
        func verdict(_ outcome: FuseOutcome) -> Bool? {
            switch limit {
            case .errors: outcome.failed
            case .throttling: outcome.throttled
            case .validation: outcome.invalid
            case .firstToken: late.flatMap { late in outcome.firstToken.map { $0 > late } }
            case .latency: late.flatMap { late in outcome.latency.map { $0 > late } }
            case .consecutive: nil
            }
        }
    }

    /// Requests that failed one after the other. What one sender fails at in a row counts once, unless no other sender
    /// was ever seen.
    private struct Run: Sendable {
        private(set) var length = 0
        private var alone = 0
        private var last: UInt64?
        private var hasOthers = false

        mutating func record(_ outcome: FuseOutcome, most: Int) -> Bool {
            let isAnother = last != outcome.key
            if last != nil, isAnother { hasOthers = true }
            last = outcome.key
            guard outcome.failed == true else {
                (length, alone) = (0, 0)
                return false
            }
            alone += 1
            if isAnother || length == 0 { length += 1 }
            if !hasOthers { length = alone }
            return length >= most
        }
    }
}
