import Glibc

/// A test with scheduled looks that is planned for a power: its bounds, and how much information it needs.
///
/// Everything is relative to the fixed test of the same level and power, whose drift is z₁₋α + z_power: an
/// inflation of 1.05 means 5 % more observations at most.
///
/// C. Jennison, B. W. Turnbull, Group Sequential Methods (2000), chapters 2, 4 and 7.
public struct GroupSequentialDesign: Sendable, Hashable, Codable {
    public let bounds: GroupSequentialBounds
    /// Of one side.
    public let alpha: Double
    public let power: Double
    /// θ√I at the last look for which the power holds.
    public let drift: Double

    /// The design that stops for an effect only.
    ///
    /// - Throws: `EstimateError.invalidParameter` unless the power exceeds the level.
    public init(bounds: GroupSequentialBounds, power: Double) throws(EstimateError) {
        let unit = bounds.information[bounds.information.count - 1].squareRoot()
        self.bounds = bounds
        self.power = power
        alpha = try bounds.power(drift: 0)
        drift = try bounds.drift(power: power) * unit
    }

    /// The one-sided design that also stops where the effect is no longer to be expected: the lower bound
    /// spends β, the chance of missing it, as the upper one spends α, and both meet at the last look.
    ///
    /// The lower bound binds: who goes on below it has a higher level than α.
    ///
    /// - Parameters:
    ///   - information: Of each look, ascending; the last is all of it.
    ///   - power: 1 − β, with α + β below 1.
    /// - Throws: `EstimateError.invalidParameter`, `.tooFew`, `.overflow` where no information makes both
    ///   bounds meet.
    public init(
        alpha: Double, power: Double, spending: AlphaSpending, futility: AlphaSpending, information: [Double]
    ) throws(EstimateError) {
        try requireProbability(alpha, "alpha")
        try requireProbability(power, "power")
        guard alpha < power else { throw .invalidParameter("power", must: "exceed alpha") }
        let fixed = try Self.fixedDrift(alpha: alpha, power: power)
        func meeting(_ drift: Double) throws(EstimateError) -> Meeting {
            try Self.meeting(alpha, 1 - power, spending, futility, information, drift)
        }
        // The looks cost information, so the drift is that of the fixed test or more.
        var low = fixed
        var high = fixed * 1.05
        while try meeting(high).gap < 0 {
            low = high
            high *= 1.1
            guard high < 100 * fixed else { throw .overflow }
        }
        for _ in 0..<60 where high - low > 1e-12 * high {
            let middle = (low + high) / 2
            if try meeting(middle).gap < 0 { low = middle } else { high = middle }
        }
        let found = try meeting(high)
        // Both bounds meet at the last look.
        var lower = found.lower
        lower[lower.count - 1] = found.upper[found.upper.count - 1]
        bounds = try GroupSequentialBounds(information: information, upper: found.upper, lower: lower)
        self.alpha = alpha
        self.power = power
        drift = high
    }

    /// The information of the last look, relative to the fixed test.
    public func inflation() throws(EstimateError) -> Double {
        let ratio = try drift / Self.fixedDrift(alpha: alpha, power: power)
        return ratio * ratio
    }

    /// The information at which the test stops on average, relative to the fixed test.
    ///
    /// - Parameter multiple: Of the effect that is planned for: 0 for none, 1 for it.
    public func expectedInformation(atMultiple multiple: Double) throws(EstimateError) -> Double {
        let all = bounds.information[bounds.information.count - 1]
        let expected = try bounds.expectedInformation(drift: multiple * drift / all.squareRoot())
        return try inflation() * expected / all
    }

    private static func fixedDrift(alpha: Double, power: Double) throws(EstimateError) -> Double {
        try Normal.quantile(power) - Normal.quantile(alpha)
    }

    private struct Meeting {
        var upper: [Double?] = []
        var lower: [Double?] = []
        /// By how much the lower bound exceeds the upper one; infinite where they cross before the last look.
        var gap = 0.0
    }

    /// The bounds for one drift: the upper one from paths without an effect, the lower one from paths with
    /// it.
    private static func meeting(
        _ alpha: Double, _ beta: Double, _ spending: AlphaSpending, _ futility: AlphaSpending,
        _ information: [Double], _ drift: Double
    ) throws(EstimateError) -> Meeting {
        try requireCount(information.count, atLeast: 1, "looks")
        let all = information[information.count - 1]
        guard all > 0, all.isFinite else { throw .invalidParameter("information", must: "be positive") }
        var without = LookRecursion(drift: 0)
        var with = LookRecursion(drift: drift)
        var result = Meeting()
        var spentAlpha = 0.0
        var spentBeta = 0.0
        for (index, level) in information.enumerated() {
            let share = level / all
            try without.look(at: share)
            try with.look(at: share)
            let wantedAlpha = try spending.spent(atInformation: share, alpha: alpha)
            let wantedBeta = try futility.spent(atInformation: share, alpha: beta)
            let least = GroupSequentialBounds.leastSpent
            let upper =
                wantedAlpha - spentAlpha < least
                ? nil : without.upperBound(spending: wantedAlpha - spentAlpha)
            let lower =
                wantedBeta - spentBeta < least ? nil : with.lowerBound(spending: wantedBeta - spentBeta)
            if upper != nil { spentAlpha = wantedAlpha }
            if lower != nil { spentBeta = wantedBeta }
            result.upper.append(upper)
            result.lower.append(lower)
            let isLast = index == information.count - 1
            if isLast {
                result.gap = (lower ?? .infinity) - (upper ?? -.infinity)
            } else if let lower, let upper, lower >= upper {
                result.gap = .infinity
                return result
            }
            without.goOn(from: lower, to: upper)
            with.goOn(from: lower, to: upper)
        }
        return result
    }
}
