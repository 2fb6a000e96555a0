import Domain

/// What a lint goes by beside the examples themselves.
public struct LintOptions: Sendable {
    /// The day that ages are counted to.
    public var today: Day
    public var upkeep: Upkeep
    /// Gates that examples must be able to feed, and metrics that are only shown.
    public var rules: [GateRule] = []
    public var metrics: [MetricRequest] = []
    /// Columns that results are broken down by; where there are none, `category`.
    public var slices: [String] = []
    /// Further columns that requests send: they are part of the input.
    public var inputColumns: [String] = []
    /// Whether the examples are all that matters; then no number of them is too small.
    public var isThisSet = false
    public var confidence = 0.95
    /// Whether the app takes earlier turns at all.
    public var isConversational = true
    /// What the system under test goes by: models, versions, its own name.
    public var systems: [SystemName] = []
    /// Documents that are no longer served.
    public var retiredDocuments: Set<String> = []
    public var prompts: PromptIndex?
    /// Rules of when the set must grow, with what they are decided on besides the set.
    public var growth: [GrowthRule] = []
    public var candidates: [Candidate] = []
    public var newestRun: RunFigures?
    /// Whether chunks of the index will be shown.
    public var hasChunks = false

    public init(today: Day, upkeep: Upkeep = Upkeep()) {
        self.today = today
        self.upkeep = upkeep
    }
}
