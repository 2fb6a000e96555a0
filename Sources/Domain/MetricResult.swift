import Statistics

/// One metric over the whole set, gated or not.
public struct MetricResult: Sendable {
    public let name: String
    public let summary: String
    public let unit: String
    /// `higher`, `lower` or `neither`.
    public let direction: String
    public let tier: String
    public let stage: String?
    public let baseline: Estimate?
    public let candidate: Estimate?
    public let difference: Estimate?
    /// Examples it does not apply to, and those where measuring failed, in the candidate.
    public let notApplicable: Int
    public let failed: Int

    public init(
        name: String, summary: String, unit: String, direction: String, tier: String, stage: String?,
        baseline: Estimate?, candidate: Estimate?, difference: Estimate?, notApplicable: Int, failed: Int
    ) {
        self.name = name
        self.summary = summary
        self.unit = unit
        self.direction = direction
        self.tier = tier
        self.stage = stage
        self.baseline = baseline
        self.candidate = candidate
        self.difference = difference
        self.notApplicable = notApplicable
        self.failed = failed
    }
}
