/// Student's interval of a mean.
///
/// - Parameters:
///   - values: One value an example; repeats are averaged before.
///   - confidence: Two-sided coverage in `(0, 1)`.
/// - Throws: `EstimateError.tooFew` for `n < 2`, `.allEqual` for constant values, `.notFinite`, `.overflow`.
///
/// Student, Biometrika 6 (1908) 1–25.
public func studentInterval(_ values: [Double], confidence: Double = 0.90) throws(EstimateError) -> Interval {
    try requireCount(values.count, atLeast: 2, "values")
    return try studentInterval(moments(values), confidence: confidence)
}

/// Student's interval of a mean, from moments at hand.
public func studentInterval(_ sample: Moments, confidence: Double = 0.90) throws(EstimateError) -> Interval {
    try requireCount(sample.n, atLeast: 2, "values")
    try requireProbability(confidence, "confidence")
    guard !sample.isConstant else { throw .allEqual(value: sample.mean) }
    let t = try StudentT(degreesOfFreedom: Double(sample.n - 1)).quantile((1 + confidence) / 2)
    let reach = t * sample.standardError
    return try Interval(
        lower: sample.mean - reach, upper: sample.mean + reach, confidence: confidence, method: "Student t")
}
