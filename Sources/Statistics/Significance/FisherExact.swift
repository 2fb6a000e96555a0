import Glibc

/// Two rows of two counts: two samples by whether something happened.
public struct FourfoldTable: Sendable, Hashable {
    public let a: Int
    public let b: Int
    public let c: Int
    public let d: Int

    /// The rows are `a b` and `c d`; the odds ratio is `ad / bc`.
    /// - Throws: `EstimateError.invalidCounts` for a negative count or a sum beyond 2⁵², `.tooFew` for an empty row.
    public init(_ a: Int, _ b: Int, _ c: Int, _ d: Int) throws(EstimateError) {
        for count in [a, b, c, d] { try requireCounts(count, of: 1 << 50, "the table's counts") }
        try requireCount(a + b, atLeast: 1, "observations in row 1")
        try requireCount(c + d, atLeast: 1, "observations in row 2")
        self.a = a
        self.b = b
        self.c = c
        self.d = d
    }
}

/// Fisher's exact test and the odds ratio that it speaks of.
public struct FisherExactTest: Sendable, Hashable {
    /// Its statistic is the conditional odds ratio, where that is finite.
    public let test: TestResult
    /// The odds ratio that makes the table seen most likely, given its margins; nil where it is unbounded, and
    /// where the margins allow one table only.
    public let oddsRatio: Double?
    /// The smallest odds ratio that the test does not reject; nil where the margins allow one table only.
    public let lower: Double?
    /// The largest, or nil where none is rejected.
    public let upper: Double?
    public let confidence: Double
}

/// Fisher's exact test of two proportions, or of any fourfold table given its margins.
///
/// Two-sided adds up every table that is no more probable than the one seen, as R's `fisher.test` does. Where the
/// margins allow one table only (nothing happened in either sample), p is 1.
///
/// - Parameters:
///   - alternative: `.less` claims that the odds ratio is below 1: fewer of the first column in the first row.
///   - confidence: Coverage in `(0, 1)` of the range of odds ratios; one-sided with a one-sided alternative.
/// - Throws: `EstimateError.invalidParameter`.
/// - Complexity: O(√n) for tables near their mean, and less for others.
///
/// R. A. Fisher, Journal of the Royal Statistical Society 98 (1935) 39–54.
public func fisherExactTest(
    _ table: FourfoldTable, alternative: Alternative, confidence: Double = 0.90
) throws(EstimateError) -> FisherExactTest {
    try requireProbability(confidence, "confidence")
    let law = try Hypergeometric(
        population: table.a + table.b + table.c + table.d, successes: table.a + table.c,
        draws: table.a + table.b)
    let support = law.support
    let method = "Fisher exact, \(alternative.words)"
    guard support.count > 1 else {
        return try FisherExactTest(
            test: TestResult(pValue: 1, method: method), oddsRatio: nil, lower: nil, upper: nil,
            confidence: confidence)
    }
    let pValue =
        switch alternative {
        case .less: try law.cumulative(table.a)
        case .greater: try law.atLeast(table.a)
        case .twoSided: try noMoreProbable(than: table.a, law)
        }
    let odds = ConditionalOdds(law: law, seen: table.a)
    let tail = alternative == .twoSided ? (1 - confidence) / 2 : 1 - confidence
    let isLowest = table.a == support.lowerBound
    let isHighest = table.a == support.upperBound
    let ratio = isHighest ? nil : isLowest ? 0 : try odds.mostLikely()
    let lower = alternative == .less || isLowest ? 0 : try odds.lowerLimit(tail)
    let upper = alternative == .greater || isHighest ? nil : try odds.upperLimit(tail)
    return try FisherExactTest(
        test: TestResult(
            pValue: min(1, max(pValue, .leastNonzeroMagnitude)), statistic: ratio, method: method),
        oddsRatio: ratio, lower: lower, upper: upper, confidence: confidence)
}

/// The probability of all counts that are no more probable than one.
private func noMoreProbable(than seen: Int, _ law: Hypergeometric) throws(EstimateError) -> Double {
    let support = law.support
    // Counts equal but for rounding are equally probable.
    let limit = law.logMass(seen) + 1e-7
    let population = Double(law.population)
    let mode = Int(((Double(law.successes) + 1) / (population + 2) * (Double(law.draws) + 1)).rounded(.down))
    let top = min(max(mode, support.lowerBound), support.upperBound)
    if seen <= top {
        // The mass falls from the mode upwards: the first count there that is no more probable.
        var (low, high) = (max(top, seen + 1), support.upperBound + 1)
        while low < high {
            let middle = low + (high - low) / 2
            if law.logMass(middle) <= limit { high = middle } else { low = middle + 1 }
        }
        if low == seen + 1 { return 1 }
        return try law.cumulative(seen) + law.atLeast(low)
    }
    var (low, high) = (support.lowerBound - 1, min(top, seen - 1))
    while low < high {
        let middle = low + (high - low + 1) / 2
        if law.logMass(middle) <= limit { low = middle } else { high = middle - 1 }
    }
    if low == seen - 1 { return 1 }
    return try law.cumulative(low) + law.atLeast(seen)
}

/// The count under an odds ratio other than 1, given the margins: Fisher's noncentral hypergeometric law.
private struct ConditionalOdds {
    let law: Hypergeometric
    let seen: Int

    /// The odds ratio whose mean count is the one seen.
    func mostLikely() throws(EstimateError) -> Double {
        try solved { logOdds in moments(logOdds).mean - Double(seen) }
    }

    /// The odds ratio under which a count this high is as rare as `tail`.
    func lowerLimit(_ tail: Double) throws(EstimateError) -> Double {
        try solved { logOdds in moments(logOdds).atLeast - tail }
    }

    /// The odds ratio under which a count this low is as rare as `tail`.
    func upperLimit(_ tail: Double) throws(EstimateError) -> Double {
        try solved { logOdds in tail - moments(logOdds).atMost }
    }

    /// The root of a rising function of the log odds ratio, as an odds ratio.
    private func solved(_ excess: (Double) -> Double) throws(EstimateError) -> Double {
        var (low, high) = (-1.0, 1.0)
        while excess(low) > 0 {
            low *= 2
            guard low > -700 else { throw .overflow }
        }
        while excess(high) < 0 {
            high *= 2
            guard high < 700 else { throw .overflow }
        }
        while true {
            let middle = low + (high - low) / 2
            guard middle > low, middle < high, high - low > 1e-15 else { return exp(middle) }
            if excess(middle) < 0 { low = middle } else { high = middle }
        }
    }

    /// The mean, and the shares at most and at least the count seen, by the masses around the mode that matter.
    private func moments(_ logOdds: Double) -> (mean: Double, atMost: Double, atLeast: Double) {
        let odds = exp(logOdds)
        let mode = mode(odds)
        // About the mode, so that sums of large counts lose nothing.
        var (weight, drift, below, above) = (1.0, 0.0, 0.0, 0.0)
        if mode <= seen { below += 1 }
        if mode >= seen { above += 1 }
        var mass = 1.0
        for count in stride(from: mode, to: law.support.upperBound, by: 1) {
            mass *= ratio(count) * odds
            if mass < 1e-18 * weight { break }
            weight += mass
            drift += mass * Double(count + 1 - mode)
            if count + 1 <= seen { below += mass }
            if count + 1 >= seen { above += mass }
        }
        mass = 1.0
        for count in stride(from: mode - 1, through: law.support.lowerBound, by: -1) {
            mass /= ratio(count) * odds
            if mass < 1e-18 * weight { break }
            weight += mass
            drift += mass * Double(count - mode)
            if count <= seen { below += mass }
            if count >= seen { above += mass }
        }
        return (Double(mode) + drift / weight, below / weight, above / weight)
    }

    /// P(X = k + 1) over P(X = k) at odds 1.
    private func ratio(_ count: Int) -> Double {
        let up = Double(law.successes - count) * Double(law.draws - count)
        let rest = law.population - law.successes - law.draws + count + 1
        return up / (Double(count + 1) * Double(rest))
    }

    /// The most probable count: the last one that is not less probable than the one below it.
    private func mode(_ odds: Double) -> Int {
        var (low, high) = (law.support.lowerBound, law.support.upperBound)
        while low < high {
            let middle = low + (high - low) / 2
            if ratio(middle) * odds >= 1 { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
