/// Everything a report says of one run. Pure data: each face (terminal, Markdown, JUnit, JSON, HTML) renders it.
public struct RunResult: Sendable {
    public var manifest: Manifest
    public var verdict: Verdict
    /// One sentence for people: what decided.
    public var headline: String
    public var gates: [GateResult]
    /// Every metric of the run, gated or not, in the policy's order.
    public var metrics: [MetricResult]
    /// Metric by slice; gated metrics first.
    public var slices: [SliceResult]
    public var confusions: [ConfusionResult]
    public var distributions: [DistributionResult]
    public var movement: Movement
    /// The stage that broke, where the evidence names one.
    public var stages: [StageResult]
    public var whereItBroke: String?
    /// Differences between the arms' configuration, versions, prompts.
    public var changes: [String]
    /// The change itself as a unified diff, where one was given.
    public var diff: String?
    public var measurement: MeasurementCounts
    /// Gates left open that travel to the next layer, by name.
    public var reservations: [Reservation]
    /// Notes that a reader needs to trust or doubt the numbers.
    public var warnings: [String]
    /// Examples shown in full: newly failing first.
    public var shown: [ShownExample]
    public var layers: [RequiredLayers]
    /// What the change's policy was held against; nil: it was taken as it stood.
    public var trust: TrustReport?
    /// Waivers that no longer count.
    public var expiredWaivers: [Waiver]
    /// Where scores come from that were made elsewhere.
    public var external: [ExternalProvenance]
    /// Models that metrics asked, and how often.
    public var models: [ModelUse] = []
    /// What judging was said to come to at most; nil where nothing is judged.
    public var judgeForecast: JudgeForecast?

    public init(manifest: Manifest, verdict: Verdict, headline: String) {
        self.manifest = manifest
        self.verdict = verdict
        self.headline = headline
        gates = []
        metrics = []
        slices = []
        confusions = []
        distributions = []
        movement = Movement()
        stages = []
        changes = []
        measurement = MeasurementCounts()
        reservations = []
        warnings = []
        shown = []
        layers = []
        expiredWaivers = []
        external = []
    }
}
