import Glibc

/// The difference of two arms' means of values in [0, 1], canary minus production, that may be looked at
/// after every observation and holds for every n.
///
/// A unit goes to the canary with a known probability p, so that (A − p)(y − m) has the mean p(1 − p)·Δ for
/// whatever m the past suggests; m is the mean of both arms so far. These steps lie in [−1, 1], and the
/// empirical-Bernstein bets are made on them; a stage's share enters step by step, so the sequence is carried
/// over the stages without restart. Where Δ moves, what is covered is its average weighted by p(1 − p) and
/// the bets.
///
/// Unlike `AsymptoticDifferenceSequence` this holds without a burn-in, for every distribution; it is wider by
/// about half at the same n, and it believes the share: a split that is not what it was configured to be is
/// for the sample-ratio test to catch.
///
/// An observation is one **unit of randomisation** by its *assigned* arm, never a request. O(1) memory, an
/// update some tens of nanoseconds without allocation; merges as `EmpiricalBernsteinSequence` does.
///
/// I. Waudby-Smith, A. Ramdas, JRSS B 86 (2024) 1–27, arXiv 2010.09686, theorem 2, on weighted steps.
public struct EmpiricalBernsteinDifferenceSequence: Sendable, Hashable, Codable {
    /// Of both bounds together; each is a one-sided bound of (1 + confidence) / 2. Fixed before the first
    /// observation.
    public let confidence: Double
    private let level: Double
    private var sum = 0.0
    private var squares = 0.0
    private var bets = BernsteinBets()

    /// - Throws: `EstimateError.invalidParameter` unless the confidence lies in `(0, 1)`.
    public init(confidence: Double = 0.90) throws(EstimateError) {
        try requireProbability(confidence, "confidence")
        self.confidence = confidence
        level = -log((1 - confidence) / 2)
    }

    /// Observations of both arms.
    public var count: Int { bets.count }

    /// Takes one observation, at the share that held when its key was assigned.
    /// - Throws: `EstimateError.notFinite`, `.outsideRange` for a value outside `0...1`, `.invalidParameter`
    ///   for a share that is known only to lie in an interval; nothing is counted then.
    public mutating func add(_ value: Double, inCanary: Bool, share: CanaryShare) throws(EstimateError) {
        guard value.isFinite else { throw .notFinite(index: bets.count) }
        guard value >= 0, value <= 1 else { throw .outsideRange(index: bets.count) }
        guard share.lower == share.upper else {
            throw .invalidParameter("share", must: "be known exactly")
        }
        let p = share.lower
        let weight = p * (1 - p)
        let mean = (0.5 + sum) / Double(bets.count + 1)
        let step = (inCanary ? 1 - p : -p) * (value - mean)
        bets.add(value: step, deviation: step, weight: weight, spread: weight / 4 + squares, level: level)
        sum += value
        squares += step * step
    }

    /// Adds the bets of another gateway's stream, of other keys. Associative up to rounding.
    /// - Throws: `EstimateError.invalidParameter` where the confidences differ.
    public mutating func merge(_ other: EmpiricalBernsteinDifferenceSequence) throws(EstimateError) {
        guard confidence == other.confidence else {
            throw .invalidParameter("confidence", must: "be the same in both")
        }
        bets.merge(other.bets)
        sum += other.sum
        squares += other.squares
    }

    /// The bounds at this moment, cut to −1...1. O(1).
    /// - Throws: `EstimateError.tooFew` before the first observation.
    public func interval() throws(EstimateError) -> Interval {
        try requireCount(bets.count, atLeast: 1)
        let (middle, reach) = try bets.interval(level: level)
        let interval = try Interval(
            lower: middle - reach, upper: middle + reach, confidence: confidence,
            method: "empirical-Bernstein confidence sequence of a difference")
        return interval.clamped(to: -1...1)
    }

    /// ln E against a difference of at most `null` (`.greater`) or at least `null` (`.less`); two-sided by
    /// the average of both.
    /// - Throws: `EstimateError.invalidParameter` unless `null` lies in `-1...1`.
    public func logEValue(against null: Double = 0, alternative: Alternative) throws(EstimateError) -> Double
    {
        guard null >= -1, null <= 1 else { throw .invalidParameter("null", must: "lie in -1...1") }
        return bets.logEValue(against: null, alternative)
    }
}
