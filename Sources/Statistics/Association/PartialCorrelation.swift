/// The partial correlation of two series: what remains when others, the controls, are held fixed.
///
/// Pearson's correlation of what is left of x and y after the best line through the controls; by ranks, the
/// same of ranks.
///
/// - Parameters:
///   - controls: Series as long as x; at least one.
///   - ranks: Whether every series is replaced by its ranks (Spearman's partial correlation).
///   - confidence: Two-sided coverage of the interval, in `(0, 1)`: Fisher's, or with ranks that of Bonett and
///     Wright, each with as many pairs fewer as there are controls.
/// - Returns: The estimate, `n` being the pairs; no interval below 4 pairs more than controls.
/// - Throws: As ``pearsonCorrelation``; `.tooFew` below 3 pairs more than controls, `.invalidParameter` where
///   no control is given, a control does not vary or is made of others, or nothing is left of x or y.
/// - Complexity: O(n · controls²).
///
/// R. A. Fisher, Metron 3 (1924) 329–332.
public func partialCorrelation(
    _ x: [Double], _ y: [Double], controls: [[Double]], ranks: Bool = false, confidence: Double = 0.90
) throws(EstimateError) -> Estimate {
    let value = try partialCosine(x, y, controls, ranks: ranks)
    try requireProbability(confidence, "confidence")
    let count = x.count - controls.count
    let interval = intervalIfAny { () throws(EstimateError) in
        ranks
            ? try bonettWrightInterval(spearman: value, count: count, confidence: confidence)
            : try fisherInterval(correlation: value, count: count, confidence: confidence)
    }
    return try Estimate(
        value: value, interval: interval, n: x.count,
        method: ranks ? "partial Spearman" : "partial Pearson")
}

/// The t-test of no partial correlation.
///
/// - Throws: As ``partialCorrelation``.
public func partialCorrelationTest(
    _ x: [Double], _ y: [Double], controls: [[Double]], ranks: Bool = false, alternative: Alternative
) throws(EstimateError) -> TestResult {
    let value = try partialCosine(x, y, controls, ranks: ranks)
    return try correlationTTest(
        value, degreesOfFreedom: x.count - 2 - controls.count, alternative,
        name: ranks ? "partial Spearman, t" : "partial Pearson, t")
}

private func partialCosine(
    _ x: [Double], _ y: [Double], _ controls: [[Double]], ranks: Bool
) throws(EstimateError) -> Double {
    guard !controls.isEmpty else { throw .invalidParameter("controls", must: "hold at least one series") }
    try requirePairs(x, y, atLeast: controls.count + 3)
    var basis: [[Double]] = []
    for (index, control) in controls.enumerated() {
        let name = "controls[\(index)]"
        guard control.count == x.count else { throw .unequalLengths(x.count, control.count) }
        try requireFinite(control, name)
        try requireVariation(control, name)
        let series = try centred(ranks ? midranks(control) : control)
        guard let direction = remainder(of: series, beside: basis) else {
            throw .invalidParameter(name, must: "not be made of the others")
        }
        basis.append(direction)
    }
    guard let left = try remainder(of: centred(ranks ? midranks(x) : x), beside: basis) else {
        throw .invalidParameter("x", must: "vary besides the controls")
    }
    guard let right = try remainder(of: centred(ranks ? midranks(y) : y), beside: basis) else {
        throw .invalidParameter("y", must: "vary besides the controls")
    }
    return min(1, max(-1, dot(left, right)))
}

/// What is left of a centred series across directions of length 1, at length 1; nil where nothing is but
/// rounding.
private func remainder(of series: [Double], beside basis: [[Double]]) -> [Double]? {
    let whole = dot(series, series).squareRoot()
    var rest = series
    // Twice, since the first time leaves the rounding of long projections.
    for _ in 0..<2 {
        for direction in basis {
            let share = dot(rest, direction)
            for index in rest.indices { rest[index] -= share * direction[index] }
        }
    }
    let length = dot(rest, rest).squareRoot()
    guard length > 1e-10 * whole else { return nil }
    return rest.map { $0 / length }
}

private func dot(_ left: [Double], _ right: [Double]) -> Double {
    var sum = CompensatedSum()
    for index in left.indices { sum.add(left[index] * right[index]) }
    return sum.value
}
