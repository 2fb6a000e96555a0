import Statistics

/// One stage of the app, as the evidence shows it.
public struct StageResult: Sendable {
    public let stage: String
    /// The metric that speaks for the stage, with its difference.
    public let metric: String?
    public let baseline: Double?
    public let candidate: Double?
    public let difference: Interval?
    /// Whether this is where it broke.
    public let broke: Bool
    public let note: String

    public init(
        stage: String, metric: String?, baseline: Double?, candidate: Double?, difference: Interval?,
        broke: Bool,
        note: String
    ) {
        self.stage = stage
        self.metric = metric
        self.baseline = baseline
        self.candidate = candidate
        self.difference = difference
        self.broke = broke
        self.note = note
    }
}
