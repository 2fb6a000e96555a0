/// The margin `auto`, fixed when a baseline is blessed.
public struct AutomaticMargin: Sendable, Hashable {
    /// In the metric's unit: what the data set can tell apart, or the cap where that is less.
    public let margin: Double
    /// Without the cap.
    public let uncapped: Double
    /// The deviation of the paired difference that it stands on.
    public let standardDeviation: Double
    /// Power per gate, 1 − .2/K.
    public let power: Double
    /// Examples at which the margin would just meet the cap; a policy warning where there are fewer.
    public let examplesForCap: Int

    public var isCapped: Bool { uncapped > margin }
}

/// m = (z₁₋α + z_power)·σ/√n with power 1 − .2/K, so that an unchanged candidate passes all K gates in 80 %.
///
/// - Parameters:
///   - n: Examples of the data set, at least 2.
///   - standardDeviation: σ of the paired difference: the largest of that over past releases, over the A/A
///     run, and √.10 for pass and fail.
///   - gates: K, at least 1.
///   - cap: The largest margin allowed, by default .05 of the metric's range, in the metric's unit.
///   - confidence: One-sided.
/// - Throws: `EstimateError.tooFew`, `.invalidParameter`, `.overflow`.
public func automaticMargin(
    n: Int, standardDeviation: Double, gates: Int, cap: Double, confidence: Double = 0.95
) throws(EstimateError) -> AutomaticMargin {
    try requireCount(n, atLeast: 2)
    guard standardDeviation >= 0, standardDeviation.isFinite else {
        throw .invalidParameter("standard deviation")
    }
    guard gates >= 1 else { throw .invalidParameter("number of gates") }
    guard cap > 0, cap.isFinite else { throw .invalidParameter("cap") }
    let power = 1 - 0.2 / Double(gates)
    let reach = try (Normal.quantile(confidence) + Normal.quantile(power)) * standardDeviation
    let uncapped = reach / Double(n).squareRoot()
    let needed = (reach / cap) * (reach / cap)
    guard needed < 1e15 else { throw .overflow }
    return AutomaticMargin(
        margin: min(uncapped, cap), uncapped: uncapped, standardDeviation: standardDeviation, power: power,
        examplesForCap: max(2, Int(needed.rounded(.up))))
}
