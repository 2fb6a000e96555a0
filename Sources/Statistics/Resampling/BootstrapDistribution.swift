import Glibc

/// The values of a statistic over resamples, with what the BCa interval and its p-values need.
public struct BootstrapDistribution: Sendable {
    /// First words of the method as printed.
    public let name: String
    /// Examples.
    public let count: Int
    public let seed: UInt64
    /// The statistic of the sample itself.
    public let estimate: Double
    /// Its value on each resample where it has one, ascending.
    public let replicates: [Double]
    /// Resamples on which the statistic had no value, at most 1 %.
    public let undefined: Int
    /// The jackknife's a of the BCa interval.
    public let acceleration: Double

    /// From values as they were computed: NaN where the statistic had none.
    @usableFromInline
    static func make(
        name: String, count: Int, seed: UInt64, estimate: Double, replicates: ArraySlice<Double>,
        partials: ArraySlice<Double>
    ) -> Result<BootstrapDistribution, EstimateError> {
        Result { () throws(EstimateError) in
            guard estimate.isFinite else { throw .undefinedStatistic(resamples: 1, of: 1) }
            return try BootstrapDistribution(
                name: name, count: count, seed: seed, estimate: estimate, requested: replicates.count,
                replicates: replicates.filter { !$0.isNaN },
                acceleration: jackknifeAcceleration(partials.filter(\.isFinite)))
        }
    }

    init(
        name: String, count: Int, seed: UInt64, estimate: Double, requested: Int, replicates: [Double],
        acceleration: Double
    ) throws(EstimateError) {
        let undefined = requested - replicates.count
        guard undefined * 100 <= requested else {
            throw .undefinedStatistic(resamples: undefined, of: requested)
        }
        self.name = name
        self.count = count
        self.seed = seed
        self.estimate = estimate
        self.undefined = undefined
        self.replicates = replicates.sorted()
        self.acceleration = acceleration
    }

    /// Whether no resample changed the statistic: then there is no interval, only the all-equal rule.
    public var isConstant: Bool {
        let first = replicates[0]
        let last = replicates[replicates.count - 1]
        return last - first <= 1e-13 * max(abs(first), abs(last))
    }

    /// As printed: `"paired BCa bootstrap, 10,000 resamples, seed 7"`.
    public var method: String { words(name) }

    private func words(_ name: String) -> String {
        let total = replicates.count + undefined
        let gaps = undefined == 0 ? "" : " (\(grouped(undefined)) without a value)"
        return "\(name), \(grouped(total)) resamples\(gaps), seed \(seed)"
    }

    /// The bias-corrected and accelerated interval.
    ///
    /// - Parameter confidence: Two-sided coverage in `(0, 1)`.
    /// - Throws: `EstimateError.allEqual` where no resample changed the statistic, or none between both ends,
    ///   `.degenerateResamples` where all of them lie on one side of the estimate, `.overflow` where an end is infinite.
    ///
    /// B. Efron, JASA 82 (1987) 171–185; ties with the estimate count half.
    public func interval(confidence: Double = 0.90) throws(EstimateError) -> Interval {
        try requireProbability(confidence, "confidence")
        let correction = try biasCorrection()
        let z = try Normal.quantile((1 + confidence) / 2)
        let low = try level(of: -z, correction: correction)
        let high = try level(of: z, correction: correction)
        return try interval(from: low, to: high, confidence: confidence, method: method)
    }

    /// The percentile interval: the middle of the resamples as they are, neither bias-corrected nor accelerated.
    ///
    /// - Parameter confidence: Two-sided coverage in `(0, 1)`.
    /// - Throws: `EstimateError.allEqual` where no resample changed the statistic.
    ///
    /// B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
    public func percentileInterval(confidence: Double = 0.90) throws(EstimateError) -> Interval {
        try requireProbability(confidence, "confidence")
        guard !isConstant else { throw .allEqual(value: estimate) }
        let side = (1 - confidence) / 2
        let words = words(
            name.split(separator: " ").map { $0 == "BCa" ? "percentile" : $0 }.joined(separator: " "))
        return try interval(from: side, to: 1 - side, confidence: confidence, method: words)
    }

    /// - Throws: `EstimateError.allEqual` where both ends fall into one tie: a point is no interval.
    private func interval(
        from low: Double, to high: Double, confidence: Double, method: String
    ) throws(EstimateError) -> Interval {
        let (lower, upper) = (replicate(at: low), replicate(at: high))
        guard lower != upper else { throw .allEqual(value: lower, of: "resamples between both ends") }
        return try Interval(lower: lower, upper: upper, confidence: confidence, method: method)
    }

    /// How surprising the data are if the true statistic were `null`, one-sided.
    ///
    /// The p-value at which the BCa bound would just reach `null`, so that it agrees with `interval`. It is
    /// never below 1/(resamples + 1), nor below 2⁻ⁿ, which is all that n pairs can show.
    ///
    /// - Parameter alternative: `.less` claims that the true statistic lies below `null`; two-sided doubles
    ///   the smaller of both.
    /// - Throws: `EstimateError.degenerateResamples`, `.invalidParameter` for a null that is no number.
    public func pValue(null: Double = 0, alternative: Alternative) throws(EstimateError) -> TestResult {
        guard null.isFinite else { throw .invalidParameter("null", must: "be a finite number") }
        let above = try levelBelow(null)
        let value =
            switch alternative {
            case .less: 1 - above
            case .greater: above
            case .twoSided: 2 * min(above, 1 - above)
            }
        let least = max(1 / Double(replicates.count + 1), exp2(-Double(count)))
        return try TestResult(pValue: min(1, max(least, value)), method: method)
    }

    /// One minus the p-value of `.less`: the one-sided confidence at which the upper bound falls on `null`.
    private func levelBelow(_ null: Double) throws(EstimateError) -> Double {
        if isConstant { return estimate < null ? 1 : estimate > null ? 0 : 0.5 }
        let correction = try biasCorrection()
        let total = Double(replicates.count)
        let share = min(max(shareBelow(null), 0.5 / total), 1 - 0.5 / total)
        let distance = try Normal.quantile(share) - correction
        let denominator = 1 + acceleration * distance
        guard denominator > 0 else { return distance > 0 ? 1 : 0 }
        return try Normal.cumulative(distance / denominator - correction)
    }

    /// The share of replicates below a value; those that equal it but for rounding count half.
    private func shareBelow(_ value: Double) -> Double {
        let first = replicates[0]
        let last = replicates[replicates.count - 1]
        let spread = last - first
        let tolerance = 1e-11 * (spread.isFinite ? spread : abs(value))
        let below = firstIndex { $0 >= value - tolerance }
        let notAbove = firstIndex { $0 > value + tolerance }
        return (Double(below) + Double(notAbove)) / (2 * Double(replicates.count))
    }

    private func firstIndex(where holds: (Double) -> Bool) -> Int {
        var low = 0
        var high = replicates.count
        while low < high {
            let middle = (low + high) / 2
            if holds(replicates[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private func biasCorrection() throws(EstimateError) -> Double {
        guard !isConstant else { throw .allEqual(value: estimate) }
        let share = shareBelow(estimate)
        guard share > 0, share < 1 else { throw .degenerateResamples }
        return try Normal.quantile(share)
    }

    /// The level among the replicates at which the BCa bound for the normal deviate `z` lies.
    private func level(of z: Double, correction: Double) throws(EstimateError) -> Double {
        let distance = correction + z
        let denominator = 1 - acceleration * distance
        guard denominator > 0 else { return distance > 0 ? 1 : 0 }
        return try Normal.cumulative(correction + distance / denominator)
    }

    /// The replicate at a level, between neighbours by straight line.
    private func replicate(at level: Double) -> Double {
        quantile(ofSorted: replicates, uncheckedLevel: level)
    }
}

/// a = Σ(θ̄ − θᵢ)³ / (6 (Σ(θ̄ − θᵢ)²)^1.5), and 0 where nothing that is left out changes the statistic.
func jackknifeAcceleration(_ partials: [Double]) throws(EstimateError) -> Double {
    guard partials.count >= 2 else { return 0 }
    let sample = try moments(partials)
    // The deviations are centre minus value, hence the sign.
    return -sample.skewness / (6 * Double(sample.n).squareRoot())
}
