/// How the false alarms that one release may raise are shared out over everything that can stop it by itself.
///
/// The parts add up (Bonferroni), so that over *all* automatic triggers together a healthy release is stopped
/// with a probability of at most `total`, however the triggers depend on each other.
public struct AlarmBudget: Sendable, Hashable, Codable {
    /// Of all harm that is counted: errors, throttles, blocks, escalations, thumbs down, slow answers.
    public let counts: Double
    /// Of means: cost, tokens, scores.
    public let means: Double
    /// Of the sample ratio: whether the split is what it was configured to be.
    public let sampleRatio: Double
    /// Of the fuse and of business indicators.
    public let fuseAndIndicators: Double

    /// - Throws: `EstimateError.invalidParameter` for a part below 0, or a sum that is not inside `(0, 1)`.
    public init(
        counts: Double, means: Double, sampleRatio: Double, fuseAndIndicators: Double
    ) throws(EstimateError) {
        let parts = [counts, means, sampleRatio, fuseAndIndicators]
        for part in parts {
            guard part >= 0 else { throw .invalidParameter("each part", must: "be 0 or above") }
        }
        try requireProbability(parts.reduce(0, +), "the sum of the parts")
        self.init(checked: counts, means, sampleRatio, fuseAndIndicators)
    }

    /// One per cent a release: .006 for counts, .002 for means, .001 for the sample ratio, .001 for fuse and
    /// indicators.
    public static let release = AlarmBudget(checked: 0.006, 0.002, 0.001, 0.001)

    public var total: Double { counts + means + sampleRatio + fuseAndIndicators }

    private init(checked counts: Double, _ means: Double, _ sampleRatio: Double, _ fuse: Double) {
        self.counts = counts
        self.means = means
        self.sampleRatio = sampleRatio
        fuseAndIndicators = fuse
    }
}
