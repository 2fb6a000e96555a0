import Glibc

/// How much of the false-alarm rate may be spent by the time a share of the information is in.
///
/// A spending function is fixed before the first look; the number and the times of the looks need not be, as
/// long as they are not chosen by what was seen.
///
/// K. K. G. Lan, D. L. DeMets, Biometrika 70 (1983) 659–663; K. Kim, D. L. DeMets, Biometrika 74 (1987)
/// 149–154 (the power family); C. Jennison, B. W. Turnbull, Group Sequential Methods (2000), chapter 7.
public enum AlphaSpending: Sendable, Hashable {
    /// 2(1 − Φ(z₁₋α⁄₂ / √t)): nearly nothing early, so that the last look costs little.
    case obrienFleming
    /// α ln(1 + (e − 1)t): nearly the same bound at every look.
    case pocock
    /// α tᵏ, k > 0: 1 lies near Pocock, 3 near O'Brien–Fleming.
    case power(Double)

    /// α spent by the time a share t of the information is in; all of it from t = 1 on.
    ///
    /// - Parameters:
    ///   - information: t, 0 or above.
    ///   - alpha: In `(0, 1)`, of one side.
    /// - Throws: `EstimateError.invalidParameter`.
    public func spent(atInformation information: Double, alpha: Double) throws(EstimateError) -> Double {
        guard information >= 0 else { throw .invalidParameter("information", must: "be 0 or above") }
        try requireProbability(alpha, "alpha")
        try check()
        if information == 0 { return 0 }
        if information >= 1 { return alpha }
        switch self {
        case .obrienFleming:
            let z = try -Normal.quantile(alpha / 2)
            return try 2 * Normal.survival(z / information.squareRoot())
        case .pocock: return alpha * log1p((M_E - 1) * information)
        case .power(let exponent): return alpha * pow(information, exponent)
        }
    }

    func check() throws(EstimateError) {
        if case .power(let exponent) = self, !(exponent > 0 && exponent.isFinite) {
            throw .invalidParameter("the exponent of the power family", must: "be positive and finite")
        }
    }
}

extension AlphaSpending: Codable {
    private enum CodingKeys: CodingKey {
        case function
        case exponent
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(String.self, forKey: .function) {
        case "obrien-fleming": self = .obrienFleming
        case "pocock": self = .pocock
        case "power": self = .power(try container.decode(Double.self, forKey: .exponent))
        default:
            throw EstimateError.invalidParameter(
                "function", must: "be 'obrien-fleming', 'pocock' or 'power'")
        }
        try check()
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .obrienFleming: try container.encode("obrien-fleming", forKey: .function)
        case .pocock: try container.encode("pocock", forKey: .function)
        case .power(let exponent):
            try container.encode("power", forKey: .function)
            try container.encode(exponent, forKey: .exponent)
        }
    }
}
