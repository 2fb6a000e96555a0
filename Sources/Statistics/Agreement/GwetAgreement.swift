/// Gwet's AC1, and with weights AC2: agreement beyond chance that does not collapse where one category prevails.
///
/// Chance counts only for the share of ratings that could be guesses: Pe = T/(q(q − 1)) · Σ π(1 − π), T the sum of
/// the weights, which is q for AC1.
///
/// - Parameter counts: With every category that a rater could choose, used or not.
/// - Throws: `EstimateError.invalidParameter` where the weights leave no disagreement.
/// - Complexity: O(units · q²).
///
/// K. L. Gwet, Br. J. Math. Stat. Psychol. 61 (2008) 29–48.
public func gwetAgreement(
    _ counts: RatingCounts, weights: AgreementWeights = .identity, confidence: Double = 0.90
) throws(EstimateError) -> AgreementEstimate {
    let q = counts.categories
    let distances = try weights.disagreements(categories: q)
    let shares = counts.prevalences
    let sum = Double(q * q) - distances.reduce(0, +)
    let scale = sum / Double(q * (q - 1))
    var agreement = 0.0
    for share in shares { agreement += scale * share * (1 - share) }
    let expected = 1 - agreement
    guard expected > 1e-12 else {
        throw .invalidParameter("weights", must: "leave room for disagreement")
    }
    let chance = shares.map { 1 - scale * (1 - $0) }
    let found = counts.coefficient(distances: distances, expected: expected, chance: chance)
    return try multiRaterEstimate(
        counts, found, expected: expected, confidence: confidence,
        method: weights == .identity ? "Gwet's AC1" : "Gwet's AC2\(weights.words)")
}
