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
    /// Gates that hold the candidate's times against production's, which carried another load.
    public let setAsideForLoad: [String]
    /// Nil without a policy.
    public let verdict: Verdict?
    public let headline: String

    public init(
        facts: Facts, result: ShadowResult, run: RunResult?, setAside: [String] = [],
        setAsideForLoad: [String] = []
    ) {
        self.facts = facts
        self.result = result
        self.run = run
        self.setAside = setAside
        self.setAsideForLoad = setAsideForLoad
        (verdict, headline) = Self.judge(result, run, setAside, setAsideForLoad)
    }

    /// Too little, or too much of it lost, decides nothing; a gate that fails for all that is lost still fails.
    private static func judge(
        _ result: ShadowResult, _ run: RunResult?, _ setAside: [String], _ setAsideForLoad: [String]
    ) -> (Verdict?, String) {
        let join = result.join
        let least = result.options.leastKeys
        if let why = failing(join), run?.verdict != .block || join.mostlyFailed(join.failedProduction) {
            return (.cannotTell, why)
        }
        guard let run else { return (nil, "No policy: what changed is told, and nothing is judged.") }
        if join.joined == 0 { return (.cannotTell, "no request was answered by both arms") }
        guard result.isEnough else {
            let keys = join.keys == 1 ? "1 key" : "\(join.keys) keys"
            return (.cannotTell, "only \(keys) with answers of both arms: \(least) are wanted")
        }
        if run.gates.isEmpty {
            let why =
                !setAsideForLoad.isEmpty
                ? "every gate of the policy wants expectations, or times under one load: this has neither"
                : setAside.isEmpty
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

    /// What the first line says where an arm failed most requests: of failures there is nothing to compare.
    private static func failing(_ join: JoinCounts) -> String? {
        func percent(_ count: Int) -> String {
            "\(Int((100 * Double(count) / Double(max(1, join.joined))).rounded())) %"
        }
        let (before, after) = (join.failedProduction, join.failedCandidate)
        switch (join.mostlyFailed(before), join.mostlyFailed(after)) {
        case (true, true):
            let shares =
                percent(before) == percent(after)
                ? percent(before) : "\(percent(before)) and \(percent(after))"
            return "both arms failed \(shares) of requests: nothing was compared"
        case (true, false):
            return
                "production failed \(percent(before)) of requests: there is nothing to hold the candidate against"
        case (false, true):
            return "the candidate failed \(percent(after)) of requests: of its answers little was compared"
        case (false, false): return nil
        }
    }
}

extension JoinCounts {
    /// Whether an arm failed so many that its answers are the exception.
    func mostlyFailed(_ count: Int) -> Bool { joined > 0 && 2 * count > joined }
}
