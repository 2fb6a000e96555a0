import Glibc

/// The one-sample Kolmogorov–Smirnov test: do values come from this continuous distribution?
///
/// The statistic is the largest distance of the two cumulative curves, in the direction claimed. Exact for two
/// sides up to n = 200 and for one side up to 10,000, and asymptotic to five digits beyond. The distribution is
/// fixed beforehand: with parameters fitted to the same values p is far too large.
///
/// - Parameters:
///   - cumulative: P(X ≤ x) of the distribution, in `0...1` and not falling.
///   - alternative: `.less` claims that the values are lower than the distribution's.
/// - Throws: `EstimateError.tooFew` for no values, `.notFinite`, `.invalidParameter` where the curve leaves
///   `0...1`, and what the curve itself throws.
/// - Complexity: O(n) for values that are spread at all evenly, else O(n log n).
///
/// A. N. Kolmogorov, Giornale dell'Istituto Italiano degli Attuari 4 (1933) 83–91.
public func kolmogorovSmirnovTest(
    _ values: [Double], alternative: Alternative = .twoSided,
    against cumulative: (Double) throws(EstimateError) -> Double
) throws(EstimateError) -> TestResult {
    try requireCount(values.count, atLeast: 1)
    try requireFinite(values)
    let sorted = ascending(values)
    let n = Double(values.count)
    var above = 0.0
    var below = 0.0
    for (index, value) in sorted.enumerated() {
        let expected = try cumulative(value)
        guard expected >= 0, expected <= 1 else {
            throw .invalidParameter("the cumulative curve", must: "lie in 0...1")
        }
        above = max(above, Double(index + 1) / n - expected)
        below = max(below, expected - Double(index) / n)
    }
    let law = KolmogorovDistribution(count: values.count)
    let (statistic, pValue): (Double, Double) =
        switch alternative {
        // Low values lift the sample's curve over the distribution's.
        case .less: (above, try law.oneSidedSurvival(above))
        case .greater: (below, try law.oneSidedSurvival(below))
        case .twoSided: (max(above, below), try law.survival(max(above, below)))
        }
    let isExact = values.count <= (alternative == .twoSided ? 200 : 10_000)
    return try TestResult(
        pValue: pValue, statistic: statistic,
        method: "Kolmogorov–Smirnov, \(isExact ? "exact" : "asymptotic"), \(alternative.words)")
}

/// The two-sample Kolmogorov–Smirnov test: do two independent samples come from one distribution?
///
/// The statistic is the largest distance of the two cumulative curves, in the direction claimed. Automatic is
/// exact up to a product of sizes of 1,000,000, over all orders that the ties leave possible; beyond, the
/// one-sample law at nm/(n + m) for two sides, and the expansion of Hodges for one.
///
/// - Parameter alternative: `.less` claims that the candidate's values are lower.
/// - Throws: `EstimateError.tooFew` for an empty sample, `.notFinite`, `.allEqual` where all values are one
///   number, `.invalidParameter` where exact is asked for beyond a product of 100,000,000.
/// - Complexity: O(n + m) for values that are spread at all evenly, else O(n log n); exact O(nm).
///
/// N. V. Smirnov, Bulletin of Moscow University 2 (1939) 3–16; J. L. Hodges, Arkiv för Matematik 3 (1958)
/// 469–486; G. Schröer, D. Trenkler, Computational Statistics & Data Analysis 20 (1995) 185–202 (ties).
public func kolmogorovSmirnovTest(
    baseline: [Double], candidate: [Double], alternative: Alternative = .twoSided,
    distribution: NullDistribution = .automatic
) throws(EstimateError) -> TestResult {
    try requireCount(baseline.count, atLeast: 1, "observations in baseline")
    try requireCount(candidate.count, atLeast: 1, "observations in candidate")
    try requireFinite(baseline, "baseline")
    try requireFinite(candidate, "candidate")
    guard vary(baseline, candidate) else { throw .allEqual(value: baseline[0]) }
    let gap = CurveGap(baseline, candidate)
    let product = Double(baseline.count) * Double(candidate.count)
    // The candidate's lower values lift its curve over the baseline's.
    let seen =
        switch alternative {
        case .less: gap.candidateAbove
        case .greater: gap.baselineAbove
        case .twoSided: max(gap.candidateAbove, gap.baselineAbove)
        }
    let statistic = Double(seen) / product
    let pValue: Double
    let name: String
    switch distribution {
    case .exact where product > 1e8:
        throw .invalidParameter("method", must: "be asymptotic for samples of this size")
    case .automatic where product <= 1e6, .exact:
        let walk = OrderWalk(ascending(baseline), ascending(candidate), limit: seen)
        pValue = walk.reaching(alternative)
        name = "exact"
    case .automatic, .asymptotic:
        pValue = try asymptotic(
            statistic, Double(baseline.count), Double(candidate.count), alternative)
        name = "asymptotic"
    }
    return try TestResult(
        pValue: pValue, statistic: statistic,
        method: "Kolmogorov–Smirnov of two samples, \(name), \(alternative.words)")
}

private func vary(_ baseline: [Double], _ candidate: [Double]) -> Bool {
    let first = baseline[0]
    return baseline.contains { $0 != first } || candidate.contains { $0 != first }
}

/// All orders in which two samples could have come, each a walk on a grid; ties are steps taken together.
private struct OrderWalk {
    let n: Int
    let m: Int
    let limit: Int
    /// Whether the curves are compared after so many values: not in the middle of a tie.
    let isLook: [Bool]

    init(_ baseline: [Double], _ candidate: [Double], limit: Int) {
        n = baseline.count
        m = candidate.count
        self.limit = limit
        var looks = [Bool](repeating: true, count: n + m + 1)
        var (i, j) = (0, 0)
        var last = -Double.infinity
        while i < n || j < m {
            let value = j == m || (i < n && baseline[i] < candidate[j]) ? baseline[i] : candidate[j]
            if value == last { looks[i + j] = false }
            last = value
            if i < n, baseline[i] == value { i += 1 } else { j += 1 }
        }
        isLook = looks
    }

    /// The share of walks that come to the limit anywhere, added up from positive terms alone.
    func reaching(_ alternative: Alternative) -> Double {
        if limit <= 0 { return 1 }
        // share[j]: of the walks to (i, j), those that have come to the limit.
        var share = [Double](repeating: 0, count: m + 1)
        for i in 0...n {
            for j in 0...m {
                let steps = i + j
                if steps == 0 { continue }
                let gap = j * n - i * m
                let distance =
                    switch alternative {
                    case .less: gap
                    case .greater: -gap
                    case .twoSided: abs(gap)
                    }
                if isLook[steps], distance >= limit {
                    share[j] = 1
                    continue
                }
                // The last step to (i, j) came from either side as often as its values allow.
                let total = Double(steps)
                let fromBelow = i == 0 ? 0 : share[j] * (Double(i) / total)
                let fromLeft = j == 0 ? 0 : share[j - 1] * (Double(j) / total)
                share[j] = fromBelow + fromLeft
            }
        }
        return min(1, share[m])
    }
}

private func asymptotic(
    _ distance: Double, _ n: Double, _ m: Double, _ alternative: Alternative
) throws(EstimateError) -> Double {
    let size = n / (n + m) * m
    if alternative == .twoSided {
        return try KolmogorovDistribution(count: max(1, Int(size.rounded()))).survival(distance)
    }
    let z = size.squareRoot() * distance
    let (more, fewer) = (max(n, m), min(n, m))
    let correction = 2 * z * (more + 2 * fewer) / (more * fewer * (more + fewer)).squareRoot() / 3
    return min(1, exp(-2 * z * z - correction))
}
