import Glibc

/// Fleiss' κ of many raters, who may differ from unit to unit.
///
/// Interval and error are over samples of units (Student's t). The test is Fleiss' own, and exists where every unit
/// has the same number of ratings. With two raters it is Scott's π.
///
/// - Throws: `EstimateError.invalidParameter` where all ratings fall in one category: κ is undefined there.
/// - Complexity: O(units · q²).
///
/// J. L. Fleiss, Psychol. Bull. 76 (1971) 378–382; J. L. Fleiss, J. C. M. Nee, J. R. Landis, Psychol. Bull. 86
/// (1979) 974–977; errors: K. L. Gwet, Handbook of Inter-Rater Reliability, 4th ed. (2014), chapter 5.
public func fleissKappa(
    _ counts: RatingCounts, weights: AgreementWeights = .identity, confidence: Double = 0.90
) throws(EstimateError) -> AgreementEstimate {
    let q = counts.categories
    let distances = try weights.disagreements(categories: q)
    let shares = counts.prevalences
    var chance = [Double](repeating: 0, count: q)
    var expected = 0.0
    for first in 0..<q {
        for second in 0..<q { chance[first] += distances[first * q + second] * shares[second] }
        expected += shares[first] * chance[first]
    }
    guard expected > 0 else { throw .invalidParameter("ratings", must: "use at least two categories") }
    let found = counts.coefficient(distances: distances, expected: expected, chance: chance)
    let test = weights == .identity ? try fleissTest(counts, shares: shares, value: found.value) : nil
    return try multiRaterEstimate(
        counts, found, expected: expected, confidence: confidence, method: "Fleiss' κ\(weights.words)",
        test: test)
}

/// κ over its error under the hypothesis that ratings are drawn at random.
private func fleissTest(
    _ counts: RatingCounts, shares: [Double], value: Double
) throws(EstimateError) -> TestResult? {
    guard let raters = counts.commonRaters else { return nil }
    var spread = 0.0
    var third = 0.0
    for share in shares {
        spread += share * (1 - share)
        third += share * (1 - share) * (1 - 2 * share)
    }
    let pairs = Double(counts.rows.count) * raters * (raters - 1)
    let variance = 2 * (spread * spread - third) / (spread * spread * pairs)
    guard variance > 1e-28 else { return nil }
    let z = value / variance.squareRoot()
    return try TestResult(
        pValue: min(1, 2 * Normal.survival(abs(z))), statistic: z, method: "Fleiss' κ, two-sided z")
}

/// A coefficient of many raters with its t interval over units.
func multiRaterEstimate(
    _ counts: RatingCounts, _ found: (value: Double, observed: Double, standardError: Double),
    expected: Double, confidence: Double, method: String, test: TestResult? = nil
) throws(EstimateError) -> AgreementEstimate {
    try requireProbability(confidence, "confidence")
    var interval: Interval?
    if found.standardError > 0 {
        let t = try StudentT(degreesOfFreedom: Double(counts.rows.count - 1))
        interval = try agreementInterval(
            found.value, error: found.standardError, reach: t.quantile((1 + confidence) / 2),
            confidence: confidence, method: "\(method), Student t over units")
    }
    return AgreementEstimate(
        observed: found.observed, expected: 1 - expected, value: found.value,
        standardError: found.standardError, interval: interval, test: test, units: counts.rows.count)
}
