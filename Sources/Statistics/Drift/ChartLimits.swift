import Glibc

/// The run length that each chart of a family needs for the family's one.
///
/// Alarms of charts add up, whether or not the charts depend on each other: with 10 charts a night and one
/// false alarm a year in all, each chart needs 3,650.
///
/// - Parameters:
///   - charts: In the family, 1 or more.
///   - falseAlarmEvery: Points between false alarms of the whole family: 365 for one a year, nightly.
/// - Throws: `EstimateError.tooFew`, `.invalidParameter`.
public func familyRunLength(charts: Int, falseAlarmEvery: Double) throws(EstimateError) -> Double {
    try requireCount(charts, atLeast: 1, "charts")
    guard falseAlarmEvery > 1, falseAlarmEvery <= 1e9 else {
        throw .invalidParameter("points between false alarms", must: "lie above 1, and at most at 1e9")
    }
    return Double(charts) * falseAlarmEvery
}

/// The limit h at which a two-sided CUSUM alarms once in so many points while all is well.
///
/// Solved, to nine digits: 5 at 465, 7.05 at 3,650, 8.66 at 18,250 for k = .5.
///
/// - Parameters:
///   - runLength: At least 10 and above that of no limit at all; at most 10⁹.
///   - allowance: k, in [.05, 3].
///   - baselinePoints: Points that the baseline was estimated from; then the limit is the wider one at which
///     the chance of a false alarm within `horizon` points is what the run length promises, over all
///     baselines that so many points may give. Nil: the baseline is known.
///   - horizon: Points; nil: 365, or a tenth of the run length where that is less.
/// - Throws: `EstimateError.invalidParameter`, `.overflow`.
/// - Complexity: about 20 ms.
public func cusumLimit(
    runLength: Double, allowance: Double = 0.5, baselinePoints: Int? = nil, horizon: Int? = nil
) throws(EstimateError) -> Double {
    guard allowance >= 0.05, allowance <= 3 else {
        throw .invalidParameter("allowance", must: "lie in 0.05...3")
    }
    let least = try max(10, 0.5 / Normal.survival(allowance))
    guard runLength > least, runLength <= 1e9 else {
        throw .invalidParameter("run length", must: "be at least 10, above that of no limit, at most 1e9")
    }
    let known = try limit(towards: log(runLength), from: 1, slope: 2 * allowance) {
        (limit) throws(EstimateError) in
        log(try cusumRunLength(limit: limit, allowance: allowance))
    }
    guard let baselinePoints else { return known }
    let span = horizon ?? Int(min(365, max(20, runLength / 10)))
    // ln(−ln P(no alarm)) falls by about 2k a unit of h.
    let promised = log(Double(span) / runLength)
    return try limit(towards: -promised, from: known + 0.2, slope: 2 * allowance) {
        (limit) throws(EstimateError) in
        let probability = try falseAlarmProbability(
            within: span, baselinePoints: baselinePoints, limit: limit, allowance: allowance)
        return -log(-log1p(-probability))
    }
}

/// The limit L at which a two-sided EWMA chart alarms once in so many points while all is well.
///
/// - Parameters:
///   - runLength: At least 10, at most 10⁹.
///   - weight: λ, in [.01, 1].
/// - Throws: `EstimateError.invalidParameter`, `.overflow`.
/// - Complexity: .2 s.
public func ewmaLimit(runLength: Double, weight: Double = 0.2) throws(EstimateError) -> Double {
    guard runLength >= 10, runLength <= 1e9 else {
        throw .invalidParameter("run length", must: "lie in 10...1e9")
    }
    return try limit(towards: log(runLength), from: 2, slope: 3) { (limit) throws(EstimateError) in
        log(try ewmaRunLength(limit: limit, weight: weight))
    }
}

/// Solves `value(limit) = target` for a value that rises with the limit: a bracket, then regula falsi with
/// the Illinois rule.
private func limit(
    towards target: Double, from start: Double, slope: Double,
    _ value: (Double) throws(EstimateError) -> Double
) throws(EstimateError) -> Double {
    var low = start
    var lowGap = try value(low) - target
    while lowGap > 0 {
        low /= 2
        guard low > 1e-6 else { throw .overflow }
        lowGap = try value(low) - target
    }
    var high = low
    var highGap = lowGap
    while highGap < 0 {
        (low, lowGap) = (high, highGap)
        high = min(40, high + max(0.25, -1.1 * highGap / slope))
        highGap = try value(high) - target
        guard high < 40 || highGap >= 0 else { throw .overflow }
    }
    // The end that stayed twice counts half from then on.
    var stayed = 0
    while high - low > 1e-10 * high {
        var middle = (low * highGap - high * lowGap) / (highGap - lowGap)
        if !(middle > low && middle < high) { middle = (low + high) / 2 }
        let gap = try value(middle) - target
        if abs(gap) < 1e-10 { return middle }
        if gap < 0 {
            (low, lowGap) = (middle, gap)
            if stayed > 0 { highGap /= 2 }
            stayed = 1
        } else {
            (high, highGap) = (middle, gap)
            if stayed < 0 { lowGap /= 2 }
            stayed = -1
        }
    }
    return (low + high) / 2
}
