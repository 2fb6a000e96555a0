/// Where a mean would lie had nothing gone unmeasured.
public struct ImputationBounds: Sendable, Hashable {
    /// With every unmeasured value at the low end of its range.
    public let lowest: Double
    /// With every one at the high end.
    public let highest: Double
    /// Of all examples, those unmeasured.
    public let unmeasuredShare: Double
}

/// The bounds of a mean over the worst and the best that the unmeasured could be; nothing is assumed of why they are
/// missing.
///
/// - Parameters:
///   - mean: Of the measured values; of paired differences with range `-span...span` as well.
///   - measured: How many values there are, zero or more; the mean of none is not used.
///   - unmeasured: How many are missing.
///   - range: What a single value can be.
/// - Throws: `EstimateError.tooFew` where there are no examples at all, `.invalidCounts`, `.outsideRange`,
///   `.invalidParameter` for an infinite range.
///
/// C. F. Manski, Journal of Human Resources 24 (1989) 343–360.
public func imputationBounds(
    mean: Double, measured: Int, unmeasured: Int, range: ClosedRange<Double>
) throws(EstimateError) -> ImputationBounds {
    guard measured >= 0, unmeasured >= 0, measured <= 1 << 51, unmeasured <= 1 << 51 else {
        throw .invalidCounts("measured and unmeasured")
    }
    try requireCount(measured + unmeasured, atLeast: 1, "examples")
    guard range.lowerBound.isFinite, range.upperBound.isFinite else {
        throw .invalidParameter("range", must: "be finite")
    }
    if measured > 0 { try requireWithin(range, [mean], "mean") }
    let missing = Double(unmeasured) / Double(measured + unmeasured)
    let seen = measured > 0 ? mean * (1 - missing) : 0
    return ImputationBounds(
        lowest: seen + missing * range.lowerBound, highest: seen + missing * range.upperBound,
        unmeasuredShare: missing)
}
