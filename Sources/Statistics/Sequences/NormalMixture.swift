import Glibc

/// The boundary of an asymptotic confidence sequence: how far a standardised sum may stray, at every time
/// together.
///
/// Against a sum S with mean 0 whose variance so far is t, and λ drawn from N(0, ρ²), the mixture of exp(λS −
/// λ²t/2) is a martingale with mean 1 for Brownian motion. One-sided, λ is drawn from the positive half
/// alone. With v = tρ² + 1 and u = z·√((v − 1)/v), where z = S/√t:
///
///     two-sided  E = exp(u²/2) / √v          one-sided  E = 2 Φ(u) exp(u²/2) / √v
///
/// P(E ever ≥ 1/α) ≤ α (Ville). The boundary is the z at which E = 1/α: in closed form two-sided, by Newton's
/// method one-sided, which is never wider than the published bound u² = 2 ln(1 + √v / 2α).
///
/// ρ decides *when* the boundary is tightest, not whether it holds: it is fixed before the first observation.
///
/// I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy, A. Ramdas, Annals of Statistics 52 (2024) 2613–2640,
/// arXiv 2103.06476; H. Robbins, Annals of Mathematical Statistics 41 (1970) 1397–1409.
public struct NormalMixture: Sendable, Hashable {
    /// ρ, per square root of a unit of information: with t observations, `t·ρ²` is what counts.
    public let rho: Double

    /// - Throws: `EstimateError.invalidParameter` unless it is positive, and its square neither vanishes nor
    ///   overflows.
    public init(rho: Double) throws(EstimateError) {
        guard rho > 1e-150, rho < 1e150 else {
            throw .invalidParameter("rho", must: "be positive and finite")
        }
        self.rho = rho
    }

    /// The mixture whose boundary at level `alpha` is tightest at the stated information.
    ///
    /// The optimum is flat: at α = .05 the boundary is 30 % wider than its least, in standard errors, at a
    /// tenth of that information, and 8 % wider at ten times as much.
    ///
    /// - Parameters:
    ///   - information: Observations of one mean; for a difference of two arms, n₁n₀/(n₁ + n₀).
    ///   - alpha: The level of one side where `sides` is `.one`, of both together where it is `.two`.
    /// - Throws: `EstimateError.invalidParameter`.
    public init(
        tunedTo information: Double, alpha: Double, sides: TestSides = .one
    ) throws(EstimateError) {
        guard information > 0, information.isFinite else {
            throw .invalidParameter("the information that is tuned to", must: "be positive and finite")
        }
        try requireProbability(alpha, "alpha")
        let v = sides == .one ? Self.oneSidedOptimum(alpha) : Self.twoSidedOptimum(alpha)
        try self.init(rho: ((v - 1) / information).squareRoot())
    }

    /// The largest |z| that is no evidence yet, in standard errors.
    ///
    /// - Parameter information: What is in so far, above 0.
    /// - Throws: `EstimateError.invalidParameter`.
    public func reach(
        information: Double, alpha: Double, sides: TestSides = .one
    ) throws(EstimateError) -> Double {
        try requireProbability(alpha, "alpha")
        let v = try inflated(information)
        let u =
            switch sides {
            case .one: Self.oneSidedRoot(log(v) / 2 - log(2 * alpha))
            case .two: (log(v) - 2 * log(alpha)).squareRoot()
            }
        return try answered(u * (v / (v - 1)).squareRoot())
    }

    /// ln E: the evidence that a standardised sum gives against its mean being 0.
    ///
    /// - Parameters:
    ///   - z: The sum over its standard deviation.
    ///   - alternative: `.greater` claims a mean above 0.
    /// - Throws: `EstimateError.invalidParameter`, `.notFinite`.
    public func logEValue(
        z: Double, information: Double, alternative: Alternative
    ) throws(EstimateError) -> Double {
        guard z.isFinite else { throw .notFinite(index: 0, of: "z") }
        let v = try inflated(information)
        let u = z * ((v - 1) / v).squareRoot()
        switch alternative {
        case .twoSided: return u * u / 2 - log(v) / 2
        case .greater: return Self.logOneSided(u) - log(v) / 2
        case .less: return Self.logOneSided(-u) - log(v) / 2
        }
    }

    /// v = tρ² + 1; more than 1 even where the information is a hair.
    private func inflated(_ information: Double) throws(EstimateError) -> Double {
        let share = information * rho * rho
        guard information > 0, share.isFinite, share > 1e-12 else {
            throw .invalidParameter(
                "information", must: "be positive, finite, and not negligible beside 1/rho²")
        }
        return 1 + share
    }

    /// ln(2 Φ(u)) + u²/2.
    private static func logOneSided(_ u: Double) -> Double {
        guard u < -36 else { return u * u / 2 + log(erfc(-u / 2.0.squareRoot())) }
        // The tail's asymptotic series; both large terms cancel.
        let w = 1 / (u * u)
        let series = 1 - w * (1 - w * (3 - w * (15 - 105 * w)))
        return log(2 * series / (-u * (2 * Double.pi).squareRoot()))
    }

    /// The u ≥ 0 with u²/2 + ln Φ(u) = `level`; convex, so that Newton's steps from above never overshoot.
    private static func oneSidedRoot(_ level: Double) -> Double {
        var u = (2 * log1p(exp(level))).squareRoot()
        for _ in 0..<60 {
            let cumulative = erfc(-u / 2.0.squareRoot()) / 2
            let step = (u * u / 2 + log(cumulative) - level) / (u + density(u) / cumulative)
            u -= step
            if abs(step) < 1e-15 * (1 + u) { break }
        }
        return max(u, 0)
    }

    private static func density(_ u: Double) -> Double { exp(-u * u / 2) / (2 * Double.pi).squareRoot() }

    /// The v that minimises v/(v − 1)·(ln v − 2 ln α): v − ln v = 1 − 2 ln α.
    private static func twoSidedOptimum(_ alpha: Double) -> Double {
        let level = 1 - 2 * log(alpha)
        var v = level + log(level)
        for _ in 0..<60 {
            let step = (v - log(v) - level) / (1 - 1 / v)
            v -= step
            if abs(step) < 1e-15 * v { break }
        }
        return v
    }

    /// The v that minimises v/(v − 1)·u(v)²: there v − 1 = u(u + φ(u)/Φ(u)).
    private static func oneSidedOptimum(_ alpha: Double) -> Double {
        func inflation(_ u: Double) -> Double {
            1 + u * u + u * density(u) / (erfc(-u / 2.0.squareRoot()) / 2)
        }
        var low = 0.0
        var high = 1.0
        func isAbove(_ u: Double) -> Bool {
            logOneSided(u) - log(inflation(u)) / 2 + log(alpha) >= 0
        }
        while !isAbove(high) { high *= 2 }
        while high - low > 1e-14 * high {
            let middle = (low + high) / 2
            if middle <= low || middle >= high { break }
            if isAbove(middle) { high = middle } else { low = middle }
        }
        return inflation(high)
    }
}

extension NormalMixture: Codable {
    private enum CodingKeys: CodingKey {
        case rho
    }

    public init(from decoder: any Decoder) throws {
        try self.init(rho: decoder.container(keyedBy: CodingKeys.self).decode(Double.self, forKey: .rho))
    }
}

/// Whether a boundary guards one side or both.
public enum TestSides: String, Sendable, Hashable, Codable, CaseIterable {
    case one
    case two
}
