import Glibc

/// What an asymptotic confidence sequence knows at one moment: an estimate, its standard error, and the
/// boundary.
///
/// Everything here may be asked for after every observation, and acted upon: the boundary holds at all times
/// together. **Asymptotic** is what a fixed-sample t-interval is too: the errors of the estimate behave like
/// Brownian motion, and the estimated variance like the true one, from some time on. So the stated level is
/// reached in the limit of a late first look (the burn-in), not for every n; heavy tails want a cap and a
/// longer burn-in.
public struct AsymptoticEvidence: Sendable, Hashable {
    /// The mean, or the difference of means.
    public let value: Double
    public let standardError: Double
    /// The boundary's clock: observations of a mean; n₁n₀/(n₁ + n₀), summed over stages, of a difference.
    public let information: Double
    public let mixture: NormalMixture

    /// - Throws: `EstimateError.notFinite` for an estimate that is no finite number, `.invalidParameter`
    ///   unless standard error and information are positive and finite.
    public init(
        value: Double, standardError: Double, information: Double, mixture: NormalMixture
    ) throws(EstimateError) {
        guard value.isFinite else { throw .notFinite(index: 0, of: "value") }
        guard standardError > 0, standardError.isFinite else {
            throw .invalidParameter("standard error", must: "be positive and finite")
        }
        guard information > 0, information.isFinite else {
            throw .invalidParameter("information", must: "be positive and finite")
        }
        self.value = value
        self.standardError = standardError
        self.information = information
        self.mixture = mixture
    }

    /// What the true value is above, at all times together with this probability.
    /// - Parameter confidence: One-sided, in `(0, 1)`.
    public func lowerBound(confidence: Double) throws(EstimateError) -> Double {
        try finite(value - margin(confidence))
    }

    /// What the true value is below, at all times together with this probability.
    /// - Parameter confidence: One-sided, in `(0, 1)`.
    public func upperBound(confidence: Double) throws(EstimateError) -> Double {
        try finite(value + margin(confidence))
    }

    /// Both bounds; each is also a one-sided one.
    ///
    /// Two one-sided boundaries of level α/2: within a thousandth of the two-sided mixture's width.
    ///
    /// - Parameter confidence: Two-sided coverage at all times together.
    public func interval(confidence: Double = 0.90) throws(EstimateError) -> Interval {
        try requireProbability(confidence, "confidence")
        let reach = try margin((1 + confidence) / 2)
        return try Interval(
            lower: value - reach, upper: value + reach, confidence: confidence,
            method: "asymptotic confidence sequence")
    }

    /// ln E against a null value; a stopped E-value, so that those of several metrics average.
    /// - Parameter alternative: `.greater` claims that the value is above the null.
    public func logEValue(against null: Double = 0, alternative: Alternative) throws(EstimateError) -> Double
    {
        guard null.isFinite else { throw .notFinite(index: 0, of: "null") }
        return try mixture.logEValue(
            z: (value - null) / standardError, information: information, alternative: alternative)
    }

    /// Whether E ≥ 1/α now: exactly where the one-sided bound of confidence 1 − α excludes the null.
    public func alarms(
        alpha: Double, against null: Double = 0, alternative: Alternative
    ) throws(EstimateError) -> Bool {
        try requireProbability(alpha, "alpha")
        return try logEValue(against: null, alternative: alternative) >= -log(alpha)
    }

    /// The p-value that stays valid however often one looks, min(1, 1/E); the statistic is ln E.
    public func test(against null: Double = 0, alternative: Alternative) throws(EstimateError) -> TestResult {
        let logs = try logEValue(against: null, alternative: alternative)
        let direction =
            switch alternative {
            case .less: "one-sided (less)"
            case .greater: "one-sided (greater)"
            case .twoSided: "two-sided"
            }
        return try TestResult(
            pValue: min(1, exp(-logs)), statistic: logs,
            method: "asymptotic e-value, always valid, \(direction)")
    }

    private func margin(_ confidence: Double) throws(EstimateError) -> Double {
        try requireProbability(confidence, "confidence")
        return try standardError * mixture.reach(information: information, alpha: 1 - confidence)
    }

    private func finite(_ bound: Double) throws(EstimateError) -> Double {
        guard bound.isFinite else { throw .overflow }
        return bound
    }
}
