import Domain

/// Facts of runs that are asked for across runs. (In the Ledger's words: a narrow store over the event log.)
public protocol RunStore: Sendable {
    /// Begins a run, or continues one of the same id: that one keeps when it was first begun, and has no verdict, and
    /// so is no attempt, until it ends again.
    func begin(_ run: RunRecord) throws(StoreError)
    /// Ends it with its verdict and its gates; a second end replaces the first. `missing` where it was never begun.
    func end(
        run: String, verdict: Verdict, durationSeconds: Double, gates: [RunRecord.Gate]) throws(StoreError)
    /// Keeps what an ended run came to, in the place of what was kept of it before; beginning it anew lets go of it.
    /// `missing` where it was never begun.
    func keep(_ summary: RunSummary) throws(StoreError)
    func run(_ id: String) throws(StoreError) -> RunRecord?
    /// Newest first, by when they began and then by id.
    func runs(limit: Int) throws(StoreError) -> [RunRecord]
    /// How many runs looked at this pair and reached a verdict: each run once, however often it was resumed, and none
    /// that could not measure.
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
        id: String, project: String, startedAt: String, pair: String, datasetDigest: String,
        policyDigest: String,
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
