/// One offline metric against one online outcome, some releases later.
public struct ReleasePair: Sendable, Hashable {
    public enum Finding: Sendable, Hashable {
        /// Better offline goes with better online, or the directions are not known.
        case predicts
        /// Better offline goes with worse online.
        case opposes
        /// A claim stands, and nothing of it remains besides the order of the releases.
        case sharesTrend
        /// Whatever correlation there is lies below what would be worth having.
        case tooWeak
        /// Too few releases; how many would be needed at this estimate, where that can be said.
        case cannotTell(needed: Int?)
        /// Nothing could be computed, and why.
        case untested(EstimateError)
    }

    public let metric: String
    public let outcome: String
    /// The outcome is that of so many releases later.
    public let lag: Int
    /// Releases that have both numbers.
    public let n: Int
    /// Releases that lack one of them, besides those for which no later release is there.
    public let missing: Int
    public let measured: Measured?
    /// Holm's adjusted p-value over all pairs tested.
    public let adjusted: Double?
    public let finding: Finding

    /// What was measured of a pair.
    public struct Measured: Sendable, Hashable {
        public let spearman: Estimate
        public let pearson: Estimate
        /// Of Spearman's correlation.
        public let test: TestResult
        /// Spearman's correlation with the order of the releases held fixed; nil where nothing else varies.
        public let besidesOrder: Estimate?
        /// The p-value of that.
        public let besidesOrderP: Double?
        /// Whether the correlation points the way that both directions ask for; nil where they are not known.
        public let isWanted: Bool?
    }

    init(
        _ draft: Draft, _ measured: Measured?, adjusted: Double?, family: Int, _ options: ReleaseStudy.Options
    ) throws(EstimateError) {
        metric = draft.metric
        outcome = draft.outcome
        lag = draft.lag
        n = draft.x.count
        missing = draft.missing
        self.measured = measured
        self.adjusted = adjusted
        if let refusal = draft.refusal {
            finding = .untested(refusal)
        } else if let measured, let adjusted {
            finding = try Self.finding(measured, adjusted, family, options)
        } else {
            finding = .cannotTell(needed: nil)
        }
    }

    private static func finding(
        _ measured: Measured, _ adjusted: Double, _ family: Int, _ options: ReleaseStudy.Options
    ) throws(EstimateError) -> Finding {
        if adjusted <= options.alpha {
            guard let rest = measured.besidesOrderP, rest <= options.alpha,
                let partial = measured.besidesOrder, partial.value * measured.spearman.value > 0
            else { return .sharesTrend }
            return measured.isWanted == false ? .opposes : .predicts
        }
        if let interval = measured.spearman.interval,
            interval.lower > -options.worth, interval.upper < options.worth
        {
            return .tooWeak
        }
        let alpha = options.alpha / Double(family)
        let floor = try pairsNeededForAnyClaim(alpha: alpha)
        let size = abs(measured.spearman.value)
        if size >= 1 { return .cannotTell(needed: floor) }
        // Below a tenth the number says more of the estimate's error than of the world.
        if size < 0.1 { return .cannotTell(needed: nil) }
        return .cannotTell(needed: try max(floor, pairsNeeded(forCorrelation: size, alpha: alpha)))
    }

    /// A pair before anything is computed: the numbers that both columns have.
    struct Draft {
        let metric: String
        let outcome: String
        let lag: Int
        private(set) var x: [Double] = []
        private(set) var y: [Double] = []
        private(set) var order: [Double] = []
        private(set) var missing = 0
        private(set) var refusal: EstimateError?
        private let wantsRise: Bool?

        init(_ metric: ReleaseSeries, _ outcome: ReleaseSeries, lag: Int) {
            self.metric = metric.name
            self.outcome = outcome.name
            self.lag = lag
            if let left = metric.lowerIsBetter, let right = outcome.lowerIsBetter {
                wantsRise = left == right
            } else {
                wantsRise = nil
            }
            for index in 0..<max(0, metric.values.count - lag) {
                guard let value = metric.values[index], let later = outcome.values[index + lag] else {
                    missing += 1
                    continue
                }
                x.append(value)
                y.append(later)
                order.append(Double(index))
            }
            do throws(EstimateError) {
                try requireCount(x.count, atLeast: 4, "releases with both numbers")
                try requireVariation(x, metric.name)
                try requireVariation(y, outcome.name)
            } catch {
                refusal = error
            }
        }

        func measured(family: Int, _ options: ReleaseStudy.Options) throws(EstimateError) -> Measured? {
            guard refusal == nil else { return nil }
            let spearman = try spearmanCorrelation(x, y, confidence: options.confidence)
            let test: TestResult
            if x.count <= 100 {
                // Enough draws that the smallest p could still stand after Holm.
                let draws = max(10_000, Int((2 * Double(family) / options.alpha).rounded(.up)))
                test = try correlationPermutationTest(
                    x, y, kind: .spearman, alternative: .twoSided, resamples: min(draws, 100_000),
                    seed: options.seed)
            } else {
                test = try spearmanTest(x, y, alternative: .twoSided)
            }
            var partial: Estimate?
            var partialP: Double?
            if let found = try? partialCorrelation(
                x, y, controls: [order], ranks: true, confidence: options.confidence)
            {
                partial = found
                partialP = try? partialCorrelationTest(
                    x, y, controls: [order], ranks: true, alternative: .twoSided
                ).pValue
            }
            return try Measured(
                spearman: spearman, pearson: pearsonCorrelation(x, y, confidence: options.confidence),
                test: test, besidesOrder: partial, besidesOrderP: partialP,
                isWanted: spearman.value == 0 ? nil : wantsRise.map { $0 == (spearman.value > 0) })
        }
    }
}
