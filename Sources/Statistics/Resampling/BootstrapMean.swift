/// The bootstrap distribution of a mean: `bootstrap` with the same draws, made fast.
///
/// - Parameters:
///   - values: One value an example.
///   - resamples: At least 100; nil for `defaultResamples`.
/// - Throws: `EstimateError.tooFew` for `n < 2`, `.notFinite`, `.overflow`.
/// - Complexity: O(resamples · n); under 1 ns a draw.
public func bootstrapMean(
    _ values: [Double], resamples: Int? = nil, seed: UInt64, name: String = "BCa bootstrap"
) throws(EstimateError) -> BootstrapDistribution {
    let n = values.count
    let total = try resampleCount(resamples, examples: n)
    let sample = try moments(values)
    // Deviations from the mean keep their digits where the mean is large against them.
    let unit = sample.isConstant ? 1 : sample.standardDeviation
    var deviations = values
    for index in deviations.indices { deviations[index] = (values[index] - sample.mean) / unit }
    var replicates = [Double](repeating: 0, count: total)
    for resample in 0..<total {
        let sum = drawnSum(deviations, seed: seed, resample: resample)
        replicates[resample] = sample.mean + unit * (sum / Double(n))
    }
    for value in replicates where !value.isFinite { throw .overflow }
    return try BootstrapDistribution(
        name: name, count: n, seed: seed, estimate: sample.mean, requested: total, replicates: replicates,
        acceleration: meanAcceleration(sample))
}

/// The sum over one resample, by the draws of `drawWeights`.
private func drawnSum(_ values: [Double], seed: UInt64, resample: Int) -> Double {
    var stream = RandomStream(seed: seed, stream: UInt64(resample))
    let n = values.count
    let bound = UInt64(n)
    return values.withUnsafeBufferPointer { buffer in
        // Two sums, so that one addition need not wait for the other.
        var even = 0.0
        var odd = 0.0
        var drawn = 0
        while drawn + 1 < n {
            let word = stream.next()
            even += buffer[Int(((word & 0xFFFF_FFFF) &* bound) >> 32)]
            odd += buffer[Int(((word >> 32) &* bound) >> 32)]
            drawn += 2
        }
        if drawn < n { even += buffer[Int(((stream.next() & 0xFFFF_FFFF) &* bound) >> 32)] }
        return even + odd
    }
}

/// The acceleration of a mean, in closed form: skewness / (6 √n).
func meanAcceleration(_ sample: Moments) -> Double { sample.skewness / (6 * Double(sample.n).squareRoot()) }
