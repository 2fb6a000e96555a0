/// A number that each release has, or lacks: an offline metric or an online outcome.
public struct ReleaseSeries: Sendable, Hashable {
    public let name: String
    /// One a release, from the oldest to the newest; nil is missing.
    public let values: [Double?]
    /// Whether less is better; nil where that is not known.
    public let lowerIsBetter: Bool?

    public init(name: String, values: [Double?], lowerIsBetter: Bool? = nil) {
        self.name = name
        self.values = values
        self.lowerIsBetter = lowerIsBetter
    }
}

/// Which offline metrics predict which online outcomes, release by release.
///
/// Every metric is held against every outcome of the same release and of those up to `maximumLag` later. A pair's
/// claim is Spearman's permutation test (Student's t beyond 100 releases), adjusted by Holm over every pair tested:
/// ranks, since one odd release of few must not make the claim. Releases that lack either number are left out of
/// that pair alone, and counted.
///
/// A metric *earns* its place where a claim stands and something of it remains besides the order of the releases:
/// two numbers that both drift are related though neither speaks of the other. It does *not* where every interval
/// lies within the correlation that would be worth having. Else nobody can tell yet.
public struct ReleaseStudy: Sendable, Hashable {
    public struct Options: Sendable, Hashable {
        /// Lags from 0 to this many releases are tried.
        public var maximumLag = 0
        /// Two-sided coverage of the intervals.
        public var confidence = 0.90
        /// The chance of any false claim among all pairs.
        public var alpha = 0.05
        /// The least size of a correlation that would earn a metric its place.
        public var worth = 0.5
        public var seed: UInt64 = 0

        public init() {}
    }

    /// Pairs of columns and lags that are tested at most: beyond, nothing could be claimed of few releases.
    public static let maximumPairs = 1_000

    public let releases: Int
    public let options: Options
    /// Every metric with every outcome and lag, in the order given.
    public let pairs: [ReleasePair]
    /// Every metric, those that earn their place first.
    public let rankings: [MetricRanking]
    /// Pairs that were tested: Holm's family.
    public let tested: Int
    /// What these releases could find.
    public let reach: StudyReach?

    /// - Parameters:
    ///   - metrics: Offline, each as long as there are releases.
    ///   - outcomes: Online, as long.
    /// - Throws: `EstimateError.tooFew` for no metric or outcome, `.unequalLengths`, `.notFinite`,
    ///   `.invalidParameter` for options out of their domain and for more than ``maximumPairs`` pairs.
    /// - Complexity: O(pairs · 10,000 · releases).
    public init(
        metrics: [ReleaseSeries], outcomes: [ReleaseSeries], options: Options = Options()
    ) throws(EstimateError) {
        try requireCount(metrics.count, atLeast: 1, "metrics")
        try requireCount(outcomes.count, atLeast: 1, "outcomes")
        try requireProbability(options.confidence, "confidence")
        try requireProbability(options.alpha, "alpha")
        try requireProbability(options.worth, "worth")
        guard options.maximumLag >= 0 else { throw .invalidParameter("lag", must: "be 0 or more") }
        let releases = metrics[0].values.count
        for series in metrics + outcomes {
            guard series.values.count == releases else {
                throw .unequalLengths(releases, series.values.count)
            }
            for case (let index, let value?) in series.values.enumerated() where !value.isFinite {
                throw .notFinite(index: index, of: series.name)
            }
        }
        // A lag that leaves no release to look at would only fill the table.
        let lags = min(options.maximumLag, max(0, releases - 1)) + 1
        guard Double(metrics.count) * Double(outcomes.count) * Double(lags) <= Double(Self.maximumPairs)
        else {
            throw .invalidParameter(
                "metrics × outcomes × lags", must: "be at most \(grouped(Self.maximumPairs)) pairs")
        }
        var drafts: [ReleasePair.Draft] = []
        for metric in metrics {
            for outcome in outcomes {
                for lag in 0..<lags { drafts.append(ReleasePair.Draft(metric, outcome, lag: lag)) }
            }
        }
        let family = drafts.count { $0.refusal == nil }
        var measured: [ReleasePair.Measured?] = []
        for draft in drafts { measured.append(try draft.measured(family: family, options)) }
        let adjusted = try holmAdjusted(measured.compactMap { $0?.test.pValue })
        var pairs: [ReleasePair] = []
        var place = 0
        for (draft, measured) in zip(drafts, measured) {
            pairs.append(
                try ReleasePair(
                    draft, measured, adjusted: measured == nil ? nil : adjusted[place], family: family,
                    options))
            if measured != nil { place += 1 }
        }
        self.releases = releases
        self.options = options
        self.pairs = pairs
        tested = family
        rankings = MetricRanking.ranked(pairs, metrics: metrics.map(\.name))
        let most = measured.compactMap { $0?.spearman.n }.max()
        reach = try most.map { (count) throws(EstimateError) in
            try StudyReach(releases: count, tests: family, options)
        }
    }
}

/// What a number of releases could find with a power of 80 %, each pair tested at its share of α.
public struct StudyReach: Sendable, Hashable {
    /// Most releases that any pair has.
    public let releases: Int
    /// The least correlation that would be found.
    public let smallestFound: Double
    /// Releases that a correlation worth having needs.
    public let neededForWorth: Int
    /// Releases without which not even a perfect order could be claimed.
    public let neededAtAll: Int

    init(releases: Int, tests: Int, _ options: ReleaseStudy.Options) throws(EstimateError) {
        let alpha = options.alpha / Double(max(1, tests))
        self.releases = releases
        smallestFound = try smallestCorrelation(foundIn: releases, alpha: alpha)
        neededAtAll = try pairsNeededForAnyClaim(alpha: alpha)
        neededForWorth = try max(neededAtAll, pairsNeeded(forCorrelation: options.worth, alpha: alpha))
    }
}
