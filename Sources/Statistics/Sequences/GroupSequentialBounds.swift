import Glibc

/// The bounds of a test with scheduled looks: at each look a standardised statistic stops it, or it goes on.
///
/// **α is that of one side** throughout: a symmetric two-sided test of total level .05 has α = .025, and its
/// upper bound counts only paths that did not cross the lower one before.
///
/// C. Jennison, B. W. Turnbull, Group Sequential Methods (2000).
public struct GroupSequentialBounds: Sendable, Hashable {
    /// Of each look, ascending; only ratios matter for the bounds.
    public let information: [Double]
    /// A statistic at or above stops the test; nil where no value does.
    public let upper: [Double?]
    /// A statistic at or below stops the test; nil where no value does.
    public let lower: [Double?]

    /// Bounds as they are given, for example |z| > 1.96 at each of 100 looks.
    ///
    /// - Parameters:
    ///   - upper: One a look.
    ///   - lower: One a look; nil where there are none.
    /// - Throws: `EstimateError.tooFew` for no look, `.unequalLengths`, `.notFinite`, `.invalidParameter`
    ///   unless the information rises by a millionth at least and each lower bound lies at or below the upper
    ///   one.
    public init(information: [Double], upper: [Double?], lower: [Double?]? = nil) throws(EstimateError) {
        try Self.check(information)
        let lower = lower ?? Array(repeating: nil, count: information.count)
        guard upper.count == information.count else {
            throw .unequalLengths(information.count, upper.count)
        }
        guard lower.count == information.count else {
            throw .unequalLengths(information.count, lower.count)
        }
        for index in upper.indices {
            guard upper[index]?.isFinite ?? true else { throw .notFinite(index: index, of: "upper") }
            guard lower[index]?.isFinite ?? true else { throw .notFinite(index: index, of: "lower") }
            guard lower[index] ?? -.infinity <= upper[index] ?? .infinity else {
                throw .invalidParameter("lower", must: "lie at or below upper")
            }
        }
        self.information = information
        self.upper = upper
        self.lower = lower
    }

    /// Lan–DeMets bounds: each look spends what its share of the information allows.
    ///
    /// Where less than 1e-15 may be spent there is no bound, and the look leaves it to the next one.
    ///
    /// - Parameters:
    ///   - information: Of each look, ascending; the last is all of it.
    ///   - sides: `.two` mirrors the upper bound.
    /// - Throws: `EstimateError.tooFew`, `.invalidParameter`.
    /// - Complexity: O(looks), some 0.1 ms each.
    public static func spending(
        _ function: AlphaSpending, alpha: Double, information: [Double], sides: TestSides = .one
    ) throws(EstimateError) -> GroupSequentialBounds {
        try check(information)
        let all = information[information.count - 1]
        var paths = LookRecursion(drift: 0)
        var upper: [Double?] = []
        var spent = 0.0
        for level in information {
            try paths.look(at: level)
            let target = try function.spent(atInformation: level / all, alpha: alpha)
            let bound = target - spent < leastSpent ? nil : paths.upperBound(spending: target - spent)
            if bound != nil { spent = target }
            upper.append(bound)
            paths.goOn(from: sides == .two ? bound.map(-) : nil, to: bound)
        }
        return try GroupSequentialBounds(
            information: information, upper: upper, lower: sides == .two ? upper.map { $0.map(-) } : nil)
    }

    /// The bounds C·tᵏ^(Δ − 1/2): Δ = 0 is O'Brien and Fleming's test itself, 1/2 is Pocock's.
    ///
    /// C is found so that the level is exact at these looks; they must then take place as planned.
    ///
    /// - Parameters:
    ///   - shape: Δ, at most 1/2 by custom; in `-2...2` here.
    ///   - information: Of each look, ascending; the last is all of it.
    /// - Throws: `EstimateError.tooFew`, `.invalidParameter`.
    ///
    /// S. K. Wang, A. A. Tsiatis, Biometrics 43 (1987) 193–199; P. C. O'Brien, T. R. Fleming, Biometrics 35
    /// (1979) 549–556; S. J. Pocock, Biometrika 64 (1977) 191–199.
    public static func wangTsiatis(
        shape: Double, alpha: Double, information: [Double], sides: TestSides = .one
    ) throws(EstimateError) -> GroupSequentialBounds {
        try check(information)
        guard shape >= -2, shape <= 2 else { throw .invalidParameter("shape", must: "lie in -2...2") }
        guard alpha > 0, alpha < 0.5 else { throw .invalidParameter("alpha", must: "lie between 0 and 0.5") }
        let all = information[information.count - 1]
        let factors = information.map { pow($0 / all, shape - 0.5) }
        func bounds(_ constant: Double) throws(EstimateError) -> GroupSequentialBounds {
            let upper: [Double?] = factors.map { constant * $0 }
            return try GroupSequentialBounds(
                information: information, upper: upper,
                lower: sides == .two ? upper.map { $0.map(-) } : nil)
        }
        // The constant lies between one look's and what Bonferroni allows at the lowest bound.
        let fewest = try Normal.quantile(1 - alpha)
        let most = try -Normal.quantile(alpha / Double(information.count)) / (factors.min() ?? 1)
        let constant = try rootOfFalling(from: fewest, to: most * (1 + 1e-9), at: alpha) {
            (constant) throws(EstimateError) in try bounds(constant).power(drift: 0)
        }
        return try bounds(constant)
    }

    /// Less than this is not worth a bound.
    static let leastSpent = 1e-15

    private static func check(_ information: [Double]) throws(EstimateError) {
        try requireCount(information.count, atLeast: 1, "looks")
        try requireFinite(information, "information")
        var before = 0.0
        for level in information {
            guard level > 0, level >= before * (1 + 1e-6) else {
                throw .invalidParameter(
                    "information", must: "be positive, and rise by a millionth at each look")
            }
            before = level
        }
    }
}

extension GroupSequentialBounds: Codable {
    private enum CodingKeys: CodingKey {
        case information
        case upper
        case lower
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            information: container.decode([Double].self, forKey: .information),
            upper: container.decode([Double?].self, forKey: .upper),
            lower: container.decode([Double?].self, forKey: .lower))
    }
}

/// The argument at which a falling function takes a value: regula falsi (Illinois) on the logarithm.
func rootOfFalling(
    from start: Double, to end: Double, at target: Double,
    _ function: (Double) throws(EstimateError) -> Double
) throws(EstimateError) -> Double {
    var low = start
    var high = end
    var above = try log(function(low) / target)
    if above <= 0 { return low }
    var below = try log(function(high) / target)
    if below >= 0 { return high }
    var lastSide = 0
    for _ in 0..<200 {
        let weight = above / (above - below)
        var middle = low + (high - low) * weight
        if !(middle > low && middle < high) { middle = (low + high) / 2 }
        let value = try log(function(middle) / target)
        if abs(value) < 1e-13 || high - low < 1e-13 * (1 + abs(high)) { return middle }
        if value > 0 {
            low = middle
            above = value
            if lastSide == 1 { below /= 2 }
            lastSide = 1
        } else {
            high = middle
            below = value
            if lastSide == -1 { above /= 2 }
            lastSide = -1
        }
    }
    return (low + high) / 2
}
