/// The bootstrap distribution of a mean over values that come in clusters: repeats of one example, requests of one user.
///
/// Clusters are what is drawn, since their values are not independent; a cluster counts as often as it has values. Where
/// each cluster shall count once, whatever its size, give `bootstrapMean` the clusters' means instead; for any other
/// statistic give `bootstrap` the number of clusters and recompute under its weights.
///
/// - Parameters:
///   - clusters: The values of one cluster each; clusters may differ in size.
///   - resamples: nil for `defaultResamples` of the number of clusters.
///   - seed: The draws are those of `bootstrap` over as many examples.
/// - Throws: `EstimateError.tooFew` for fewer than 2 clusters or an empty one, `.notFinite`, `.invalidParameter`,
///   `.overflow`.
/// - Complexity: O(values + resamples · clusters).
///
/// A. C. Davison, D. V. Hinkley, Bootstrap Methods and their Application (1997), section 3.8.
public func clusterBootstrapMean(
    _ clusters: [[Double]], resamples: Int? = nil, seed: UInt64, name: String = "cluster BCa bootstrap"
) throws(EstimateError) -> BootstrapDistribution {
    let total = try resampleCount(resamples, examples: clusters.count)
    var all: [Double] = []
    for (index, cluster) in clusters.enumerated() {
        try requireCount(cluster.count, atLeast: 1, "values of cluster \(index)")
        try requireFinite(cluster, "value of cluster \(index), place")
        all += cluster
    }
    let sample = try moments(all)
    // Deviations from the mean keep their digits where the mean is large against them.
    let unit = sample.isConstant ? 1 : sample.standardDeviation
    var sums = [Double](repeating: 0, count: clusters.count)
    for index in clusters.indices {
        var sum = CompensatedSum()
        for value in clusters[index] { sum.add((value - sample.mean) / unit) }
        sums[index] = sum.value
    }
    let sizes = clusters.map { Double($0.count) }
    var weights = [Int32](repeating: 1, count: clusters.count)
    var replicates = [Double](repeating: 0, count: total)
    for resample in 0..<total {
        drawWeights(into: &weights, seed: seed, resample: resample)
        var sum = 0.0
        var size = 0.0
        for index in weights.indices {
            let weight = Double(weights[index])
            sum += weight * sums[index]
            size += weight * sizes[index]
        }
        replicates[resample] = sample.mean + unit * (sum / size)
        guard replicates[resample].isFinite else { throw .overflow }
    }
    var partials = sizes
    for index in sizes.indices { partials[index] = -sums[index] / (Double(sample.n) - sizes[index]) }
    return try BootstrapDistribution(
        name: name, count: clusters.count, seed: seed, estimate: sample.mean, requested: total,
        replicates: replicates, acceleration: jackknifeAcceleration(partials))
}
