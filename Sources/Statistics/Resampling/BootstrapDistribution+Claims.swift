import Glibc

/// What gates ask of a statistic over resamples besides its interval.
extension BootstrapDistribution {
    /// The interval; where no draw between its ends moved the statistic, by the all-equal rule over the range it can
    /// have.
    ///
    /// - Parameter range: Nil where it has no bounds; then the statistic's own values say nothing.
    /// - Throws: As `interval(confidence:)`; `EstimateError.allEqual` where nothing moved and there is no range.
    public func interval(
        confidence: Double, range: ClosedRange<Double>?
    ) throws(EstimateError) -> Interval {
        var common = estimate
        if !isConstant {
            do throws(EstimateError) {
                let found = try interval(confidence: confidence)
                return range.map { found.clamped(to: $0) } ?? found
            } catch {
                // One tie of draws that holds both ends says no more than draws that are all the same.
                guard case .allEqual(let tied, _) = error else { throw error }
                common = tied
            }
        }
        guard let range else { throw .allEqual(value: common) }
        let value = min(max(common, range.lowerBound), range.upperBound)
        return try allEqualInterval(value: value, range: range, n: count, confidence: confidence)
    }

    /// How surprising the draws are if the statistic were not on the bad side of 0.
    ///
    /// The most doubtful of three speaks: the draws, with those at 0 counted against the claim; Student's tail over
    /// their deviation; and the least that the examples which changed can show at all. A family of many claims asks
    /// for numbers smaller than so many draws can show: beyond the last few of them Student's tail stands in.
    ///
    /// - Parameters:
    ///   - alternative: `.less` claims that the statistic is below 0, `.greater` above.
    ///   - support: Examples that carry the statistic, where they are fewer than all.
    ///   - least: The smallest p that the claim may have, in `0...1`.
    /// - Throws: `EstimateError.invalidParameter` for a two-sided claim.
    public func worseP(
        _ alternative: Alternative, support: Int? = nil, least: Double
    ) throws(EstimateError) -> TestResult {
        guard alternative != .twoSided else {
            throw .invalidParameter("alternative", must: "be less or greater")
        }
        let n = support ?? count
        let sign = alternative == .less ? -1.0 : 1.0
        let reach = sign * estimate
        if isConstant { return try TestResult(pValue: reach > 1e-12 ? least : 1, method: method) }
        let nudge = 1e-9 * (replicates[replicates.count - 1] - replicates[0])
        // Where the draws all lie on one side of the estimate they have no p of their own.
        let drawn = try? pValue(null: nudge.isFinite ? sign * nudge : 0, alternative: alternative).pValue
        let error = standardError
        guard error > 0, reach > 0, n >= 2 else {
            return try TestResult(pValue: max(least, drawn ?? 1), method: method)
        }
        // Resampling divides by n, not by n − 1.
        let t = reach / (error * (Double(n) / Double(n - 1)).squareRoot())
        let tail = try StudentT(degreesOfFreedom: Double(n - 1)).survival(t)
        // Counted as they are: where none is left, a skewed statistic's correction would make up a few.
        let others = replicates.count { sign * $0 <= abs(nudge) }
        let p = others < 3 ? tail : max(tail, drawn ?? 0)
        return try TestResult(
            pValue: min(1, max(least, p)), method: others < 100 ? method + ", Student tail" : method)
    }

    /// The deviation of the draws: the standard error of the statistic.
    public var standardError: Double { (try? moments(replicates).standardDeviation) ?? 0 }
}

/// 2⁻ᵏ: the p of the sign test where all of k signs are the same, the least that k changed examples can show.
public func leastSignP(_ count: Int) -> Double {
    // Of a number so large the p is as small as makes no difference, and not 0.
    max(1e-300, exp(-Double(max(0, count)) * 0.693_147_180_559_945_3))
}
