/// When the mean of a series changed, looking back.
public struct ChangePoint: Sendable, Hashable {
    /// The first point after the change, in `1..<n`.
    public let index: Int
    /// The mean before it.
    public let before: Double
    /// The mean from it on.
    public let after: Double
    /// Whether there is a change at all: the largest split of random orders of the same points.
    ///
    /// Its p-value holds for points that do not depend on their neighbours: give it what prewhitening or
    /// deseasonalising leaves.
    public let test: TestResult

    /// The split of the series that explains most of its variance: maximum likelihood for normal points.
    ///
    /// - Parameters:
    ///   - series: In order of time.
    ///   - atLeast: Points that either side must have.
    ///   - resamples: 100 to 1,000,000.
    /// - Throws: `EstimateError.tooFew` below twice `atLeast`, `.allEqual`, `.notFinite`,
    ///   `.invalidParameter`, `.overflow`.
    /// - Complexity: O(resamples · n).
    ///
    /// D. V. Hinkley, Biometrika 57 (1970) 1–17.
    public init(
        _ series: [Double], atLeast: Int = 2, resamples: Int = 2_000, seed: UInt64
    ) throws(EstimateError) {
        guard atLeast >= 1 else { throw .invalidParameter("at least", must: "be 1 or more") }
        try requireResamples(resamples)
        guard atLeast <= series.count else {
            throw .tooFew(count: series.count, needed: max(2, 2 * min(atLeast, 1 << 40)), of: "points")
        }
        try requireCount(series.count, atLeast: 2 * atLeast, "points")
        try requireFinite(series, "series")
        let whole = try moments(series)
        guard !whole.isConstant else { throw .allEqual(value: whole.mean) }
        var scores = series.map { ($0 - whole.mean) / whole.standardDeviation }
        let (index, explained) = bestSplit(scores, atLeast: atLeast)
        self.index = index
        before = try moments(Array(series[..<index])).mean
        after = try moments(Array(series[index...])).mean
        var extreme = 0
        for resample in 0..<resamples {
            var stream = RandomStream(seed: seed, stream: UInt64(resample))
            stream.permute(&scores)
            if bestSplit(scores, atLeast: atLeast).explained >= explained * (1 - 1e-11) { extreme += 1 }
        }
        test = try TestResult(
            pValue: Double(extreme + 1) / Double(resamples + 1), statistic: explained,
            method: "largest split, permutation, \(grouped(resamples)) resamples, seed \(seed)")
    }
}

/// The split with the largest n · S² / (t (n − t)) over scores of mean 0, S the sum of the first t.
private func bestSplit(_ scores: [Double], atLeast: Int) -> (index: Int, explained: Double) {
    let n = Double(scores.count)
    var sum = 0.0
    var best = (index: atLeast, explained: -1.0)
    for index in 1...(scores.count - atLeast) {
        sum += scores[index - 1]
        guard index >= atLeast else { continue }
        let t = Double(index)
        let explained = n * sum * sum / (t * (n - t))
        if explained > best.explained { best = (index, explained) }
    }
    return best
}
