import Glibc

/// One item of a sample whose chance to be drawn is known.
public struct SampledItem: Sendable, Hashable {
    public let value: Double
    /// π, the chance with which it came into the sample, in `(0, 1]`.
    public let inclusion: Double
    /// Items of one number were drawn from one stratum.
    public let stratum: Int

    public init(value: Double, inclusion: Double, stratum: Int = 0) {
        self.value = value
        self.inclusion = inclusion
        self.stratum = stratum
    }
}

/// How the sample was drawn, as far as its variance depends on it.
public enum SamplingDesign: Sendable, Hashable {
    /// A fixed number of items from each stratum.
    case fixedSize
    /// Each item for itself, by its own chance: the size of the sample is chance too.
    case independent
}

/// The mean of a population from items of unequal chance to be drawn: Σ y/π over the population's size.
///
/// With a fixed size the variance is Σ c(1 − π)(y/π − A)² a stratum, c = n/(n − 1) and A the mean of y/π weighted by
/// 1 − π: the finite-population variance s²(1 − n/N)/n where all chances in a stratum are equal, and its usual
/// approximation where they are not. Independent draws have Σ (1 − π)(y/π)².
///
/// - Parameters:
///   - population: Items in it; nil where it is not known: then Σ y/π is divided by Σ 1/π (Hájek).
///   - range: Of a value; estimate and interval are cut to it.
/// - Throws: `EstimateError.tooFew` for an empty sample, or for a stratum of a single item that was not certain to be
///   drawn; `.notFinite`; `.invalidParameter` for a chance outside `(0, 1]`; `.allEqual` where nothing varies.
/// - Complexity: O(n log n).
///
/// D. G. Horvitz, D. J. Thompson, JASA 47 (1952) 663–685; variance: J. Hájek, Ann. Math. Stat. 35 (1964) 1491–1523,
/// J.-C. Deville, Survey Methodology 25 (1999) 193–203.
public func horvitzThompsonMean(
    _ items: [SampledItem], population: Int? = nil, design: SamplingDesign = .fixedSize,
    range: ClosedRange<Double>? = nil, confidence: Double = 0.90
) throws(EstimateError) -> SurveyEstimate {
    try requireCount(items.count, atLeast: 1, "items")
    try requireFinite(items.map(\.value))
    try requireWithin(range, items.map(\.value))
    try requireProbability(confidence, "confidence")
    var total = CompensatedSum()
    var weights = CompensatedSum()
    for item in items {
        guard item.inclusion > 0, item.inclusion <= 1 else {
            throw .invalidParameter("inclusion probability", must: "lie above 0 and not above 1")
        }
        total.add(item.value / item.inclusion)
        weights.add(1 / item.inclusion)
    }
    var size = weights.value
    if let population {
        guard population >= items.count, population <= 1 << 52 else {
            throw .invalidParameter("population", must: "be no smaller than the sample")
        }
        size = Double(population)
    }
    let mean = total.value / size
    guard mean.isFinite else { throw .overflow }
    // A ratio varies as its residuals do.
    let residuals = items.map { item in
        (population == nil ? item.value - mean : item.value) / (item.inclusion * size)
    }
    let (variance, degrees) =
        switch design {
        case .fixedSize: try fixedVariance(items, residuals)
        case .independent: (independentVariance(items, residuals), Double.infinity)
        }
    // What is left of equal terms is rounding.
    let floor = 1e-28 * mean * mean
    guard variance > floor else { throw .allEqual(value: mean) }
    let reach =
        degrees.isFinite
        ? try StudentT(degreesOfFreedom: degrees).quantile((1 + confidence) / 2)
        : try Normal.quantile((1 + confidence) / 2)
    let name = population == nil ? "Hájek" : "Horvitz–Thompson"
    return try SurveyEstimate(
        value: mean, standardError: variance.squareRoot(), reach: reach, range: range,
        confidence: confidence, method: "\(name), \(degrees.isFinite ? "Student t" : "normal")",
        n: items.count)
}

private func independentVariance(_ items: [SampledItem], _ residuals: [Double]) -> Double {
    var variance = 0.0
    for index in items.indices {
        variance += (1 - items[index].inclusion) * residuals[index] * residuals[index]
    }
    return variance
}

private func fixedVariance(
    _ items: [SampledItem], _ residuals: [Double]
) throws(EstimateError) -> (variance: Double, degrees: Double) {
    let order = items.indices.sorted { (items[$0].stratum, $0) < (items[$1].stratum, $1) }
    var variance = 0.0
    var degrees = 0.0
    var start = 0
    while start < order.count {
        var end = start
        while end < order.count, items[order[end]].stratum == items[order[start]].stratum { end += 1 }
        let members = order[start..<end].filter { items[$0].inclusion < 1 }
        start = end
        // Items that were certain to be drawn add nothing.
        if members.isEmpty { continue }
        try requireCount(members.count, atLeast: 2, "items of a stratum")
        var weight = 0.0
        var centre = 0.0
        for index in members {
            weight += 1 - items[index].inclusion
            centre += (1 - items[index].inclusion) * residuals[index]
        }
        centre /= weight
        var sum = 0.0
        for index in members {
            let deviation = residuals[index] - centre
            sum += (1 - items[index].inclusion) * deviation * deviation
        }
        let n = Double(members.count)
        variance += n / (n - 1) * sum
        degrees += n - 1
    }
    return (variance, max(1, degrees))
}
