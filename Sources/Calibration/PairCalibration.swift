import Domain
import Statistics

/// A judge's preferences held against people's, each pair judged in both orders.
///
/// Where the orders disagree the judge's verdict is a tie: what it hangs on is the place, not the answer.
public struct PairCalibration: Sendable {
    public let metric: String
    public let pairs: Int
    /// Verdicts that are missing, of two a pair.
    public let lost: Int
    /// Right in the order as written, in the other, and in both; of all pairs, a missing verdict being wrong.
    public let correctAsWritten: Int
    public let correctSwapped: Int
    public let correctBoth: Int
    /// Pairs that are judged alike in both orders.
    public let same: Int
    /// Of pairs that have both verdicts.
    public let consistency: VerdictCalibration.Share?
    /// κ of the two orders; nil where one is missing somewhere or nothing varies.
    public let orderKappa: Double?
    /// Verdicts for whatever stood first, of all that chose.
    public let firstPlace: VerdictCalibration.Share?
    /// Of the hypothesis that the place does not matter (exact binomial).
    public let firstPlaceP: Double?
    /// Among wrong choices, those for the longer answer.
    public let longer: VerdictCalibration.Share?
    public let longerP: Double?
    /// The resolved verdict against people's: positive is *the first answer is better*; ties count as missed.
    public let kappa: AgreementEstimate?
    public let alpha: VerdictCalibration.Figure?
    public let accuracy: JudgeAccuracy?
    public let sensitivity: Interval?
    public let specificity: Interval?
    /// Repeats that say what the first asking said, in the same order.
    public let repeats: VerdictCalibration.Share?

    public struct Item: Sendable {
        public let human: Label.Choice
        /// Verdicts on the pair as written; the first counts, the others are repeats.
        public let written: [Label.Choice?]
        /// In the other order, said of the answers as written.
        public let swapped: [Label.Choice?]
        public let lengths: (first: Int, second: Int)?

        public init(
            human: Label.Choice, written: [Label.Choice?], swapped: [Label.Choice?],
            lengths: (first: Int, second: Int)? = nil
        ) {
            self.human = human
            self.written = written
            self.swapped = swapped
            self.lengths = lengths
        }

        /// What both orders come to; nil where one is missing.
        var resolved: Label.Choice? {
            guard let one = written.first ?? nil, let other = swapped.first ?? nil else { return nil }
            return one == other ? one : .tie
        }
    }

    public init(metric: String, items: [Item], seed: UInt64 = 1) {
        self.metric = metric
        pairs = items.count
        let both = items.filter { ($0.written.first ?? nil) != nil && ($0.swapped.first ?? nil) != nil }
        lost = items.reduce(0) { sum, item in
            sum + ((item.written.first ?? nil) == nil ? 1 : 0) + ((item.swapped.first ?? nil) == nil ? 1 : 0)
        }
        correctAsWritten = items.count { ($0.written.first ?? nil) == $0.human }
        correctSwapped = items.count { ($0.swapped.first ?? nil) == $0.human }
        correctBoth = items.count {
            ($0.written.first ?? nil) == $0.human && ($0.swapped.first ?? nil) == $0.human
        }
        let agreeing = both.count { ($0.written.first ?? nil) == ($0.swapped.first ?? nil) }
        same = agreeing
        consistency = both.isEmpty ? nil : VerdictCalibration.Share(agreeing, of: both.count)
        orderKappa = Self.orderKappa(both)
        (firstPlace, firstPlaceP) = Self.places(items)
        (longer, longerP) = Self.lengths(items)
        let judged = items.compactMap { item in item.resolved.map { (item.human, $0) } }
        kappa = Self.kappa(judged)
        alpha = Self.alpha(judged, seed: seed)
        let accuracy = Self.accuracy(judged)
        self.accuracy = accuracy
        sensitivity = accuracy.flatMap { try? $0.sensitivityInterval() }
        specificity = accuracy.flatMap { try? $0.specificityInterval() }
        var same = 0
        var total = 0
        for verdicts in items.map(\.written) + items.map(\.swapped) {
            guard let first = verdicts.first ?? nil else { continue }
            for repeated in verdicts.dropFirst().compactMap({ $0 }) {
                total += 1
                if repeated == first { same += 1 }
            }
        }
        repeats = total > 0 ? VerdictCalibration.Share(same, of: total) : nil
    }

    private static func orderKappa(_ both: [Item]) -> Double? {
        let written = both.compactMap { $0.written.first.flatMap { $0 }?.rawValue }
        let swapped = both.compactMap { $0.swapped.first.flatMap { $0 }?.rawValue }
        guard let table = try? confusionTable(written, swapped) else { return nil }
        return (try? cohenKappa(table.counts))?.value
    }

    /// How often what stood first was chosen.
    private static func places(_ items: [Item]) -> (VerdictCalibration.Share?, Double?) {
        var first = 0
        var total = 0
        for item in items {
            if let choice = item.written.first ?? nil, choice != .tie {
                total += 1
                if choice == .first { first += 1 }
            }
            // In the other order the second answer stood first.
            if let choice = item.swapped.first ?? nil, choice != .tie {
                total += 1
                if choice == .second { first += 1 }
            }
        }
        guard total > 0 else { return (nil, nil) }
        // Pairs judged alike say nothing of the place: the test is over those that are not.
        let torn = items.filter { item in
            guard let one = item.written.first ?? nil, let other = item.swapped.first ?? nil else {
                return false
            }
            return one != other && one != .tie && other != .tie
        }
        let tornFirst = torn.count { $0.written.first == .first }
        let test = try? binomialTest(
            successes: tornFirst, trials: torn.count, probability: 0.5, alternative: .twoSided)
        return (VerdictCalibration.Share(first, of: total), test?.pValue)
    }

    private static func lengths(_ items: [Item]) -> (VerdictCalibration.Share?, Double?) {
        var longer = 0
        var total = 0
        for item in items {
            guard let lengths = item.lengths, lengths.first != lengths.second, item.human != .tie else {
                continue
            }
            let longest: Label.Choice = lengths.first > lengths.second ? .first : .second
            for choice in [item.written.first ?? nil, item.swapped.first ?? nil] {
                guard let choice, choice != .tie, choice != item.human else { continue }
                total += 1
                if choice == longest { longer += 1 }
            }
        }
        guard total > 0 else { return (nil, nil) }
        let test = try? binomialTest(
            successes: longer, trials: total, probability: 0.5, alternative: .twoSided)
        return (VerdictCalibration.Share(longer, of: total), test?.pValue)
    }

    private static func kappa(_ judged: [(Label.Choice, Label.Choice)]) -> AgreementEstimate? {
        guard let table = try? confusionTable(judged.map { $0.0.rawValue }, judged.map { $0.1.rawValue })
        else {
            return nil
        }
        return try? cohenKappa(table.counts)
    }

    private static func alpha(
        _ judged: [(Label.Choice, Label.Choice)], seed: UInt64
    ) -> VerdictCalibration.Figure? {
        func number(_ choice: Label.Choice) -> Double { choice == .first ? 1 : choice == .second ? 2 : 3 }
        let ratings: [[Double?]] = judged.map { [number($0.0), number($0.1)] }
        guard let found = try? krippendorffAlpha(ratings, level: .nominal) else { return nil }
        let interval = try? krippendorffAlphaInterval(ratings, level: .nominal, resamples: 2000, seed: seed)
        return VerdictCalibration.Figure(value: found.value, interval: interval)
    }

    private static func accuracy(_ judged: [(Label.Choice, Label.Choice)]) -> JudgeAccuracy? {
        let firsts = judged.filter { $0.0 == .first }
        let seconds = judged.filter { $0.0 == .second }
        return try? JudgeAccuracy(
            truePositives: firsts.count { $0.1 == .first }, positives: firsts.count,
            trueNegatives: seconds.count { $0.1 == .second }, negatives: seconds.count)
    }
}
