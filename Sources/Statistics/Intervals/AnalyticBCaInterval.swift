/// The BCa interval of a mean without resampling: where the bootstrap would settle with endless resamples.
///
/// The bootstrap distribution of a mean is normal but for its skewness γ/√n, so its quantiles follow from the
/// Cornish–Fisher expansion w + γ(w² − 1)/(6√n), and bias correction and acceleration are both γ/(6√n). Meant
/// for n ≥ 5,000, where what is left out is of order 1/n.
///
/// - Parameter confidence: Two-sided coverage in `(0, 1)`.
/// - Throws: `EstimateError.tooFew` for `n < 2`, `.allEqual`, `.invalidParameter`, `.overflow`.
/// - Complexity: O(1) from the moments.
///
/// P. Hall, The Bootstrap and Edgeworth Expansion (1992), sections 2.5 and 3.10; B. Efron, JASA 82 (1987)
/// 171–185.
public func analyticBCaInterval(
    _ sample: Moments, confidence: Double = 0.90
) throws(EstimateError) -> Interval {
    try requireCount(sample.n, atLeast: 2, "values")
    try requireProbability(confidence, "confidence")
    guard !sample.isConstant else { throw .allEqual(value: sample.mean) }
    let n = Double(sample.n)
    let acceleration = meanAcceleration(sample)
    let z = try Normal.quantile((1 + confidence) / 2)
    // Resampling divides by n, not by n − 1.
    let error = sample.standardError * ((n - 1) / n).squareRoot()
    func end(_ z: Double) throws(EstimateError) -> Double {
        let distance = acceleration + z
        let denominator = 1 - acceleration * distance
        guard denominator > 0 else { throw .degenerateResamples }
        let level = acceleration + distance / denominator
        return sample.mean + error * (level + acceleration * (level * level - 1))
    }
    return try Interval(
        lower: end(-z), upper: end(z), confidence: confidence, method: "analytic BCa")
}
