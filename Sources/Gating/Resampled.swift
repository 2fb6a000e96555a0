import Metrics
import Statistics

/// Draws for what is only shown: its interval has to be right to a glance, not to a digit.
let shownResamples = 400

/// A metric that is recomputed on draws of the examples, in both arms: what its value, and the difference, might
/// have been.
struct Resampled: Sendable {
    let baseline: BootstrapDistribution
    let candidate: BootstrapDistribution
    let difference: BootstrapDistribution

    init(
        _ functional: PairedFunctional, seed: UInt64, resamples: Int? = nil, jackknifeGroups: Int? = nil
    ) throws(EstimateError) {
        let drawn = try bootstraps(
            count: functional.count, outputs: 3, resamples: resamples, jackknifeGroups: jackknifeGroups,
            seed: seed
        ) {
            (weights, values: inout MutableSpan<Double>) in
            let (before, after) = functional.values(weights)
            values[0] = before
            values[1] = after
            values[2] = after - before
        }
        baseline = try drawn[0].get()
        candidate = try drawn[1].get()
        difference = try drawn[2].get()
    }
}

extension BootstrapDistribution {
    /// The interval; where no draw moved the statistic, by the all-equal rule over the range it can have.
    ///
    /// - Parameter range: nil where it has no bounds; then the statistic's own values say nothing.
    func interval(confidence: Double, range: ClosedRange<Double>?) throws(EstimateError) -> Interval {
        guard isConstant else {
            let found = try interval(confidence: confidence)
            return range.map { found.clamped(to: $0) } ?? found
        }
        guard let range else { throw .allEqual(value: estimate) }
        let value = min(max(estimate, range.lowerBound), range.upperBound)
        return try allEqualInterval(value: value, range: range, n: count, confidence: confidence)
    }

    /// How surprising the draws are if the statistic were not on the bad side of 0.
    ///
    /// The most doubtful of three speaks: the draws, with those at 0 counted against the claim; Student's tail over
    /// their deviation; and what the examples that changed can show at all. A family of many claims asks for
    /// numbers smaller than so many draws can show: beyond the last few of them Student's tail stands in.
    ///
    /// - Parameters:
    ///   - support: Examples that carry the statistic, where they are fewer than all.
    ///   - carriers: Examples that changed; nil where nobody knows.
    func worseP(
        _ alternative: Alternative, support: Int? = nil, carriers: Carriers? = nil, isRehearsed: Bool = false
    ) throws(EstimateError) -> TestResult {
        let n = support ?? count
        let shown = carriers?.least(alternative, seed: seed, isRehearsed: isRehearsed) ?? 0
        let least = max(Carriers.allAlike(n), shown)
        let sign = alternative == .less ? -1.0 : 1.0
        let reach = sign * estimate
        if isConstant { return try TestResult(pValue: reach > tolerance ? least : 1, method: method) }
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
    var standardError: Double { (try? moments(replicates).standardDeviation) ?? 0 }
}
