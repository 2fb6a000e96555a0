import Gating
import Statistics

/// What so many examples can show of a metric that passes or fails, where one example in ten changes its result.
///
/// The share of a tenth is what `auto` margins and the gates' own tables take; a score in [0, 1] varies no more.
public enum DetectableChange {
    public static let discordantShare = 0.1
    /// Examples that a slice or class needs before it may block.
    public static let leastSupport = GateOptions().leastSupport

    /// The drop that the exact McNemar test at 5 % finds with 80 % power; nil where so few could show none.
    public static func drop(examples: Int) -> Double? {
        guard examples >= 1 else { return nil }
        return try? detectableDrop(n: examples, discordantShare: discordantShare)
    }

    /// Examples with which an unchanged candidate passes `no worse by margin` in all of so many gates, four times in
    /// five.
    public static func examples(forMargin margin: Double, gates: Int, confidence: Double) -> Int? {
        let found = try? automaticMargin(
            n: 1_000_000, standardDeviation: discordantShare.squareRoot(), gates: max(1, gates), cap: margin,
            confidence: confidence)
        return found?.examplesForCap
    }

    /// Examples for a one-sided bound of a percentile to exist at all: the least n with `share`ⁿ ≤ 1 − confidence.
    public static func examples(forPercentile share: Double, confidence: Double) -> Int? {
        guard share > 0, share < 1, confidence > 0, confidence < 1 else { return nil }
        var n = 1
        var left = share
        while left > 1 - confidence {
            left *= share
            n += 1
            if n > 1_000_000 { return nil }
        }
        return n
    }
}
