/// Tango's score interval of the paired difference of two rates, candidate minus baseline.
///
/// Inverts the score test whose nuisance parameter is estimated under each difference tried, so that it keeps
/// its width where a cell is empty: with no disagreement at all it is ±z²/(n + z²).
///
/// - Parameter confidence: Two-sided coverage in `(0, 1)`.
/// - Throws: `EstimateError.tooFew` where there are no examples, `.invalidParameter`.
///
/// T. Tango, Statistics in Medicine 17 (1998) 891–908.
public func tangoInterval(_ counts: PairedCounts, confidence: Double = 0.90) throws(EstimateError) -> Interval
{
    try requireCount(counts.n, atLeast: 1, "pairs")
    try requireProbability(confidence, "confidence")
    let z = try Normal.quantile((1 + confidence) / 2)
    let gains = Double(counts.onlyCandidate)
    let losses = Double(counts.onlyBaseline)
    let n = Double(counts.n)
    let upper = tangoUpperBound(gains: gains, losses: losses, n: n, z: z)
    let lower = -tangoUpperBound(gains: losses, losses: gains, n: n, z: z)
    return try Interval(lower: lower, upper: upper, confidence: confidence, method: "Tango score")
}

/// The largest difference that the score test at `z` does not reject.
private func tangoUpperBound(gains: Double, losses: Double, n: Double, z: Double) -> Double {
    var low = (gains - losses) / n
    var high = 1.0
    guard low < 1 else { return 1 }
    // The statistic falls strictly in the difference: halve until neighbouring doubles remain.
    while true {
        let middle = low + (high - low) / 2
        guard middle > low, middle < high else { return high }
        if tangoStatistic(gains: gains, losses: losses, n: n, difference: middle) > -z {
            low = middle
        } else {
            high = middle
        }
    }
}

/// The score statistic of the hypothesis that the true difference is `difference`.
func tangoStatistic(gains: Double, losses: Double, n: Double, difference: Double) -> Double {
    // The share of losses under the hypothesis solves a·q² + b·q + c = 0.
    let a = 2 * n
    let b = (2 * n - gains + losses) * difference - gains - losses
    let c = -losses * difference * (1 - difference)
    let root = max(0, b * b - 4 * a * c).squareRoot()
    // Of the two forms of the root, the one without cancellation.
    let share = b <= 0 ? (root - b) / (2 * a) : -2 * c / (root + b)
    let variance = n * (2 * share + difference * (1 - difference))
    let distance = gains - losses - n * difference
    guard variance > 0 else { return distance < 0 ? -Double.infinity : distance > 0 ? .infinity : 0 }
    return distance / variance.squareRoot()
}
