import Domain
import Foundation
import Gating
import Statistics
import Testing

@testable import Sweeping

/// What the corrected claims do in the long run, on drawn scores: how often any of them is false where nothing differs,
/// and how often a variant that differs is found out.
///
/// Four variants beside the reference, three metrics of three kinds (pass and fail, a score with ties, a percentile of
/// long-tailed times), each example asked once or twice: 12 claims a sweep. `SLUICE_SWEEP_TRIALS` asks for more trials.
@Suite struct ErrorRateTests {
    private static let axes = [
        Drawn.metric("exact_match"), Drawn.metric("token_f1"), Drawn.metric("latency", "p95"),
    ]
    private static let trials =
        ProcessInfo.processInfo.environment["SLUICE_SWEEP_TRIALS"].flatMap { Int($0) } ?? 200

    private struct Rates {
        var anyFalse = 0
        var uncorrected = 0
        var uncovered = 0
        var falselySure = 0
        var found = 0
    }

    /// - Parameter gain: What variant 1 gains on passing and on times; the others nothing.
    private func rates(
        _ gain: (Double, Double), _ trials: Int, seed: UInt64, examples: Int = 60, repeats: Int = 1,
        touched: Double = 1
    ) throws -> Rates {
        var rates = Rates()
        for trial in 0..<trials {
            let drawn = Drawn(
                seed: seed + UInt64(trial), examples: examples, repeats: repeats, touched: touched,
                gains: [(0, 0), gain, (0, 0), (0, 0), (0, 0)])
            let report = try drawn.report(axes: ErrorRateTests.axes, effort: .verdict)
            var anyFalse = false
            var uncorrected = false
            var isCovered = true
            for (place, row) in report.variants.enumerated().dropFirst() {
                for metric in report.claimed {
                    let isTrue = place == 1 && gain != (0, 0)
                    let claim = report.claim(row, metric)
                    guard let difference = row.cells[metric].difference else { continue }
                    if isTrue {
                        if metric == 0, claim == .better { rates.found += 1 }
                        continue
                    }
                    if claim != .none { anyFalse = true }
                    if let p = difference.p, p < report.alpha { uncorrected = true }
                    if let interval = difference.interval, !interval.contains(0) { isCovered = false }
                }
            }
            if anyFalse { rates.anyFalse += 1 }
            if uncorrected { rates.uncorrected += 1 }
            if !isCovered { rates.uncovered += 1 }
            let sure = report.variants.enumerated().contains { place, row in
                row.standing.surelyDominatedBy.contains { $0 != "v1" || gain == (0, 0) || place == 1 }
            }
            if sure { rates.falselySure += 1 }
        }
        return rates
    }

    /// The most that chance makes of a rate that is α at most: three standard errors above it.
    private func most(_ trials: Int, _ alpha: Double = 0.05) -> Double {
        alpha + 3 * (alpha * (1 - alpha) / Double(trials)).squareRoot()
    }

    /// Each example once or twice; and few examples of many that differ at all, as where a parameter is turned a little.
    @Test(arguments: [(60, 1, 1), (60, 2, 1), (250, 1, 0.1)])
    func whereNothingDiffersHardlyAnyClaimIsMade(examples: Int, repeats: Int, touched: Double) throws {
        let trials = ErrorRateTests.trials
        let rates = try rates(
            (0, 0), trials, seed: 20_000, examples: examples, repeats: repeats, touched: touched)
        func share(_ count: Int) -> Double { Double(count) / Double(trials) }
        print(
            "sweep A/A, 4 variants × 3 metrics, \(examples) examples × \(repeats), \(touched) touched, \(trials) trials: any false claim "
                + "\(share(rates.anyFalse)), uncorrected \(share(rates.uncorrected)), joint intervals miss "
                + "\(share(rates.uncovered)), falsely sure \(share(rates.falselySure))")
        #expect(share(rates.anyFalse) <= most(trials))
        #expect(share(rates.uncovered) <= most(trials))
        #expect(share(rates.falselySure) <= most(trials))
        // The same data without the correction: it is the correction that holds the rate.
        #expect(share(rates.uncorrected) > 0.15)
    }

    @Test func aVariantThatDiffersIsFoundOutAndTheOthersAreLeftAlone() throws {
        let trials = ErrorRateTests.trials / 2
        let rates = try rates((0.3, -0.2), trials, seed: 70_000)
        let power = Double(rates.found) / Double(trials)
        print("sweep, one variant better by 0.3 of the passes: found in \(power) of \(trials) trials")
        #expect(power > 0.6)
        #expect(Double(rates.anyFalse) / Double(trials) <= most(trials))
        #expect(Double(rates.falselySure) / Double(trials) <= most(trials))
    }
}
