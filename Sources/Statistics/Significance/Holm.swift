/// Holm's step-down adjustment: p-values that may each be held against α with the family's error kept below
/// it.
///
/// - Parameters:
///   - pValues: Each in `0...1`, in any order.
///   - familySize: Hypotheses in all, at least as many as there are p-values; those without one (unmeasured)
///     count as p = 1. Nil means `pValues.count`.
/// - Returns: Adjusted p-values in the order given.
/// - Throws: `EstimateError.outsideRange` for a p-value outside `0...1`, `.invalidCounts` for a family that is
///   smaller than its members.
///
/// S. Holm, Scandinavian Journal of Statistics 6 (1979) 65–70.
public func holmAdjusted(_ pValues: [Double], familySize: Int? = nil) throws(EstimateError) -> [Double] {
    let family = familySize ?? pValues.count
    try requireFamily(pValues, of: family)
    let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
    var adjusted = pValues
    var largest = 0.0
    for (rank, index) in order.enumerated() {
        largest = max(largest, min(1, Double(family - rank) * pValues[index]))
        adjusted[index] = largest
    }
    return adjusted
}
