import Glibc

/// A quantile by linear interpolation between order statistics.
///
/// - Parameters:
///   - values: In any order. O(n log n).
///   - level: In `0...1`: `0.95` for p95.
///   - definition: R-7 is what a run's percentiles use.
/// - Throws: `EstimateError.tooFew` for no values, `.notFinite`, `.invalidParameter`.
///
/// R. J. Hyndman, Y. Fan, The American Statistician 50 (1996) 361–365.
public func quantile(
    _ values: [Double], at level: Double, definition: QuantileDefinition = .r7
) throws(EstimateError) -> Double {
    try requireFinite(values)
    return try quantile(ofSorted: values.sorted(), at: level, definition: definition)
}

/// A quantile of values that are in ascending order already; they are finite. O(1).
public func quantile(
    ofSorted values: [Double], at level: Double, definition: QuantileDefinition = .r7
) throws(EstimateError) -> Double {
    try requireCount(values.count, atLeast: 1, "values")
    try requireRate(level, "level")
    return quantile(ofSorted: values, place: definition.place(of: level, count: values.count))
}

func quantile(ofSorted values: [Double], uncheckedLevel level: Double) -> Double {
    quantile(ofSorted: values, place: level * Double(values.count - 1))
}

private func quantile(ofSorted values: [Double], place: Double) -> Double {
    let below = Int(place)
    guard below + 1 < values.count else { return values[values.count - 1] }
    let low = values[below]
    let high = values[below + 1]
    let share = place - Double(below)
    // Equal neighbours stay exact, and an infinite one is not multiplied by zero.
    guard low != high, share > 0 else { return low }
    let step = high - low
    return step.isFinite ? low + share * step : low * (1 - share) + high * share
}

/// Observations needed before the largest one is an upper bound of the quantile: 59 for p95 and 299 for p99
/// at a one-sided confidence of 95 %.
///
/// - Throws: `EstimateError.invalidParameter` unless level and confidence lie in `(0, 1)`.
public func observationsNeeded(
    forQuantile level: Double, confidence: Double = 0.95
) throws(EstimateError) -> Int {
    try requireProbability(level, "level")
    try requireProbability(confidence, "confidence")
    let count = (log1p(-confidence) / log(level)).rounded(.up)
    guard count < 1e15 else { throw .overflow }
    return max(1, Int(count))
}
