/// How the distance between two mixes of categories is measured.
public enum CategoryMeasure: String, Sendable, Hashable, Codable, CaseIterable {
    /// KL(window ‖ reference), smoothed by ½ a category.
    case kl
    /// The population stability index, smoothed by ½ a category.
    case psi
    /// The Jensen–Shannon distance, smoothed by ½ a category.
    case jensenShannon = "js"
    /// Pearson's χ² of two samples; its effect is Cohen's w, √Σ (p − q)² / q over smoothed shares.
    case chiSquared = "chi-squared"

    /// The effect that matters by default: a PSI of .1, the field's usual mark, and what it is in the other
    /// measures where shares differ little (KL ≈ PSI / 2, JS ≈ PSI / 8, w² ≈ PSI).
    public var usualFloor: Double {
        switch self {
        case .kl: 0.05
        case .psi: 0.1
        case .jensenShannon: 0.112
        case .chiSquared: 0.316
        }
    }
}

/// Whether the mix of categories in a window differs from that of its reference.
///
/// Both mixes are estimates, so the null of KL is 2 · nm/(n + m) · KL ~ χ²(B − 1), of PSI nm/(n + m) · PSI, of
/// the JS divergence 8 · nm/(n + m) · JS, each in nats; B counts the categories that occur at all, since one
/// that is empty on both sides tells nothing. That law is used where every expected count is at least 5 for
/// Pearson's χ², and at least 50 for the others, whose tails are off by a third at 10 and skewed samples;
/// below that the labels are shuffled, p = (b + 1) / (resamples + 1).
///
/// - Parameters:
///   - reference: Counts of each category of a fixed universe, its last for instance `unseen`.
///   - window: Counts of the same categories.
///   - unit: Of KL and JS as they are shown.
///   - floor: The least effect that matters, in the measure's unit; nil: `measure.usualFloor`.
///   - resamples: 100 to 1,000,000.
///   - seed: The shuffles are a function of (seed, resample) alone.
/// - Throws: `EstimateError.unequalLengths`, `.tooFew` for fewer than 2 categories or an empty side,
///   `.invalidCounts`, `.invalidParameter`.
/// - Complexity: O(B), with shuffles O(resamples · B · deviation of a count): some 20 ms.
///
/// S. Kullback, Information Theory and Statistics (1959), chapter 6; B. Yurdakul, J. Naranjo, J. Risk Model
/// Validation 14(4) (2020) 89–100; W. G. Cochran, Biometrics 10 (1954) 417–451 for the 5.
public func categoryDrift(
    reference: [Int], window: [Int], measure: CategoryMeasure, unit: InformationUnit = .nats,
    alpha: Double = 0.01, floor: Double? = nil, resamples: Int = 2_000, seed: UInt64 = 0
) throws(EstimateError) -> DriftResult {
    guard reference.count == window.count else { throw .unequalLengths(reference.count, window.count) }
    let n = try total(of: reference, "reference")
    let m = try total(of: window, "window")
    try requireResamples(resamples)
    let usual = measure.usualFloor
    let scaled = measure == .kl ? usual * unit.perNat : usual * unit.perNat.squareRoot()
    let isInformation = measure == .kl || measure == .jensenShannon
    return try DriftResult(
        measure: words(measure, unit),
        effect: effect(measure, smoothed(window, total: m), smoothed(reference, total: n), unit),
        floor: floor ?? (isInformation ? scaled : usual),
        test: nullTest(reference, window, measure, resamples: resamples, seed: seed),
        alpha: alpha, reference: n, window: m)
}

/// The same of counts over a fixed universe: what lies outside it, `unseen`, is a category of its own.
///
/// - Throws: As above; `EstimateError.invalidParameter` for two universes.
public func categoryDrift(
    reference: CategoryCounts, window: CategoryCounts, measure: CategoryMeasure,
    unit: InformationUnit = .nats, alpha: Double = 0.01, floor: Double? = nil, resamples: Int = 2_000,
    seed: UInt64 = 0
) throws(EstimateError) -> DriftResult {
    guard reference.universe == window.universe else {
        throw .invalidParameter("universe", must: "be the same in both")
    }
    return try categoryDrift(
        reference: reference.counts + [reference.unseen], window: window.counts + [window.unseen],
        measure: measure, unit: unit, alpha: alpha, floor: floor, resamples: resamples, seed: seed)
}

private func words(_ measure: CategoryMeasure, _ unit: InformationUnit) -> String {
    switch measure {
    case .kl: "KL(window ‖ reference), \(unit.rawValue)"
    case .psi: "PSI"
    case .jensenShannon: "Jensen–Shannon distance, \(unit.rawValue)"
    case .chiSquared: "Cohen's w"
    }
}

private func effect(
    _ measure: CategoryMeasure, _ p: [Double], _ q: [Double], _ unit: InformationUnit
) -> Double {
    switch measure {
    case .kl: return uncheckedKL(p, q) * unit.perNat
    case .psi: return uncheckedPSI(p, q)
    case .jensenShannon: return (uncheckedJS(p, q) * unit.perNat).squareRoot()
    case .chiSquared:
        var sum = 0.0
        for index in p.indices { sum += (p[index] - q[index]) * (p[index] - q[index]) / q[index] }
        return sum.squareRoot()
    }
}

private func nullTest(
    _ reference: [Int], _ window: [Int], _ measure: CategoryMeasure, resamples: Int, seed: UInt64
) throws(EstimateError) -> TestResult {
    let occupied = reference.indices.filter { reference[$0] > 0 || window[$0] > 0 }
    guard occupied.count >= 2 else { return try TestResult(pValue: 1, method: "one category alone") }
    let statistic = MixStatistic(
        measure, reference: occupied.map { reference[$0] }, window: occupied.map { window[$0] })
    if measure == .chiSquared, statistic.leastExpected >= 5 {
        let rows = [occupied.map { reference[$0] }, occupied.map { window[$0] }]
        return try chiSquaredIndependenceTest(rows).test
    }
    let degrees = Double(occupied.count - 1)
    let seen = statistic(statistic.window)
    if measure != .chiSquared, statistic.leastExpected >= 50 {
        let law = try ChiSquared(degreesOfFreedom: degrees)
        return try TestResult(
            pValue: min(1, law.survival(seen)), statistic: seen, degreesOfFreedom: degrees,
            method: "χ² of \(measure.rawValue), estimated shares on both sides")
    }
    let shuffle = LabelShuffle(pooled: statistic.pooled)
    var drawn = statistic.window
    var extreme = 0
    for resample in 0..<resamples {
        var stream = RandomStream(seed: seed, stream: UInt64(resample))
        try shuffle.draw(size: statistic.m, into: &drawn, &stream)
        if statistic(drawn) >= seen - 1e-10 * (1 + seen) { extreme += 1 }
    }
    return try TestResult(
        pValue: Double(extreme + 1) / Double(resamples + 1), statistic: seen,
        method: "permutation of \(measure.rawValue), \(grouped(resamples)) resamples, seed \(seed)")
}

/// A measure scaled to be nearly χ² of B − 1 degrees, as a function of the window's share of pooled counts.
private struct MixStatistic {
    let measure: CategoryMeasure
    let pooled: [Int]
    let window: [Int]
    let n: Int
    let m: Int

    init(_ measure: CategoryMeasure, reference: [Int], window: [Int]) {
        self.measure = measure
        self.window = window
        pooled = zip(reference, window).map { $0 + $1 }
        n = reference.reduce(0, +)
        m = window.reduce(0, +)
    }

    var leastExpected: Double {
        Double(pooled.min() ?? 0) * Double(min(n, m)) / Double(n + m)
    }

    func callAsFunction(_ window: [Int]) -> Double {
        let (first, second) = (Double(n), Double(m))
        let factor = first * second / (first + second)
        if measure == .chiSquared {
            var sum = 0.0
            for index in pooled.indices {
                let share = Double(window[index]) / second - Double(pooled[index] - window[index]) / first
                sum += share * share / (Double(pooled[index]) / (first + second))
            }
            return factor * sum
        }
        var reference = pooled
        for index in pooled.indices { reference[index] -= window[index] }
        let p = smoothed(window, total: m)
        let q = smoothed(reference, total: n)
        switch measure {
        case .kl: return 2 * factor * uncheckedKL(p, q)
        case .psi: return factor * uncheckedPSI(p, q)
        case .jensenShannon, .chiSquared: return 8 * factor * uncheckedJS(p, q)
        }
    }
}
