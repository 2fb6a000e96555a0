import Glibc

/// The margin in the judge's eyes: m·J, since a judge shrinks every true difference by J.
///
/// - Throws: `EstimateError.invalidParameter` for a margin below zero, or a J that is not in `(0, 1]`.
public func judgedMargin(_ margin: Double, youden: Double) throws(EstimateError) -> Double {
    try requireNotNegative(margin, "margin")
    guard youden > 0, youden <= 1 else {
        throw .invalidParameter("J", must: "lie above 0 and not above 1")
    }
    return margin * youden
}

/// The true paired difference of pass rates behind a judge of the same accuracy in both arms: d/J.
///
/// The interval joins Tango's of d with that of J as of a ratio of independent numbers, so that it keeps its width
/// where no verdict changed.
///
/// - Parameter counts: The judge's passes of the same examples in both arms.
/// - Throws: `EstimateError.tooFew` for no examples; `.invalidParameter` where J is not proven to be above zero: such
///   a judge may not gate.
///
/// A. Donner, G. Y. Zou, Stat. Methods Med. Res. 21 (2012) 347–359.
public func judgedDifference(
    _ counts: PairedCounts, accuracy: JudgeAccuracy, confidence: Double = 0.90
) throws(EstimateError) -> (value: Double, interval: Interval) {
    let seen = try tangoInterval(counts, confidence: confidence)
    let judge = try accuracy.youdenInterval(confidence: confidence)
    let difference = counts.difference ?? 0
    let youden = accuracy.youden
    guard judge.lower > 0 else {
        throw .invalidParameter("the judge's J", must: "have a lower bound above 0")
    }
    let lower = quotientBound(difference, seen.lower, over: youden, judge)
    let upper = -quotientBound(-difference, -seen.upper, over: youden, judge)
    let interval = try Interval(
        lower: max(-1, lower), upper: min(1, upper), confidence: confidence,
        method: "Tango over Newcombe (MOVER)")
    return (min(1, max(-1, difference / youden)), interval)
}

/// The lower bound of numerator/denominator: the R at which the bound of numerator − R·denominator is zero.
private func quotientBound(
    _ top: Double, _ topLower: Double, over bottom: Double, _ ends: Interval
) -> Double {
    let product = top * bottom
    let constant = topLower * (2 * top - topLower)
    if topLower >= 0 {
        let square = ends.upper * (2 * bottom - ends.upper)
        return constant / (product + max(0, product * product - square * constant).squareRoot())
    }
    let square = ends.lower * (2 * bottom - ends.lower)
    return (product - max(0, product * product - square * constant).squareRoot()) / square
}

/// The true paired difference where the judge's accuracy is measured for each arm: each rate is corrected by its own.
///
/// Delta method, with ½ added to each cell of the pairs and one to each count of the calibrations.
///
/// - Throws: `EstimateError.tooFew`; `.invalidParameter` where either J is not proven to be above zero.
///
/// A. Agresti, Y. Min, Statistics in Medicine 24 (2005) 729–740.
public func judgedDifference(
    _ counts: PairedCounts, baseline: JudgeAccuracy, candidate: JudgeAccuracy, confidence: Double = 0.90
) throws(EstimateError) -> (value: Double, interval: Interval) {
    try requireCount(counts.n, atLeast: 1, "examples")
    try requireProbability(confidence, "confidence")
    for accuracy in [baseline, candidate] {
        guard try accuracy.youdenInterval(confidence: confidence).lower > 0 else {
            throw .invalidParameter("the judge's J", must: "have a lower bound above 0 in both arms")
        }
    }
    let n = Double(counts.n)
    let plainBefore = baseline.correction(rate: Double(counts.both + counts.onlyBaseline) / n, n: n)
    let plainAfter = candidate.correction(rate: Double(counts.both + counts.onlyCandidate) / n, n: n)
    let value = plainAfter.value - plainBefore.value
    let padded = n + 2
    let both = (Double(counts.both) + 0.5) / padded
    let first = (Double(counts.both + counts.onlyBaseline) + 1) / padded
    let second = (Double(counts.both + counts.onlyCandidate) + 1) / padded
    let before = baseline.correction(rate: first, n: padded).smoothed(z: 0)
    let after = candidate.correction(rate: second, n: padded).smoothed(z: 0)
    let (one, other) = (before.youden, after.youden)
    var variance = before.calibrationVariance / (one * one) + after.calibrationVariance / (other * other)
    variance += first * (1 - first) / (padded * one * one) + second * (1 - second) / (padded * other * other)
    variance -= 2 * (both - first * second) / (padded * one * other)
    let half = try Normal.quantile((1 + confidence) / 2) * max(0, variance).squareRoot()
    guard value - half < 1, value + half > -1, half > 0 else {
        throw .outsideRange(index: 0, of: "estimate")
    }
    let interval = try Interval(
        lower: value - half, upper: value + half, confidence: confidence, method: "delta, corrected per arm"
    ).clamped(to: -1...1)
    return (min(1, max(-1, value)), interval)
}

extension JudgeAccuracy {
    func correction(rate: Double, n: Double) -> Correction {
        Correction(
            rate: rate, n: n, sensitivity: sensitivity, positives: Double(positives),
            specificity: specificity, negatives: Double(negatives))
    }
}
