import Domain

/// What a deployment's contract came to, check by check with evidence. Nothing in it is a secret.
public struct ContractReport: Sendable {
    public let project: String
    public let startedAt: String
    public let seconds: Double
    /// Addresses that were probed.
    public let targets: [String]
    public let probes: Int
    public let checks: [Check]
    /// What a reader should know besides.
    public let notes: [String]

    public init(
        project: String, startedAt: String, seconds: Double, targets: [String], probes: Int, checks: [Check],
        notes: [String]
    ) {
        self.project = project
        self.startedAt = startedAt
        self.seconds = seconds
        self.targets = targets
        self.probes = probes
        self.checks = checks
        self.notes = notes
    }

    /// BLOCK where any check fails; no verdict where any stays open.
    public var verdict: Verdict { CheckOutcome.verdict(checks.map(\.outcome)) }

    /// One sentence: what decided.
    public var headline: String {
        let failing = checks.filter { $0.outcome == .fails }
        let open = checks.filter { $0.outcome == .open }
        if let first = failing.first {
            let more = failing.count > 1 ? " (and \(failing.count - 1) more)" : ""
            return "\(first.name): \(first.detail)\(more)"
        }
        if let first = open.first {
            let more = open.count > 1 ? " (and \(open.count - 1) more)" : ""
            return "\(first.name): \(first.detail)\(more)"
        }
        let all = probes == 1 ? "the one probe" : "all \(probes) probes"
        return "\(checks.count) \(checks.count == 1 ? "check holds" : "checks hold") on \(all)"
    }

    public struct Check: Sendable {
        /// As the policy names it: `schema`, `bounds confidence`, `header X-Request-ID`.
        public let name: String
        /// What must hold, in words.
        public let rule: String
        public let outcome: CheckOutcome
        /// What was found, in words.
        public let detail: String
        /// Probes that break it, of those that could be looked at.
        public let broken: Int
        public let looked: Int
        /// The first that breaks it.
        public let first: Breach?
    }

    /// A probe that breaks a check.
    public struct Breach: Sendable {
        /// The example's id.
        public let probe: String
        public let target: String
        /// Where in the answer; nil where it is no place of it.
        public let pointer: String?
        public let why: String
        public let call: CallEvidence
    }
}
