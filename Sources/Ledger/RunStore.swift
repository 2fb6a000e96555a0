import Domain

/// Facts of runs that are asked for across runs. (In the Ledger's words: a narrow store over the event log.)
public protocol RunStore: Sendable {
    /// Begins a run, or continues one of the same id.
    func begin(_ run: RunRecord) throws(StoreError)
    /// Ends it with its verdict and its gates.
    func end(run: String, verdict: Verdict, durationSeconds: Double, gates: [RunRecord.Gate]) throws(StoreError)
    func run(_ id: String) throws(StoreError) -> RunRecord?
    /// Newest first.
    func runs(limit: Int) throws(StoreError) -> [RunRecord]
    /// How many runs that reached a verdict looked at this pair of versions on this data set and policy.
    func attempts(pair: String) throws(StoreError) -> Int
}

/// A run as the ledger keeps it.
public struct RunRecord: Sendable, Hashable {
    public struct Gate: Sendable, Hashable {
        public let rule: String
        public let outcome: String
        public let candidate: Double?
        public let baseline: Double?

        public init(rule: String, outcome: String, candidate: Double?, baseline: Double?) {
            self.rule = rule
            self.outcome = outcome
            self.candidate = candidate
            self.baseline = baseline
        }
    }

    public let id: String
    public let project: String
    public let startedAt: String
    /// Digest of baseline identity, candidate identity, observed versions and data set: what a retry shares.
    public let pair: String
    public let datasetDigest: String
    public let policyDigest: String
    public let verdict: Verdict?
    public let durationSeconds: Double?
    public let gates: [Gate]

    public init(
        id: String, project: String, startedAt: String, pair: String, datasetDigest: String, policyDigest: String,
        verdict: Verdict? = nil, durationSeconds: Double? = nil, gates: [Gate] = []
    ) {
        self.id = id
        self.project = project
        self.startedAt = startedAt
        self.pair = pair
        self.datasetDigest = datasetDigest
        self.policyDigest = policyDigest
        self.verdict = verdict
        self.durationSeconds = durationSeconds
        self.gates = gates
    }
}
