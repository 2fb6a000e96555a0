/// Newcombe's interval of the difference of two independent rates, candidate minus baseline.
///
/// Joins the Wilson intervals of both rates, so that it stays inside −1...1 and keeps its width where a rate is 0 or 1.
///
/// - Parameter confidence: Two-sided coverage in `(0, 1)`.
/// - Throws: `EstimateError.tooFew` where an arm has no trials, `.invalidParameter`.
///
/// R. G. Newcombe, Statistics in Medicine 17 (1998) 873–890, method 10.
public func newcombeInterval(
    baseline: EventCount, candidate: EventCount, confidence: Double = 0.90
) throws(EstimateError) -> Interval {
    try requireCount(baseline.trials, atLeast: 1, "baseline trials")
    try requireCount(candidate.trials, atLeast: 1, "candidate trials")
    let before = try wilsonInterval(
        successes: baseline.events, trials: baseline.trials, confidence: confidence)
    let after = try wilsonInterval(
        successes: candidate.events, trials: candidate.trials, confidence: confidence)
    let first = Double(baseline.events) / Double(baseline.trials)
    let second = Double(candidate.events) / Double(candidate.trials)
    let down = length(second - after.lower, before.upper - first)
    let up = length(after.upper - second, first - before.lower)
    let difference = second - first
    return try Interval(
        lower: max(-1, difference - down), upper: min(1, difference + up), confidence: confidence,
        method: "Newcombe")
}

private func length(_ first: Double, _ second: Double) -> Double {
    (first * first + second * second).squareRoot()
}
