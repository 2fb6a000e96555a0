/// The Kolmogorov–Smirnov distance of two paired samples, with the chance of it where the arms are exchangeable within
/// each unit.
///
/// The two-sample test takes its samples for independent. Answers of two arms to the same requests are not, and
/// requests of one user are not either: so both arms' values of a unit change places together, at random. Exact over
/// all exchanges with up to 12 units whose arms differ; beyond, seeded random ones with p = (b + 1) / (resamples + 1).
/// No unit whose arms differ: p = 1. Two-sided; the statistic is the largest distance of the cumulative curves.
///
/// - Parameters:
///   - baseline: One value a pair.
///   - candidate: The values of the same pairs, in the same order.
///   - units: What each pair belongs to, a user for instance; nil: every pair is a unit of its own.
///   - resamples: At least 100; not used where the test is exact.
/// - Throws: `EstimateError.tooFew` for no pairs, `.unequalLengths`, `.notFinite`, `.invalidParameter`.
/// - Complexity: O(n log n + resamples · n).
///
/// E. L. Lehmann, J. P. Romano, Testing Statistical Hypotheses, 3rd ed. (2005), section 15.2; B. Phipson, G. K. Smyth,
/// Stat. Appl. Genet. Mol. Biol. 9 (2010) 39.
public func pairedKolmogorovSmirnov(
    baseline: [Double], candidate: [Double], units: [Int]? = nil, resamples: Int = 2_000, seed: UInt64
) throws(EstimateError) -> TestResult {
    guard baseline.count == candidate.count else {
        throw .unequalLengths(baseline.count, candidate.count, of: "baseline and candidate")
    }
    if let units, units.count != baseline.count {
        throw .unequalLengths(baseline.count, units.count, of: "pairs and units")
    }
    try requireCount(baseline.count, atLeast: 1, "pairs")
    try requireFinite(baseline, "baseline value")
    try requireFinite(candidate, "candidate value")
    guard resamples >= 100 else { throw .invalidParameter("resamples", must: "be at least 100") }
    let curves = ExchangedCurves(baseline, candidate, units: units)
    let pairs = Double(baseline.count)
    let seen = curves.gap(exchanged: [Bool](repeating: false, count: curves.unitCount))
    let name = "Kolmogorov–Smirnov of pairs"
    guard curves.unitCount > 0 else {
        return try TestResult(pValue: 1, statistic: 0, method: name + ", no difference")
    }
    if curves.unitCount <= 12 {
        let patterns = 1 << curves.unitCount
        var found = 0
        for pattern in 0..<patterns {
            var exchanged = [Bool](repeating: false, count: curves.unitCount)
            for unit in exchanged.indices { exchanged[unit] = (pattern >> unit) & 1 == 1 }
            if curves.gap(exchanged: exchanged) >= seen { found += 1 }
        }
        return try TestResult(
            pValue: Double(found) / Double(patterns), statistic: Double(seen) / pairs,
            method: name + ", all exchanges of arms within \(curves.unitCount) units")
    }
    var found = 0
    var exchanged = [Bool](repeating: false, count: curves.unitCount)
    for resample in 0..<resamples {
        var stream = RandomStream(seed: seed, stream: UInt64(resample))
        var word: UInt64 = 0
        for unit in exchanged.indices {
            if unit % 64 == 0 { word = stream.next() }
            exchanged[unit] = word & 1 == 1
            word >>= 1
        }
        if curves.gap(exchanged: exchanged) >= seen { found += 1 }
    }
    return try TestResult(
        pValue: Double(found + 1) / Double(resamples + 1), statistic: Double(seen) / pairs,
        method: name + ", exchanges of arms within \(grouped(curves.unitCount)) units, "
            + "\(grouped(resamples)) resamples, seed \(seed)")
}

/// Values of both arms in order, each with the unit whose exchange turns it around.
private struct ExchangedCurves {
    private struct Step {
        let unit: Int32
        /// +1 for the candidate's value, −1 for the baseline's.
        let side: Int32
        /// Whether the next value is another one.
        var isLast: Bool
    }

    /// Units in which the arms differ anywhere.
    let unitCount: Int
    private let steps: [Step]

    init(_ baseline: [Double], _ candidate: [Double], units: [Int]?) {
        var numbers: [Int: Int32] = [:]
        var values: [(value: Double, unit: Int32, side: Int32)] = []
        // Equal values of a pair cancel whichever way they stand.
        for pair in baseline.indices where baseline[pair] != candidate[pair] {
            let unit = units?[pair] ?? pair
            let number = numbers[unit] ?? Int32(numbers.count)
            numbers[unit] = number
            values.append((baseline[pair], number, -1))
            values.append((candidate[pair], number, 1))
        }
        values.sort { $0.value < $1.value }
        var steps: [Step] = []
        steps.reserveCapacity(values.count)
        for (index, item) in values.enumerated() {
            let isLast = index + 1 == values.count || values[index + 1].value != item.value
            steps.append(Step(unit: item.unit, side: item.side, isLast: isLast))
        }
        self.steps = steps
        unitCount = numbers.count
    }

    /// The largest distance of the curves, in pairs.
    func gap(exchanged: [Bool]) -> Int {
        var gap: Int32 = 0
        var largest: Int32 = 0
        for step in steps {
            gap += exchanged[Int(step.unit)] ? -step.side : step.side
            if step.isLast { largest = max(largest, abs(gap)) }
        }
        return Int(largest)
    }
}
