/// Whether numbers have moved, by the two-sample Kolmogorov–Smirnov test.
///
/// The effect is the largest distance of the two distribution functions, in `0...1`.
///
/// - Parameter floor: The least distance that matters.
/// - Throws: As `kolmogorovSmirnovTest`; `EstimateError.invalidParameter`.
/// - Complexity: O(N log N), and O(n m) where the test is exact.
public func kolmogorovSmirnovDrift(
    reference: [Double], window: [Double], alpha: Double = 0.01, floor: Double = 0.1
) throws(EstimateError) -> DriftResult {
    let test = try kolmogorovSmirnovTest(baseline: reference, candidate: window)
    guard let distance = test.statistic else { throw .overflow }
    return try DriftResult(
        measure: "Kolmogorov–Smirnov distance", effect: distance, floor: floor, test: test, alpha: alpha,
        reference: reference.count, window: window.count)
}
