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

    init(_ functional: PairedFunctional, seed: UInt64, resamples: Int? = nil) throws(EstimateError) {
        let drawn = try bootstraps(count: functional.count, outputs: 3, resamples: resamples, seed: seed) {
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
    /// A family of many claims asks for numbers smaller than so many draws can show, and the last few draws before
    /// that are a poor count: Student's tail over the draws' deviation stands in beyond them, never below 2⁻ⁿ, and
    /// before them the more doubtful of both speaks.
    ///
    /// - Parameter support: Examples that carry the statistic, where they are fewer than all.
    func worseP(_ alternative: Alternative, support: Int? = nil) throws(EstimateError) -> TestResult {
        let n = support ?? count
        let drawn = try pValue(alternative: alternative)
        let draws = Double(replicates.count)
        // A hundred draws beyond: they speak for themselves.
        guard drawn.pValue * draws < 100 else { return drawn }
        let least = max(1e-300, exponential(-Double(n) * 0.693_147_180_559_945_3))
        if isConstant { return try TestResult(pValue: min(1, least), method: drawn.method) }
        let reach = alternative == .less ? -estimate : estimate
        let error = standardError
        guard error > 0, reach > 0, n >= 2 else { return drawn }
        // Resampling divides by n, not by n − 1.
        let t = reach / (error * (Double(n) / Double(n - 1)).squareRoot())
        let tail = try StudentT(degreesOfFreedom: Double(n - 1)).survival(t)
        let isBeyond = drawn.pValue * draws < 3
        let p = isBeyond ? tail : max(tail, drawn.pValue)
        return try TestResult(pValue: min(1, max(least, p)), method: drawn.method + ", Student tail")
    }

    /// The deviation of the draws: the standard error of the statistic.
    var standardError: Double { (try? moments(replicates).standardDeviation) ?? 0 }
}
