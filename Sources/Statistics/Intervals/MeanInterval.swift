/// The interval of a mean: the one place that picks the method.
///
/// The method depends on n alone, never on the data: Student t below 200, BCa bootstrap with 10,000 resamples
/// below 5,000, analytic BCa from there. At small n BCa misses its tails on zero-inflated scores. The one
/// exception are n equal values, which have no spread to reckon with: there the range speaks
/// (`allEqualInterval`).
///
/// - Parameters:
///   - values: One value an example, its repeats averaged before. For paired arms use
///     `meanDifferenceInterval`.
///   - range: What a single one of `values` can be, nil where it has no bounds. Ends are cut to it.
///   - confidence: Two-sided coverage in `(0, 1)`.
///   - name: Put before the method as printed, for instance `"paired "`.
/// - Throws: `EstimateError.tooFew` for `n < 2`, `.allEqual` for equal values of unknown range, `.notFinite`,
///   `.outsideRange`, `.overflow`.
/// - Complexity: O(n), at most 5·10⁷ draws.
public func meanInterval(
    _ values: [Double], range: ClosedRange<Double>?, confidence: Double = 0.90, seed: UInt64,
    name: String = ""
) throws(EstimateError) -> Interval {
    try requireCount(values.count, atLeast: 2, "values")
    try requireProbability(confidence, "confidence")
    let sample = try moments(values)
    try requireWithin(range, values)
    if sample.isConstant {
        guard let range else { throw .allEqual(value: sample.mean) }
        return try allEqualInterval(value: sample.mean, range: range, n: sample.n, confidence: confidence)
    }
    let interval =
        if sample.n < 200 {
            try studentInterval(sample, confidence: confidence)
        } else if sample.n < 5_000 {
            try bootstrapMean(values, seed: seed, name: "\(name)BCa bootstrap").interval(
                confidence: confidence)
        } else {
            try analyticBCaInterval(sample, confidence: confidence)
        }
    return range.map { interval.clamped(to: $0) } ?? interval
}

/// The interval of the mean paired difference, candidate minus baseline.
///
/// - Parameters:
///   - baseline: One score an example, its repeats averaged before.
///   - candidate: The scores of the same examples in the same order.
///   - range: What a single score can be, nil where it has no bounds.
/// - Throws: As `meanInterval`, and `EstimateError.unequalLengths`.
public func meanDifferenceInterval(
    baseline: [Double], candidate: [Double], range: ClosedRange<Double>?, confidence: Double = 0.90,
    seed: UInt64
) throws(EstimateError) -> Interval {
    try requireWithin(range, baseline, "baseline value")
    try requireWithin(range, candidate, "candidate value")
    let differences = try pairedDifferences(baseline: baseline, candidate: candidate)
    var span: ClosedRange<Double>?
    if let range {
        let width = range.upperBound - range.lowerBound
        if width.isFinite { span = -width...width }
    }
    return try meanInterval(differences, range: span, confidence: confidence, seed: seed, name: "paired ")
}

/// Candidate minus baseline, example by example.
///
/// - Throws: `EstimateError.unequalLengths`, `.notFinite`, `.overflow`.
public func pairedDifferences(baseline: [Double], candidate: [Double]) throws(EstimateError) -> [Double] {
    guard baseline.count == candidate.count else {
        throw .unequalLengths(baseline.count, candidate.count, of: "baseline and candidate")
    }
    try requireFinite(baseline, "baseline value")
    try requireFinite(candidate, "candidate value")
    var differences = candidate
    for index in differences.indices {
        differences[index] -= baseline[index]
        guard differences[index].isFinite else { throw .overflow }
    }
    return differences
}
