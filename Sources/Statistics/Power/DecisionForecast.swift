/// What more examples would decide, were the present estimate the truth.
public struct DecisionForecast: Sendable, Hashable {
    public enum Outcome: Sendable, Hashable {
        case pass
        case fail
    }

    public let outcome: Outcome
    /// Examples in all, the present ones included.
    public let examples: Int
}

/// How many examples would decide `no worse than baseline by m` at the present estimate.
///
/// It passes once the lower bound d − z·σ/√n clears −m, and where d ≤ −m it fails once the upper bound d +
/// z·σ/√n is below zero. Nil where no number would: d = 0 with no margin.
///
/// - Parameters:
///   - difference: d, the mean paired difference in the metric's good direction.
///   - standardDeviation: σ of the paired differences; for pass and fail `pairedDeviation`.
///   - margin: m ≥ 0, in the unit of d.
///   - confidence: One-sided.
/// - Throws: `EstimateError.invalidParameter`, `.overflow` beyond 10¹⁵ examples.
public func examplesToDecide(
    difference: Double, standardDeviation: Double, margin: Double, confidence: Double = 0.95
) throws(EstimateError) -> DecisionForecast? {
    guard difference.isFinite else { throw .invalidParameter("difference") }
    guard standardDeviation >= 0, standardDeviation.isFinite else {
        throw .invalidParameter("standard deviation")
    }
    guard margin >= 0, margin.isFinite else { throw .invalidParameter("margin") }
    let z = try Normal.quantile(confidence)
    let passes = difference > -margin
    let gap = passes ? difference + margin : -difference
    guard gap > 0 else { return nil }
    let root = z * standardDeviation / gap
    let exact = root * root
    guard exact < 1e15 else { throw .overflow }
    // The bound has to clear the limit, not to touch it.
    return DecisionForecast(outcome: passes ? .pass : .fail, examples: max(2, Int(exact) + 1))
}

/// The deviation of paired pass/fail differences: √(share that disagrees − d²).
///
/// - Throws: `EstimateError.invalidParameter` unless |d| ≤ share ≤ 1.
public func pairedDeviation(discordantShare: Double, difference: Double = 0) throws(EstimateError) -> Double {
    guard discordantShare <= 1, abs(difference) <= discordantShare else {
        throw .invalidParameter("discordant share")
    }
    return max(0, discordantShare - difference * difference).squareRoot()
}
