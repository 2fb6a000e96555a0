/// How much of a score's variance lies between examples, and how much within: between repeats of one example.
public struct VarianceComponents: Sendable, Hashable {
    /// Examples.
    public let groups: Int
    /// Repeats of all examples together.
    public let observations: Int
    /// Variance of one repeat around its example's own mean: MS within.
    public let within: Double
    /// Variance of the examples' own means: (MS between − MS within) / n₀, and 0 where that is negative.
    public let between: Double

    /// The variance of the mean over so many examples with so many repeats each: σ²_b/n + σ²_w/(n·r).
    ///
    /// - Throws: `EstimateError.invalidParameter` unless both are positive.
    public func varianceOfMean(examples: Double, repeats: Double) throws(EstimateError) -> Double {
        guard examples > 0, examples.isFinite else {
            throw .invalidParameter("examples", must: "be positive")
        }
        guard repeats > 0, repeats.isFinite else { throw .invalidParameter("repeats", must: "be positive") }
        return (between + within / repeats) / examples
    }

    /// The share of a single repeat's variance that lies between examples: the intraclass correlation ICC(1);
    /// nil where nothing varies.
    public var intraclassCorrelation: Double? {
        let all = within + between
        return all > 0 ? between / all : nil
    }
}

/// The variance components of repeated measurements, by the one-way analysis of variance.
///
/// - Parameter groups: The repeats of each example; examples may have different numbers of them, and one.
/// - Throws: `EstimateError.tooFew` below two examples, for an example without a repeat, and where no example
///   has two repeats; `.notFinite`, `.overflow`.
/// - Complexity: O(values).
///
/// R. A. Fisher, Statistical Methods for Research Workers (1925), chapter 7; unequal groups: S. R. Searle, Linear
/// Models (1971), chapter 10.
public func varianceComponents(_ groups: [[Double]]) throws(EstimateError) -> VarianceComponents {
    try requireCount(groups.count, atLeast: 2, "examples")
    var means: [Double] = []
    var counts: [Double] = []
    var inner = CompensatedSum()
    var total = 0
    for group in groups {
        try requireCount(group.count, atLeast: 1, "repeats of an example")
        let sample = try moments(group)
        means.append(sample.mean)
        counts.append(Double(group.count))
        total += group.count
        inner.add(try sample.variance() * Double(group.count - 1))
    }
    try requireCount(total, atLeast: groups.count + 1, "repeats of all examples")
    let size = Double(total)
    var sum = CompensatedSum()
    var squares = 0.0
    for (mean, count) in zip(means, counts) {
        sum.add(mean * count)
        squares += count * count
    }
    let grand = sum.value / size
    var outer = CompensatedSum()
    for (mean, count) in zip(means, counts) { outer.add(count * (mean - grand) * (mean - grand)) }
    let freedom = Double(groups.count - 1)
    let within = inner.value / (size - Double(groups.count))
    let typical = (size - squares / size) / freedom
    let between = max(0, (outer.value / freedom - within) / typical)
    guard within.isFinite, between.isFinite else { throw .overflow }
    return VarianceComponents(
        groups: groups.count, observations: total, within: within, between: between)
}
