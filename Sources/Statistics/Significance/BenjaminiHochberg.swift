/// The Benjamini–Hochberg step-up adjustment: p-values that may each be held against the share of false
/// discoveries that is tolerated.
///
/// Guards the expected share of false claims among those made, where ``holmAdjusted`` guards against any.
///
/// - Parameters:
///   - pValues: Each in `0...1`, in any order; independent or positively dependent.
///   - familySize: As in ``holmAdjusted``.
/// - Returns: Adjusted p-values in the order given.
/// - Throws: As ``holmAdjusted``.
/// - Complexity: O(n log n).
///
/// Y. Benjamini, Y. Hochberg, JRSS B 57 (1995) 289–300.
public func benjaminiHochbergAdjusted(
    _ pValues: [Double], familySize: Int? = nil
) throws(EstimateError) -> [Double] {
    let family = familySize ?? pValues.count
    try requireFamily(pValues, of: family)
    let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
    var adjusted = pValues
    var smallest = 1.0
    for (rank, index) in order.enumerated().reversed() {
        smallest = min(smallest, Double(family) / Double(rank + 1) * pValues[index])
        adjusted[index] = smallest
    }
    return adjusted
}

/// Throws unless each p-value lies in `0...1` and the family holds them all.
func requireFamily(_ pValues: [Double], of family: Int) throws(EstimateError) {
    try requireCounts(pValues.count, of: family, "the p-values and their family's size")
    for index in pValues.indices where !(pValues[index] >= 0 && pValues[index] <= 1) {
        throw .outsideRange(index: index, of: "p-value")
    }
}
