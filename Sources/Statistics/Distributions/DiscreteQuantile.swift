import Glibc

/// The smallest count at which something that stays true once it is true becomes true.
///
/// - Parameters:
///   - range: It is true at the upper end.
///   - guess: Where to look first; the nearer, the fewer questions.
/// - Complexity: O(log |answer − guess|) questions.
func firstCount(
    in range: ClosedRange<Int>, near guess: Double,
    where holds: (Int) throws(EstimateError) -> Bool
) throws(EstimateError) -> Int {
    let wanted = guess.isFinite ? min(max(guess, Double(range.lowerBound)), Double(range.upperBound)) : 0
    let start = min(max(Int(wanted), range.lowerBound), range.upperBound)
    var low = range.lowerBound
    var high = range.upperBound
    var step = 1
    if try holds(start) {
        high = start
        while high > low {
            let next = max(low, high - step)
            if try holds(next) {
                high = next
                step *= 2
            } else {
                low = next + 1
                break
            }
        }
    } else {
        low = start + 1
        while low < high {
            let next = min(high, low + step - 1)
            if try holds(next) {
                high = next
                break
            }
            low = next + 1
            step *= 2
        }
    }
    while low < high {
        let middle = low + (high - low) / 2
        if try holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
}

/// The quantile of a law on counts: the smallest k with P(X ≤ k) ≥ level.
///
/// Asks whichever tail is smaller, so that levels near either end are exact. A level that P(X ≤ k) misses by less
/// than 10⁻¹³ of that tail, which is rounding, counts as reached.
func countQuantile(
    _ level: Double, in range: ClosedRange<Int>, mean: Double, deviation: Double,
    cumulative: (Int) throws(EstimateError) -> Double, survival: (Int) throws(EstimateError) -> Double
) throws(EstimateError) -> Int {
    try requireProbability(level, "probability")
    guard level <= 0.5 else {
        return try countUpperQuantile(
            1 - level, in: range, mean: mean, deviation: deviation, cumulative: cumulative, survival: survival
        )
    }
    let guess = try mean + deviation * Normal.quantile(level)
    return try firstCount(in: range, near: guess) { (k) throws(EstimateError) in
        try cumulative(k) >= level * (1 - 1e-13)
    }
}

/// The smallest k with P(X > k) ≤ level.
func countUpperQuantile(
    _ level: Double, in range: ClosedRange<Int>, mean: Double, deviation: Double,
    cumulative: (Int) throws(EstimateError) -> Double, survival: (Int) throws(EstimateError) -> Double
) throws(EstimateError) -> Int {
    try requireProbability(level, "probability")
    guard level <= 0.5 else {
        return try countQuantile(
            1 - level, in: range, mean: mean, deviation: deviation, cumulative: cumulative, survival: survival
        )
    }
    let guess = try mean + deviation * Normal.upperQuantile(level)
    return try firstCount(in: range, near: guess) { (k) throws(EstimateError) in
        try survival(k) <= level * (1 + 1e-13)
    }
}
