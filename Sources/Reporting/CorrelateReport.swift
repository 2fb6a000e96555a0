import Statistics

/// What `sluice correlate` found, and in which file.
public struct CorrelateReport: Sendable {
    public let file: String
    /// From the oldest to the newest.
    public let releases: [String]
    /// Dates as written, where the file has them.
    public let dates: [String]?
    public let metrics: [String]
    public let outcomes: [String]
    /// Columns that were neither.
    public let unused: [String]
    public let study: ReleaseStudy

    public init(
        file: String, releases: [String], dates: [String]?, metrics: [String], outcomes: [String],
        unused: [String], study: ReleaseStudy
    ) {
        self.file = file
        self.releases = releases
        self.dates = dates
        self.metrics = metrics
        self.outcomes = outcomes
        self.unused = unused
        self.study = study
    }

    /// Lags that were tried, from 0.
    var lags: Int { study.pairs.count / max(1, metrics.count * outcomes.count) }
}

/// The words of a correlation study, the same in every form of it.
enum CorrelateWords {
    /// `14 releases, v1.0 (2025-01-08) to v2.3 (2026-02-11)`.
    static func releases(_ report: CorrelateReport) -> String {
        var words = ReportWords.count(report.releases.count, "release", "releases")
        guard let first = report.releases.first, let last = report.releases.last else { return words }
        words += ", " + named(first, report.dates?.first)
        if report.releases.count > 1 { words += " to " + named(last, report.dates?.last) }
        return words
    }

    private static func named(_ release: String, _ date: String?) -> String {
        let name = VisibleText.excerpt(release, to: 40)
        return date.map { "\(name) (\(VisibleText.excerpt($0, to: 25)))" } ?? name
    }

    /// `3 metrics × 2 outcomes × 2 lags: 12 pairs tested, Holm at .05`.
    static func design(_ report: CorrelateReport) -> String {
        var words = ReportWords.count(report.metrics.count, "metric", "metrics")
        words += " × " + ReportWords.count(report.outcomes.count, "outcome", "outcomes")
        if report.lags > 1 { words += " × \(report.lags) lags" }
        words += ": " + ReportWords.count(report.study.tested, "pair", "pairs") + " tested"
        return words + ", Holm at \(report.study.options.alpha)"
    }

    static func mark(_ finding: ReleasePair.Finding) -> String {
        switch finding {
        case .predicts: "✓"
        case .opposes: "✗"
        case .sharesTrend, .cannotTell, .untested: "?"
        case .tooWeak: "–"
        }
    }

    /// Which way a pair goes, and when.
    static func direction(_ pair: ReleasePair) -> String {
        guard let measured = pair.measured, measured.spearman.value != 0 else { return "no direction" }
        let other = measured.spearman.value > 0 ? "higher" : "lower"
        return "higher goes with \(other) \(name(pair.outcome))" + later(pair.lag)
    }

    static func later(_ lag: Int) -> String {
        lag == 0 ? "" : ", \(ReportWords.count(lag, "release", "releases")) later"
    }

    static func name(_ text: String) -> String { VisibleText.excerpt(text, to: 60) }

    /// What stands in the way of a claim, or who speaks for it.
    static func finding(_ pair: ReleasePair, _ report: CorrelateReport) -> String {
        switch pair.finding {
        case .predicts:
            return direction(pair)
        case .opposes:
            return direction(pair) + ": better offline goes with worse online"
        case .sharesTrend:
            guard let rest = pair.measured?.besidesOrder else {
                return "it only follows the order of the releases: any drift over time would look the same"
            }
            return "both follow the order of the releases; with that held fixed ρ is "
                + Figure(suffix: "", decimals: 2).signed(rest.value)
        case .tooWeak:
            return "any |ρ| is below \(report.study.options.worth)"
        case .cannotTell(let needed?):
            return direction(pair)
                + ", perhaps: about \(Figure.count(releasesNeeded(needed, pair))) releases "
                + "would show it, \(Figure.count(pair.n + pair.lag)) have the numbers"
        case .cannotTell(nil):
            return "no direction to be seen in \(ReportWords.count(pair.n, "release", "releases"))"
        case .untested(let error):
            return untested(error)
        }
    }

    /// The last releases before a lag has passed have no outcome yet, and make no pair.
    static func releasesNeeded(_ pairs: Int, _ pair: ReleasePair) -> Int { pairs + pair.lag }

    private static func untested(_ error: EstimateError) -> String {
        switch error {
        case .invalidParameter(let name, must: "vary"): "not tested: \(self.name(name)) never changes"
        case .tooFew(let count, let needed, _):
            "not tested: \(ReportWords.count(count, "release has", "releases have")) both numbers, "
                + "\(needed) are needed"
        default: "not tested: \(error)"
        }
    }

    /// Whether a claim stands whose direction nobody has told.
    static func needsDirections(_ report: CorrelateReport) -> Bool {
        report.study.pairs.contains { $0.finding == .predicts && $0.measured?.isWanted == nil }
    }

    /// What these releases can show at all.
    static func reach(_ report: CorrelateReport) -> String {
        guard let reach = report.study.reach else { return "no pair could be tested" }
        let pairs = ReportWords.count(report.study.tested, "pair", "pairs")
        var words = ReportWords.count(reach.releases, "release", "releases") + " and " + pairs
        if reach.releases < reach.neededAtAll {
            words += " cannot show anything: not even a perfect order would stand; "
            words += "\(Figure.count(reach.neededAtAll)) releases are the least, or fewer pairs"
        } else {
            words +=
                " find |ρ| from \(Figure(suffix: "", decimals: 2).bare(reach.smallestFound)) on (80 % power)"
        }
        words += "; |ρ| = \(report.study.options.worth) needs \(Figure.count(reach.neededForWorth))"
        return words
    }

    static func caution(_ pair: ReleasePair) -> String? {
        guard let measured = pair.measured else { return nil }
        let gap = abs(measured.pearson.value - measured.spearman.value)
        return gap > 0.3 ? "r and ρ differ: one release may lead, or the relation bends" : nil
    }
}
