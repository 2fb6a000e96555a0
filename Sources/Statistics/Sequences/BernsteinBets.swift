import Glibc

/// The sums behind an empirical-Bernstein confidence sequence: a bet on each step, sized by the past alone.
///
/// For a step y with |y| ≤ 1 around whatever the past suggested, and 0 ≤ λ < 1,
///
///     exp(λy − y²ψ(λ)) ≤ 1 + λy ,   ψ(λ) = −ln(1 − λ) − λ
///
/// so that exp(Σλ(x − hμ) − Σ y²ψ(λ)) is a supermartingale when the mean of x, given the past, is hμ (h is 1
/// for a plain mean). λ is `√(2 ln(1/α) / (V ln(1 + t)))`, at most a half, with V the squared deviations so
/// far: near what is best for a variance that stays as it was.
///
/// Sums of several streams add: each stream's λ is fixed by its own past, and so by that of all.
///
/// I. Waudby-Smith, A. Ramdas, JRSS B 86 (2024) 1–27, arXiv 2010.09686, theorem 2; X. Fan, I. Grama, Q. Liu,
/// EJP 20 (2015) 1–22, lemma 4.1 (the inequality).
struct BernsteinBets: Sendable, Hashable {
    /// Steps.
    private(set) var count = 0
    /// Σ λx.
    private(set) var stakes = 0.0
    /// Σ λh.
    private(set) var exposure = 0.0
    /// Σ y²ψ(λ).
    private(set) var penalty = 0.0

    init() {}

    /// - Parameters:
    ///   - value: x.
    ///   - deviation: y, x less what the past suggested.
    ///   - weight: h.
    ///   - spread: V: the squared deviations so far, never 0, by the past alone.
    ///   - level: ln(1/α).
    @inline(__always)
    mutating func add(value: Double, deviation: Double, weight: Double, spread: Double, level: Double) {
        count += 1
        let ideal = (2 * level / (spread * log1p(Double(count)))).squareRoot()
        let bet = min(ideal, 0.5)
        stakes += bet * value
        exposure += bet * weight
        penalty += deviation * deviation * (-log1p(-bet) - bet)
    }

    mutating func merge(_ other: BernsteinBets) {
        count += other.count
        stakes += other.stakes
        exposure += other.exposure
        penalty += other.penalty
    }

    /// The middle of the interval, and how far either bound lies from it.
    func interval(level: Double) throws(EstimateError) -> (middle: Double, reach: Double) {
        let middle = stakes / exposure
        let reach = (level + penalty) / exposure
        guard middle.isFinite, reach.isFinite else { throw .overflow }
        return (middle, reach)
    }

    /// ln E against a mean of at most `null` (`sign` 1) or at least `null` (`sign` −1).
    func logEValue(against null: Double, sign: Double) -> Double {
        sign * (stakes - null * exposure) - penalty
    }
}

extension BernsteinBets: Codable {
    private enum CodingKeys: CodingKey {
        case count
        case stakes
        case exposure
        case penalty
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        count = try container.decode(Int.self, forKey: .count)
        stakes = try container.decode(Double.self, forKey: .stakes)
        exposure = try container.decode(Double.self, forKey: .exposure)
        penalty = try container.decode(Double.self, forKey: .penalty)
        try requireCounts(count, of: 1 << 52, "observations")
        guard stakes.isFinite, exposure >= 0, exposure.isFinite, penalty >= 0, penalty.isFinite else {
            throw EstimateError.invalidParameter("the sums", must: "be finite, and 0 or above")
        }
    }
}
