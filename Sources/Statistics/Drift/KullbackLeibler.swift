import Glibc

/// How far a distribution has moved from another: KL(p ‖ q) = Σ p ln(p / q).
///
/// The direction matters: `p` is what is seen now, `q` what is expected.
///
/// - Parameters:
///   - p: Weights of the categories, none negative; they are scaled to add up to 1.
///   - q: Weights of the same categories.
/// - Throws: `EstimateError.invalidParameter` where a category has weight in `p` and none in `q` (the
///   divergence is infinite: smooth the counts first), `.unequalLengths`, `.tooFew`, `.notFinite`,
///   `.outsideRange`.
///
/// S. Kullback, R. A. Leibler, Ann. Math. Statist. 22 (1951) 79–86.
public func klDivergence(
    _ p: [Double], from q: [Double], unit: InformationUnit = .nats
) throws(EstimateError) -> Double {
    let (p, q) = try normalised(p, q)
    for index in p.indices where p[index] > 0 && q[index] == 0 {
        throw .invalidParameter("q", must: "be above 0 wherever p is: smooth the counts first")
    }
    return uncheckedKL(p, q) * unit.perNat
}

/// Σ p ln(p / q) in nats over shares that add up to 1; cells without p add nothing.
func uncheckedKL(_ p: [Double], _ q: [Double]) -> Double {
    var sum = CompensatedSum()
    // Σ (q − p) is 0; added to each cell it makes every term positive, so that equal shares give 0 exactly.
    for index in p.indices {
        let shift = q[index] - p[index]
        sum.add(p[index] > 0 ? p[index] * log(p[index] / q[index]) + shift : shift)
    }
    return max(0, sum.value)
}
