import Statistics

/// Every claim of regression of a judgement, adjusted together: over gates, members of `[each]` and slices.
///
/// Ship needs every gate to pass, which needs no correction. What needs one is the claim that something broke:
/// at .05 each, twenty slices of 41 examples would block most harmless changes.
struct ClaimFamily {
    let size: Int
    let alpha: Double
    /// After Holm, in the order given.
    let adjusted: [Double]
    /// The same with what is unmeasured imputed against the candidate.
    let cautious: [Double]
    /// Claims not proven: α is shared among them at the step at which Holm's procedure stopped.
    let open: Int

    init(_ claims: [GateDraft.Claim], alpha: Double) throws(EstimateError) {
        size = claims.count
        self.alpha = alpha
        let adjusted = try holmAdjusted(claims.map(\.p))
        self.adjusted = adjusted
        cautious = try holmAdjusted(claims.map(\.cautiousP))
        open = adjusted.count { $0 >= alpha }
    }

    /// The level at which a claim that was not proven was held.
    var level: Double { alpha / Double(max(1, open)) }

    /// `0.05/34`: α and the claims that share it.
    var levelWords: String { open > 1 ? "\(shortNumber(alpha))/\(open)" : shortNumber(alpha) }
}
