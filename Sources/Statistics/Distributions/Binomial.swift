import CBoostMath

/// The number of successes in independent trials of one probability.
///
/// Through the incomplete beta function, so that tails keep their relative precision.
public struct Binomial: Sendable, Hashable {
    public let trials: Int
    public let probability: Double

    /// - Throws: `EstimateError.invalidCounts` for negative trials, `.invalidParameter` unless the
    ///   probability lies in `0...1`.
    public init(trials: Int, probability: Double) throws(EstimateError) {
        try requireCounts(0, of: trials)
        guard probability >= 0, probability <= 1 else { throw .invalidParameter("probability") }
        self.trials = trials
        self.probability = probability
    }

    /// P(X = k).
    public func mass(_ k: Int) throws(EstimateError) -> Double {
        guard k >= 0, k <= trials else { return 0 }
        if probability == 0 { return k == 0 ? 1 : 0 }
        if probability == 1 { return k == trials ? 1 : 0 }
        let density = cboost_ibeta_derivative(Double(k) + 1, Double(trials - k) + 1, probability)
        return try answered(density) / (Double(trials) + 1)
    }

    /// P(X ≤ k).
    public func cumulative(_ k: Int) throws(EstimateError) -> Double {
        guard k >= 0 else { return 0 }
        guard k < trials else { return 1 }
        return try answered(cboost_ibetac(Double(k) + 1, Double(trials - k), probability))
    }

    /// P(X ≥ k). Note that it includes k.
    public func atLeast(_ k: Int) throws(EstimateError) -> Double {
        guard k > 0 else { return 1 }
        guard k <= trials else { return 0 }
        return try answered(cboost_ibeta(Double(k), Double(trials - k) + 1, probability))
    }

    /// The smallest k with P(X ≤ k) ≥ `level`, which lies in `(0, 1)`. O(log trials).
    public func quantile(_ level: Double) throws(EstimateError) -> Int {
        try requireProbability(level, "probability")
        var low = 0
        var high = trials
        while low < high {
            let middle = low + (high - low) / 2
            if try cumulative(middle) >= level { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
