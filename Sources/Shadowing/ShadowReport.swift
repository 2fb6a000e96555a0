import Domain

/// A comparison with where it came from, and the verdict of the policy where there is one.
public struct ShadowReport: Sendable {
    public struct Facts: Sendable {
        public var project = ""
        public var title = ""
        /// Where the exchanges were read from, or which targets they were replayed against.
        public var sources: [String] = []
        /// First and last request, RFC 3339, UTC; empty where nobody knows.
        public var firstAt = ""
        public var lastAt = ""
        public var sluiceVersion = ""
        public var policyPath: String?
        public var policyDigest: String?
        /// How parts of answers were found: by the policy, or guessed.
        public var mapping = ""
        public var currency: String?
        /// What a reader must know of how the pairs were had.
        public var notes: [String] = []
        /// What users said of the answers that they got, by arm.
        public var feedback: [FeedbackTally.Rate] = []

        public init() {}
    }

    public let facts: Facts
    public let result: ShadowResult
    /// What the policy's gates said of the same observations; nil without a policy.
    public let run: RunResult?
    /// Gates that want expectations, which live requests have none of: the golden set judges those.
    public let setAside: [String]
    /// Nil without a policy.
    public let verdict: Verdict?
    public let headline: String

    public init(facts: Facts, result: ShadowResult, run: RunResult?, setAside: [String] = []) {
        self.facts = facts
        self.result = result
        self.run = run
        self.setAside = setAside
        (verdict, headline) = Self.judge(result, run, setAside)
    }

    /// Too little, or too much of it lost, decides nothing; a gate that fails for all that is lost still fails.
    private static func judge(
        _ result: ShadowResult, _ run: RunResult?, _ setAside: [String]
    ) -> (Verdict?, String) {
        let join = result.join
        let least = result.options.leastKeys
        guard let run else { return (nil, "No policy: what changed is told, and nothing is judged.") }
        if join.joined == 0 { return (.cannotTell, "no request was answered by both arms") }
        guard result.isEnough else {
            let keys = join.keys == 1 ? "1 key" : "\(join.keys) keys"
            return (.cannotTell, "only \(keys) with answers of both arms: \(least) are wanted")
        }
        if run.gates.isEmpty {
            let why =
                setAside.isEmpty
                ? "the policy has no gate"
                : "every gate of the policy wants expectations, which live requests have none of"
            return (.cannotTell, why)
        }
        if result.loses, run.verdict != .block {
            return (
                .cannotTell,
                "\(join.lostCount) of \(join.chosen) requests have no pair: what is lost may be what differs"
            )
        }
        // Whoever merges by the first line must see there what no gate stops.
        let worse = result.findings.count { $0.gravity == .bad && $0.pValue != nil }
        guard run.verdict == .ship, worse > 0 else { return (run.verdict, run.headline) }
        let words =
            worse == 1
            ? "1 proven change for the worse stands under no gate"
            : "\(worse) proven changes for the worse stand under no gate"
        return (run.verdict, run.headline + "; " + words)
    }
}
