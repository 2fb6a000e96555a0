import Domain
import Statistics

/// A judge's yes and no held against people's, for one metric.
///
/// `positive` is the metric's value 1: what a person and the judge found there.
public struct VerdictCalibration: Sendable {
    public let metric: String
    /// Labels in all, and those on which the judge gave no verdict.
    public let labels: Int
    public let lost: Int
    /// Rows: what people say (1, 0); columns: what the judge says (1, 0).
    public let truePositives: Int
    public let falseNegatives: Int
    public let trueNegatives: Int
    public let falsePositives: Int
    /// Nil where people found all items to be of one kind.
    public let accuracy: JudgeAccuracy?
    public let sensitivity: Interval?
    public let specificity: Interval?
    public let youden: Interval?
    public let kappa: AgreementEstimate?
    public let alpha: Figure?
    /// How judge errors lean with the length of what was judged.
    public let length: LengthBias?
    /// Repeats that say what the first verdict on the same item said.
    public let consistency: Share?
    /// Judge accuracy on each arm's answers, where labels say whose they are.
    public let arms: (baseline: JudgeAccuracy, candidate: JudgeAccuracy)?
    /// Of the hypothesis that the judge does alike in both arms.
    public let armsDiffer: Double?

    public struct Figure: Sendable {
        public let value: Double
        /// Nil where there is no variation to take one from.
        public let interval: Interval?
    }

    /// A share with its Wilson interval.
    public struct Share: Sendable {
        public let hits: Int
        public let of: Int
        public let interval: Interval?

        public init(_ hits: Int, of total: Int) {
            self.hits = hits
            of = total
            interval = try? wilsonInterval(successes: hits, trials: total, confidence: 0.90)
        }

        public var value: Double { of == 0 ? 0 : Double(hits) / Double(of) }
    }

    /// One item: what people say, and what the judge says each time it is asked.
    public struct Item: Sendable {
        public let human: Bool
        /// People's and the judge's first value, where they are more than yes and no.
        public let humanValue: Double
        public let judgeValue: Double?
        public let judge: [Bool?]
        public let length: Int?
        public let arm: Arm?

        public init(
            human: Double, judge: [Double?], passAt: Double, length: Int? = nil, arm: Arm? = nil
        ) {
            humanValue = human
            judgeValue = judge.first ?? nil
            self.human = human >= passAt
            self.judge = judge.map { value in value.map { $0 >= passAt } }
            self.length = length
            self.arm = arm
        }
    }

    public init(metric: String, items: [Item], seed: UInt64 = 1) {
        self.metric = metric
        labels = items.count
        let judged = items.compactMap { item in item.judge.first.flatMap { $0 }.map { (item, $0) } }
        lost = items.count - judged.count
        let counts = Counts(judged.map { ($0.0.human, $0.1) })
        (truePositives, falseNegatives) = (counts.truePositives, counts.falseNegatives)
        (trueNegatives, falsePositives) = (counts.trueNegatives, counts.falsePositives)
        let accuracy = counts.accuracy
        self.accuracy = accuracy
        sensitivity = accuracy.flatMap { try? $0.sensitivityInterval() }
        specificity = accuracy.flatMap { try? $0.specificityInterval() }
        youden = accuracy.flatMap { try? $0.youdenInterval() }
        kappa = try? cohenKappa([
            [counts.truePositives, counts.falseNegatives], [counts.falsePositives, counts.trueNegatives],
        ])
        alpha = Self.alpha(judged.map { ($0.0, $0.1) }, seed: seed)
        length = LengthBias(
            judged.compactMap { item, verdict in
                item.length.map { ($0, (verdict ? 1.0 : 0) - (item.human ? 1 : 0)) }
            })
        consistency = Self.consistency(items)
        let baseline = Counts(judged.filter { $0.0.arm == .baseline }.map { ($0.0.human, $0.1) }).accuracy
        let candidate = Counts(judged.filter { $0.0.arm == .candidate }.map { ($0.0.human, $0.1) }).accuracy
        if let baseline, let candidate {
            arms = (baseline, candidate)
            armsDiffer = (try? judgeEquality(baseline: baseline, candidate: candidate))?.pValue
        } else {
            arms = nil
            armsDiffer = nil
        }
    }

    private static func alpha(_ judged: [(Item, Bool)], seed: UInt64) -> Figure? {
        let isGraded = judged.contains { item, _ in
            ![0, 1].contains(item.humanValue) || ![0, 1].contains(item.judgeValue ?? 0)
        }
        let ratings: [[Double?]] = judged.map { item, verdict in
            isGraded ? [item.humanValue, item.judgeValue] : [item.human ? 1 : 0, verdict ? 1 : 0]
        }
        let level: MeasurementLevel = isGraded ? .interval : .nominal
        guard let found = try? krippendorffAlpha(ratings, level: level) else { return nil }
        let interval = try? krippendorffAlphaInterval(ratings, level: level, resamples: 2000, seed: seed)
        return Figure(value: found.value, interval: interval)
    }

    private static func consistency(_ items: [Item]) -> Share? {
        var same = 0
        var total = 0
        for item in items {
            guard let first = item.judge.first ?? nil else { continue }
            for repeated in item.judge.dropFirst() {
                guard let repeated else { continue }
                total += 1
                if repeated == first { same += 1 }
            }
        }
        return total > 0 ? Share(same, of: total) : nil
    }

    private struct Counts {
        var truePositives = 0
        var falseNegatives = 0
        var trueNegatives = 0
        var falsePositives = 0

        init(_ pairs: [(human: Bool, judge: Bool)]) {
            for (human, judge) in pairs {
                switch (human, judge) {
                case (true, true): truePositives += 1
                case (true, false): falseNegatives += 1
                case (false, false): trueNegatives += 1
                case (false, true): falsePositives += 1
                }
            }
        }

        var accuracy: JudgeAccuracy? {
            try? JudgeAccuracy(
                truePositives: truePositives, positives: truePositives + falseNegatives,
                trueNegatives: trueNegatives, negatives: trueNegatives + falsePositives)
        }
    }
}

/// Whether a judge's errors lean with length: judge minus people on the longer half of the items, and on the shorter.
public struct LengthBias: Sendable {
    /// Mean of judge minus people (−1, 0, 1): above 0 the judge finds too much.
    public let shorter: Double
    public let longer: Double
    /// Of the hypothesis that both halves are alike (Welch's t); nil where nothing varies.
    public let pValue: Double?

    /// - Parameter items: Length, and judge minus people. Items of median length count as shorter.
    init?(_ items: [(length: Int, error: Double)]) {
        guard items.count >= 8 else { return nil }
        let sorted = items.sorted { $0.length < $1.length }
        let median = sorted[(sorted.count - 1) / 2].length
        let short = sorted.filter { $0.length <= median }.map(\.error)
        let long = sorted.filter { $0.length > median }.map(\.error)
        guard short.count >= 2, long.count >= 2 else { return nil }
        shorter = short.reduce(0, +) / Double(short.count)
        longer = long.reduce(0, +) / Double(long.count)
        pValue = Self.welch(short, long)
    }

    private static func welch(_ one: [Double], _ other: [Double]) -> Double? {
        (try? welchTTest(baseline: one, candidate: other, alternative: .twoSided))?.test.pValue
    }
}
