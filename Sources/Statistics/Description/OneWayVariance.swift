import Glibc

/// How much of the spread lies between groups and how much within them: between examples, and between the repeats of
/// one example.
///
/// It answers whether more examples or more repeats would narrow an interval: the mean of n examples of r repeats each
/// has the variance `between/n + within/(n·r)`.
public struct OneWayVariance: Sendable, Hashable {
    public let groups: Int
    /// Values in all groups.
    public let n: Int
    /// Sum of squares of the groups' means around the mean of all, each as often as the group has values.
    public let sumOfSquaresBetween: Double
    /// Sum of squares of the values around the mean of their group.
    public let sumOfSquaresWithin: Double
    /// Repeats a group, as they count for the component between groups: their number where all have the same.
    public let effectiveRepeats: Double

    public var degreesOfFreedomBetween: Int { groups - 1 }
    public var degreesOfFreedomWithin: Int { n - groups }
    public var meanSquareBetween: Double { sumOfSquaresBetween / Double(degreesOfFreedomBetween) }
    public var meanSquareWithin: Double { sumOfSquaresWithin / Double(degreesOfFreedomWithin) }

    /// The variance of repeats of one example.
    public var varianceWithin: Double { meanSquareWithin }

    /// The variance of examples' true means, 0 where the means vary no more than the repeats explain.
    public var varianceBetween: Double { max(0, (meanSquareBetween - meanSquareWithin) / effectiveRepeats) }

    /// The share of the spread of single values that lies between groups, in `0...1`.
    public var intraclassCorrelation: Double {
        let between = varianceBetween
        return between / (between + varianceWithin)
    }

    /// The share of the sum of squares that groups explain (R²).
    public var explainedShare: Double { sumOfSquaresBetween / (sumOfSquaresBetween + sumOfSquaresWithin) }

    /// The F test that all groups have one mean.
    ///
    /// - Throws: `EstimateError.allEqual` where no group varies within.
    public func fTest() throws(EstimateError) -> TestResult {
        guard sumOfSquaresWithin > 0 else { throw .allEqual(value: 0, of: "deviations within groups") }
        let law = try FisherF(
            numerator: Double(degreesOfFreedomBetween), denominator: Double(degreesOfFreedomWithin))
        let ratio = meanSquareBetween / meanSquareWithin
        return try TestResult(pValue: law.survival(ratio), statistic: ratio, method: "one-way F")
    }
}

/// Splits the spread of grouped values into between and within. O(n).
///
/// Agrees with exact rational arithmetic over the same doubles to 12 digits (NIST StRD, analysis of variance).
///
/// - Parameter groups: The repeats of one example each; groups may differ in size.
/// - Throws: `EstimateError.tooFew` for fewer than 2 groups, an empty one, or none with 2 values; `.notFinite`;
///   `.allEqual` where all values are the same; `.overflow`.
///
/// R. A. Fisher, Statistical Methods for Research Workers (1925); S. R. Searle, G. Casella, C. E. McCulloch, Variance
/// Components (1992), section 3.6.
public func oneWayVariance(_ groups: [[Double]]) throws(EstimateError) -> OneWayVariance {
    try requireCount(groups.count, atLeast: 2, "groups")
    var all: [Double] = []
    for (index, group) in groups.enumerated() {
        try requireCount(group.count, atLeast: 1, "values of group \(index)")
        try requireFinite(group, "value of group \(index), place")
        all += group
    }
    guard all.count > groups.count else { throw .tooFew(count: 1, needed: 2, of: "values a group") }
    let overall = try moments(all)
    guard !overall.isConstant else { throw .allEqual(value: overall.mean) }
    // Values over a power of two, so that squares neither overflow nor vanish.
    let shift = Int32(max(abs(overall.minimum), abs(overall.maximum)).exponent)
    var centre = CompensatedSum()
    for value in all { centre.add(scalbn(value, -shift) / Double(all.count)) }
    var within = CompensatedSum()
    var between = CompensatedSum()
    var rest = CompensatedSum()
    var squares = 0.0
    for group in groups {
        let count = Double(group.count)
        // Around a value of its own, which loses nothing where the group is narrow.
        let origin = scalbn(group[0], -shift)
        var offset = CompensatedSum()
        for value in group { offset.add(scalbn(value, -shift) - origin) }
        let middle = offset.value / count
        var leftover = CompensatedSum()
        for value in group {
            let deviation = (scalbn(value, -shift) - origin) - middle
            leftover.add(deviation)
            within.add(deviation * deviation)
        }
        within.add(-leftover.value * leftover.value / count)
        // What the mean of all lost to rounding is the same in every group, and goes with `rest`.
        let distance = (origin - centre.sum) + middle
        between.add(count * distance * distance)
        rest.add(count * distance)
        squares += count * count
    }
    let n = Double(all.count)
    let spread = max(0, between.value - rest.value * rest.value / n)
    let found = OneWayVariance(
        groups: groups.count, n: all.count, sumOfSquaresBetween: scalbn(spread, 2 * shift),
        sumOfSquaresWithin: scalbn(max(0, within.value), 2 * shift),
        effectiveRepeats: (n - squares / n) / Double(groups.count - 1))
    guard found.sumOfSquaresBetween.isFinite, found.sumOfSquaresWithin.isFinite else { throw .overflow }
    return found
}
