import Glibc

/// The confidence sequence for the rate ratio: the ratios that the e-process has not yet refused.
///
/// Each bound holds at all times together: the chance that it *ever* lies on the wrong side of a constant
/// true ratio is at most 1 − confidence. Where the ratio moves, the lower bound is one for the largest it
/// ever was, and the upper bound for the smallest.
extension RateRatioEProcess {
    /// The ratio below which the canary's rate can no longer lie; 0 where nothing is known yet.
    ///
    /// Above the tolerated ratio exactly where the process alarms at α = 1 − confidence.
    ///
    /// - Parameter confidence: One-sided, in `(0, 1)`.
    /// - Throws: `EstimateError.invalidParameter`.
    /// - Complexity: O(stages), some 10 µs for one.
    public func lowerBound(confidence: Double) throws(EstimateError) -> Double {
        try requireProbability(confidence, "confidence")
        let limit = -log(1 - confidence)
        // As the null goes to 0 the stages' factors go to 1.
        guard logMean(Double(canaryEvents) * Self.logRatios) > limit else { return 0 }
        // E falls as the null ratio grows.
        var low = toleratedRatio
        while logHarm(against: low) < limit { low /= 2 }
        var high = max(low, toleratedRatio)
        while logHarm(against: high) >= limit { high *= 2 }
        while high > low * (1 + 1e-13) {
            let middle = (low * high).squareRoot()
            if middle <= low || middle >= high { break }
            if logHarm(against: middle) >= limit { low = middle } else { high = middle }
        }
        return low
    }

    /// The ratio above which the canary's rate can no longer lie; nil where no ratio is excluded yet.
    ///
    /// A stage may end when this lies below the stage's tolerance: it is inverted from the same mixture
    /// turned round, with alternatives ρ/rⱼ against every ratio from ρ up.
    ///
    /// - Parameter confidence: One-sided, in `(0, 1)`.
    /// - Throws: `EstimateError.invalidParameter`.
    /// - Complexity: O(stages), some 10 µs for one.
    public func upperBound(confidence: Double) throws(EstimateError) -> Double? {
        try requireProbability(confidence, "confidence")
        let limit = -log(1 - confidence)
        // As the null grows without end, only the production events are evidence against it.
        guard logMean(Double(events - canaryEvents) * Self.logRatios) > limit else { return nil }
        var high = 1.0
        while logSafety(against: high) < limit {
            high *= 2
            if high > 1e300 { return nil }
        }
        var low = high
        while logSafety(against: low) >= limit {
            low /= 2
            if low < 1e-300 { return high }
        }
        while high > low * (1 + 1e-13) {
            let middle = (low * high).squareRoot()
            if middle <= low || middle >= high { break }
            if logSafety(against: middle) >= limit { high = middle } else { low = middle }
        }
        return high
    }

    /// ln E against every ratio up to `null`.
    func logHarm(against null: Double) -> Double {
        var logs = Double(canaryEvents) * Self.logRatios
        for stage in stages {
            let drift = Self.drift(share: stage.share.upper, null: null, Self.ratioVector)
            logs += Double(stage.canaryEvents + stage.productionEvents) * drift
        }
        return logMean(logs)
    }

    /// ln E against every ratio from `null` up.
    func logSafety(against null: Double) -> Double {
        var logs = Double(-canaryEvents) * Self.logRatios
        for stage in stages {
            let drift = Self.drift(share: stage.share.lower, null: null, 1 / Self.ratioVector)
            logs += Double(stage.canaryEvents + stage.productionEvents) * drift
        }
        return logMean(logs)
    }
}
