import Glibc

/// Whether vectors have moved, by the maximum mean discrepancy under a Gaussian kernel and a permutation of
/// the labels.
///
/// The estimate of MMD² without bias: means of k(x, x′) and k(y, y′) over pairs of different vectors, less
/// twice the mean of k(x, y), with k(x, y) = exp(−|x − y|² / 2σ²). It may fall a little below 0.
///
/// - Parameters:
///   - reference: At least 2 vectors; with the window at most 5,000, since all pairs are kept.
///   - window: At least 2 vectors of the same dimension.
///   - bandwidth: σ, above 0; nil: the median distance of all pairs of different vectors.
///   - floor: The least MMD² that matters. A window that lies wholly apart has about 1; by default .01.
///   - resamples: 100 to 1,000,000.
///   - seed: The shuffles are a function of (seed, resample) alone.
/// - Throws: `EstimateError.tooFew`, `.unequalLengths` of dimensions, `.allEqual` where the median distance
///   is 0, `.invalidParameter`.
/// - Complexity: O(N² · dimension + resamples · min(n, m)²).
///
/// A. Gretton, K. M. Borgwardt, M. J. Rasch, B. Schölkopf, A. Smola, JMLR 13 (2012) 723–773.
public func meanDiscrepancyDrift(
    reference: VectorSample, window: VectorSample, bandwidth: Double? = nil, alpha: Double = 0.01,
    floor: Double = 0.01, resamples: Int = 1_000, seed: UInt64 = 0
) throws(EstimateError) -> DriftResult {
    guard reference.dimension == window.dimension else {
        throw .unequalLengths(reference.dimension, window.dimension)
    }
    try requireCount(reference.count, atLeast: 2, "vectors of the reference")
    try requireCount(window.count, atLeast: 2, "vectors of the window")
    guard reference.count + window.count <= 5_000 else {
        throw .invalidParameter("reference and window", must: "have at most 5,000 vectors together")
    }
    try requireResamples(resamples)
    if let bandwidth {
        guard bandwidth > 0, bandwidth.isFinite else {
            throw .invalidParameter("bandwidth", must: "be above 0")
        }
    }
    var kernel = PairKernel(reference, window)
    let sigma = if let bandwidth { bandwidth } else { try kernel.medianDistance() }
    kernel.applyGaussian(sigma)
    let seen = kernel.discrepancy(of: Array(0..<kernel.smaller))
    var order = Array(0..<kernel.count)
    var extreme = 0
    for resample in 0..<resamples {
        var stream = RandomStream(seed: seed, stream: UInt64(resample))
        // The first places of a shuffle are a random subset, whatever the order before.
        stream.permute(&order, first: kernel.smaller)
        let drawn = kernel.discrepancy(of: Array(order[..<kernel.smaller]))
        if drawn >= seen - 1e-12 { extreme += 1 }
    }
    let test = try TestResult(
        pValue: Double(extreme + 1) / Double(resamples + 1), statistic: seen,
        method: "permutation of MMD², \(grouped(resamples)) resamples, seed \(seed)")
    return try DriftResult(
        measure: "MMD², Gaussian kernel, σ \(sigma)", effect: seen, floor: floor, test: test, alpha: alpha,
        reference: reference.count, window: window.count)
}

/// Distances, then kernel values, of all pairs of the vectors of two samples; the smaller one comes first.
private struct PairKernel {
    let count: Int
    let smaller: Int
    private var pairs: [Double]
    private var rowSums: [Double] = []
    private var total = 0.0

    init(_ reference: VectorSample, _ window: VectorSample) {
        let windowIsSmaller = window.count < reference.count
        let (first, second) = windowIsSmaller ? (window, reference) : (reference, window)
        smaller = first.count
        let count = first.count + second.count
        self.count = count
        let all = first.values + second.values
        let dimension = first.dimension
        var pairs = [Double](repeating: 0, count: count * count)
        all.withUnsafeBufferPointer { vectors in
            for i in 0..<count {
                for j in 0..<i {
                    let square = squaredDistance(vectors, i * dimension, j * dimension, dimension)
                    pairs[i * count + j] = square
                    pairs[j * count + i] = square
                }
            }
        }
        self.pairs = pairs
    }

    func medianDistance() throws(EstimateError) -> Double {
        var squares: [Double] = []
        squares.reserveCapacity(count * (count - 1) / 2)
        for i in 0..<count { squares += pairs[(i * count)..<(i * count + i)] }
        let distances = squares.map { $0.squareRoot() }.sorted()
        let median = quantile(ofSorted: distances, uncheckedLevel: 0.5)
        guard median > 0 else { throw .allEqual(value: 0) }
        return median
    }

    mutating func applyGaussian(_ sigma: Double) {
        rowSums = [Double](repeating: 0, count: count)
        for i in 0..<count {
            for j in 0..<count {
                // A quotient first, so that no square overflows.
                let value = i == j ? 0 : exp(-pairs[i * count + j] / sigma / sigma / 2)
                pairs[i * count + j] = value
                rowSums[i] += value
            }
        }
        total = rowSums.reduce(0, +)
    }

    /// MMD² where these are the smaller sample and all others the larger one.
    func discrepancy(of subset: [Int]) -> Double {
        let (within, reach) = pairs.withUnsafeBufferPointer { pairs in
            var within = 0.0
            var reach = 0.0
            for i in subset {
                reach += rowSums[i]
                let row = i * count
                for j in subset { within += pairs[row + j] }
            }
            return (within, reach)
        }
        let across = reach - within
        let beyond = total - reach - across
        let (a, b) = (Double(smaller), Double(count - smaller))
        return within / (a * (a - 1)) + beyond / (b * (b - 1)) - 2 * across / (a * b)
    }
}

private func squaredDistance(
    _ vectors: UnsafeBufferPointer<Double>, _ first: Int, _ second: Int, _ dimension: Int
) -> Double {
    var sums = SIMD4<Double>.zero
    var component = 0
    while component + 3 < dimension {
        let (i, j) = (first + component, second + component)
        let a = SIMD4(vectors[i], vectors[i + 1], vectors[i + 2], vectors[i + 3])
        let b = SIMD4(vectors[j], vectors[j + 1], vectors[j + 2], vectors[j + 3])
        sums += (a - b) * (a - b)
        component += 4
    }
    var sum = sums.sum()
    while component < dimension {
        let difference = vectors[first + component] - vectors[second + component]
        sum += difference * difference
        component += 1
    }
    return sum
}
