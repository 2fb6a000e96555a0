/// A coefficient of correlation.
public enum CorrelationKind: Sendable, Hashable, CaseIterable {
    case pearson
    case spearman
    case kendall
}

/// The permutation test of a correlation: how often a random order of y gives one at least as strong.
///
/// Exact over all orders with up to 9 pairs (362,880 orders); beyond, seeded random ones with
/// p = (b + 1) / (resamples + 1). Two-sided compares the size. The statistic is the coefficient. It takes pairs
/// to be exchangeable: two series that both drift with time are found related though neither moves the other.
///
/// - Parameters:
///   - alternative: `.less` claims that the correlation is negative.
///   - resamples: At least 100; not used where the test is exact.
/// - Throws: As ``pearsonCorrelation``; `.tooFew` below 3 pairs.
/// - Complexity: Exact O(n!); drawn O(resamples · n), for Kendall's O(resamples · n log n).
///
/// E. J. G. Pitman, Supplement to JRSS 4 (1937) 225–232; B. Phipson, G. K. Smyth, Stat. Appl. Genet. Mol.
/// Biol. 9 (2010) 39.
public func correlationPermutationTest(
    _ x: [Double], _ y: [Double], kind: CorrelationKind, alternative: Alternative, resamples: Int = 10_000,
    seed: UInt64
) throws(EstimateError) -> TestResult {
    try requirePairs(x, y, atLeast: 3)
    guard resamples >= 100 else { throw .invalidParameter("resamples", must: "be at least 100") }
    let statistic: Double
    let first: [Double]
    let second: [Double]
    let name: String
    switch kind {
    case .pearson:
        (first, second) = try (centred(x), centred(y))
        statistic = try centredCosine(x, y)
        name = "Pearson"
    case .spearman:
        (first, second) = try (centred(midranks(x)), centred(midranks(y)))
        statistic = try centredCosine(midranks(x), midranks(y))
        name = "Spearman"
    case .kendall:
        (first, second) = (midranks(x), midranks(y))
        statistic = try KendallCounts(x, y).tau
        name = "Kendall"
    }
    let orders = Orders(first, second, isKendall: kind == .kendall, alternative)
    if x.count <= 9 {
        return try TestResult(
            pValue: orders.extremeShare(), statistic: statistic,
            method: "\(name), exact permutation, \(alternative.words)")
    }
    let found = try orders.extremeDraws(resamples, seed: seed)
    let draws = "\(grouped(resamples)) resamples, seed \(seed)"
    return try TestResult(
        pValue: Double(found + 1) / Double(resamples + 1), statistic: statistic,
        method: "\(name), permutation, \(alternative.words), \(draws)")
}

/// The least p-value that an exact two-sided permutation test of so many different pairs can give: 2/n!.
///
/// - Throws: `EstimateError.tooFew` below 2 pairs.
public func leastPermutationP(count: Int) throws(EstimateError) -> Double {
    try requireCount(count, atLeast: 2, "pairs")
    var p = 1.0
    for factor in 3..<max(4, count + 1) where factor <= count { p /= Double(factor) }
    return p
}

/// Orders of y beside x, each with its score: Σ xy, or for Kendall agreeing less disagreeing pairs.
private struct Orders {
    let x: [Double]
    let y: [Double]
    let isKendall: Bool
    let alternative: Alternative
    private let seen: Double
    private let slack: Double

    init(_ x: [Double], _ y: [Double], isKendall: Bool, _ alternative: Alternative) {
        self.x = x
        self.y = y
        self.isKendall = isKendall
        self.alternative = alternative
        var weight = 0.0
        var products = 0.0
        for index in x.indices {
            weight += abs(x[index] * y[index])
            products += x[index] * y[index]
        }
        seen = isKendall ? agreement(x, y) : products
        // Scores that differ by rounding alone are ties; Kendall's are whole.
        slack = isKendall ? 0 : 1e-11 * max(weight, Double(x.count))
    }

    private func isExtreme(_ score: Double) -> Bool {
        switch alternative {
        case .less: score <= seen + slack
        case .greater: score >= seen - slack
        case .twoSided: abs(score) >= abs(seen) - slack
        }
    }

    /// Over all orders, each reached from the last by one swap (Heap).
    func extremeShare() -> Double {
        var values = y
        var counters = [Int](repeating: 0, count: values.count)
        var found = isExtreme(seen) ? 1 : 0
        var all = 1
        var score = seen
        var place = 1
        while place < values.count {
            guard counters[place] < place else {
                counters[place] = 0
                place += 1
                continue
            }
            let other = place % 2 == 0 ? 0 : counters[place]
            if !isKendall { score += (x[place] - x[other]) * (values[other] - values[place]) }
            values.swapAt(other, place)
            if isKendall { score = agreement(x, values) }
            all += 1
            if isExtreme(score) { found += 1 }
            counters[place] += 1
            place = 1
        }
        return Double(found) / Double(all)
    }

    func extremeDraws(_ resamples: Int, seed: UInt64) throws(EstimateError) -> Int {
        var found = 0
        var values = y
        for resample in 0..<resamples {
            var stream = RandomStream(seed: seed, stream: UInt64(resample))
            for index in values.indices { values[index] = y[index] }
            stream.permute(&values)
            var score = 0.0
            if isKendall {
                score = try Double(KendallCounts(x, values).score)
            } else {
                for index in x.indices { score += x[index] * values[index] }
            }
            if isExtreme(score) { found += 1 }
        }
        return found
    }
}

/// Agreeing less disagreeing pairs, each counted once; O(n²), for few.
private func agreement(_ x: [Double], _ y: [Double]) -> Double {
    var score = 0
    for i in 1..<x.count {
        for j in 0..<i {
            let across = x[i] == x[j] ? 0 : x[i] > x[j] ? 1 : -1
            let up = y[i] == y[j] ? 0 : y[i] > y[j] ? 1 : -1
            score += across * up
        }
    }
    return Double(score)
}
