import Glibc

/// The population stability index: Σ (p − q) ln(p / q), which is KL both ways added up, in nats.
///
/// - Parameters:
///   - p: Weights of the categories, above 0; they are scaled to add up to 1.
///   - q: Weights of the same categories, above 0.
/// - Throws: `EstimateError.invalidParameter` where one of both weights of a category is 0 and the other is
///   not (smooth the counts first), `.unequalLengths`, `.tooFew`, `.notFinite`, `.outsideRange`.
///
/// E. M. Lewis, An Introduction to Credit Scoring (1994); B. Yurdakul, J. Naranjo, J. Risk Model Validation
/// 14(4) (2020) 89–100.
public func populationStabilityIndex(_ p: [Double], _ q: [Double]) throws(EstimateError) -> Double {
    let (p, q) = try normalised(p, q)
    for index in p.indices where (p[index] == 0) != (q[index] == 0) {
        throw .invalidParameter(
            p[index] == 0 ? "p" : "q", must: "be above 0 wherever the other is: smooth the counts first")
    }
    return uncheckedPSI(p, q)
}

/// In nats, of shares of which none or both are 0.
func uncheckedPSI(_ p: [Double], _ q: [Double]) -> Double {
    var sum = CompensatedSum()
    for index in p.indices where p[index] > 0 {
        sum.add((p[index] - q[index]) * log(p[index] / q[index]))
    }
    return max(0, sum.value)
}
