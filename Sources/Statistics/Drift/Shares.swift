/// The unit of a divergence: the base of its logarithm.
public enum InformationUnit: String, Sendable, Hashable, Codable, CaseIterable {
    /// Natural logarithms.
    case nats
    /// Logarithms of base 2.
    case bits

    /// How many of this unit are in one nat.
    var perNat: Double { self == .nats ? 1 : 1.442_695_040_888_963_4 }
}

/// The shares of categories, with half a count added to each so that none is 0.
///
/// - Parameters:
///   - counts: One a category of a universe that is fixed beforehand; the last may stand for `unseen`.
///   - added: What is added to each count, 0 or above.
/// - Throws: `EstimateError.tooFew` for fewer than 2 categories or no counts at all, `.invalidCounts`,
///   `.invalidParameter`.
///
/// H. Jeffreys, Proc. R. Soc. A 186 (1946) 453–461: ½ a cell.
public func smoothedShares(_ counts: [Int], added: Double = 0.5) throws(EstimateError) -> [Double] {
    guard added >= 0, added.isFinite else { throw .invalidParameter("added", must: "be 0 or above") }
    let total = try total(of: counts, "counts")
    return smoothed(counts, total: total, added: added)
}

func smoothed(_ counts: [Int], total: Int, added: Double = 0.5) -> [Double] {
    let whole = Double(total) + added * Double(counts.count)
    return counts.map { (Double($0) + added) / whole }
}

/// The sum of counts, of which there are two or more and one is above zero.
func total(of counts: [Int], _ name: String) throws(EstimateError) -> Int {
    try requireCount(counts.count, atLeast: 2, "categories of \(name)")
    var total = 0
    for count in counts {
        guard count >= 0, count <= 1 << 52 else { throw .invalidCounts(name) }
        total += count
    }
    try requireCount(total, atLeast: 1, name)
    try requireCounts(0, of: total, name)
    return total
}

/// Two distributions over the same categories, each scaled to add up to 1.
func normalised(
    _ p: [Double], _ q: [Double]
) throws(EstimateError) -> (p: [Double], q: [Double]) {
    guard p.count == q.count else { throw .unequalLengths(p.count, q.count) }
    return (try normalised(p, "p"), try normalised(q, "q"))
}

private func normalised(_ weights: [Double], _ name: String) throws(EstimateError) -> [Double] {
    try requireCount(weights.count, atLeast: 2, "categories of \(name)")
    try requireFinite(weights, name)
    var total = 0.0
    for (index, weight) in weights.enumerated() {
        guard weight >= 0 else { throw .outsideRange(index: index, of: name) }
        total += weight
    }
    guard total > 0 else { throw .invalidParameter(name, must: "add up to more than 0") }
    guard total.isFinite else { throw .overflow }
    return weights.map { $0 / total }
}
