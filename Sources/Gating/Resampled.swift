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
    /// How surprising the draws are if the statistic were not on the bad side of 0; no less than the examples that
    /// changed can show.
    ///
    /// - Parameter carriers: Examples that changed; nil where nobody knows.
    func worseP(
        _ alternative: Alternative, support: Int? = nil, carriers: Carriers?, isRehearsed: Bool = false
    ) throws(EstimateError) -> TestResult {
        let shown = carriers?.least(alternative, seed: seed, isRehearsed: isRehearsed) ?? 0
        return try worseP(alternative, support: support, least: max(leastSignP(support ?? count), shown))
    }
}
