/// pass^k: the chance that k tries drawn from those made would all pass, C(c, k) / C(N, k).
///
/// - Parameters:
///   - passes: c, tries of one example that passed.
///   - tries: N, tries made.
///   - k: At least 1.
/// - Throws: `EstimateError.tooFew` for fewer than k tries, `.invalidCounts`, `.invalidParameter` for `k <
///   1`.
/// - Complexity: O(k).
///
/// S. Yao et al., τ-bench, arXiv 2406.12045 (2024).
public func passHatK(passes: Int, tries: Int, k: Int) throws(EstimateError) -> Double {
    guard k >= 1 else { throw .invalidParameter("k") }
    try requireCounts(passes, of: tries)
    try requireCount(tries, atLeast: k)
    guard passes >= k else { return 0 }
    var product = 1.0
    for index in 0..<k { product *= Double(passes - index) / Double(tries - index) }
    return product
}

/// Whether at least k of the tries of one example passed.
///
/// - Throws: `EstimateError.tooFew` for fewer than `n` tries: a try that was never made is no pass and no
///   failure.
public func passesKOfN(passes: Int, tries: Int, k: Int, n: Int) throws(EstimateError) -> Bool {
    guard k >= 1, k <= n else { throw .invalidParameter("k of n") }
    try requireCounts(passes, of: tries)
    try requireCount(tries, atLeast: n)
    return passes >= k
}
