import Domain
import Ledger
import Statistics
import Text

/// Runs over time with their gate log, as every face of a history shows them.
public struct HistoryReport: Sendable {
    /// Where the runs were read, as the user named it.
    public let place: String
    /// What they were chosen by, in words; empty: by nothing.
    public let filter: String
    public let timelines: [RunTimeline]
    public let log: GateLog
    /// What could not be read, in words.
    public let problems: [String]
    public let version: String
    /// Names of the metrics that were asked for; empty: none in particular.
    public let asked: [String]

    public init(
        place: String, filter: String, runs: [RunSummary], notes: [RunNote], metrics: [String] = [],
        problems: [String] = [], version: String
    ) {
        self.place = place
        self.filter = filter
        timelines = RunTimeline.byProject(runs, metrics: metrics.isEmpty ? nil : metrics)
        log = GateLog(runs: runs, notes: notes)
        self.problems = problems
        self.version = version
        asked = metrics
    }

    public var runCount: Int { timelines.reduce(0) { $0 + $1.runs.count } }

    /// Names of metrics that were asked for and that no run has.
    public var unknownMetrics: [String] {
        asked.filter { name in !timelines.contains { $0.series.contains { $0.name == name } } }
    }

    /// The series that people look for first: quality in the policy's order, then latency, cost and errors.
    func chosen(_ timeline: RunTimeline, most: Int) -> [RunTimeline.Series] {
        guard asked.isEmpty else { return timeline.series }
        let series = timeline.series.filter { !Self.isIdle($0) }
        guard series.count > most else { return series }
        let always = ["latency.p95", "latency", "cost", "cost_per_success", "error_rate"]
        let wanted = series.filter { always.contains($0.name) }
        let quality = series.filter { $0.tier == "quality" && !always.contains($0.name) }
        let names = Set((quality.prefix(max(0, most - wanted.count)) + wanted).map(\.name))
        return series.filter { names.contains($0.name) }
    }

    /// Whether a series is a percentile that tells little at a glance: any but the tail of what takes time or money. Of a
    /// metric of passes each is 0 or 1.
    private static func isIdle(_ series: RunTimeline.Series) -> Bool {
        guard let dot = series.name.lastIndex(of: ".") else { return false }
        let word = series.name[series.name.index(after: dot)...]
        guard word.first == "p", word.dropFirst().first?.isNumber ?? false else { return false }
        return !["milliseconds", "money"].contains(series.unit) || !["p95", "p99"].contains(word)
    }
}

/// Words that every face of a history shares.
enum HistoryWords {
    static func day(_ time: String) -> String { VisibleText.excerpt(String(time.prefix(10)), to: 10) }

    /// `2026-11-20 09:12`.
    static func moment(_ time: String) -> String {
        VisibleText.excerpt(String(time.prefix(16)), to: 16).split(separator: "T").joined(separator: " ")
    }

    static func figure(_ series: RunTimeline.Series, _ currency: String?) -> Figure {
        Figure(
            unit: series.unit, currency: currency,
            numbers: series.points.suffix(60).map { $0.metric.value })
    }

    static func interval(_ metric: RunSummary.Metric, _ figure: Figure) -> String? {
        guard let lower = metric.lower, let upper = metric.upper else { return nil }
        return "[\(figure.bare(lower)), \(figure.bare(upper))]"
    }

    /// How an interval was had: `90 %, Student t`.
    static func method(_ metric: RunSummary.Metric) -> String? {
        guard let confidence = metric.confidence else { return nil }
        let method = metric.method.map { ", " + VisibleText.excerpt($0, to: 80) } ?? ""
        return ReportWords.coverage(confidence) + method
    }

    static func verdicts(_ log: GateLog) -> String {
        let order: [Verdict] = [.ship, .block, .cannotTell, .couldNotMeasure]
        return order.compactMap { verdict in
            log.counts[verdict].map { "\(Figure.count($0)) \(verdict.rawValue)" }
        }.joined(separator: ", ")
    }

    static func sequel(_ alarm: GateLog.Alarm) -> String {
        switch alarm.sequel {
        case .mended(let run, let between):
            let tries =
                between > 0 ? " after \(ReportWords.count(between, "further try", "further tries"))" : ""
            return "mended: ships as \(run)\(tries)"
        case .shippedUnchanged(let run): return "ships unchanged at another try, as \(run)"
        case .shippedWithout(let run, let rules):
            return "ships as \(run) without " + rules.map { "'\($0)'" }.joined(separator: ", ")
                + ", which is waived or no longer asked"
        case .stillBlocked(let runs):
            return "\(ReportWords.count(runs, "later run", "later runs")) of it, and none ships"
        case .nothingSince: return "no later run of it"
        case .unknown: return "unknown: neither a branch of its own nor a title to follow it by"
        }
    }

    static func note(_ note: RunNote) -> String {
        "\(note.outcome.rawValue) (\(note.by), \(day(note.at))): \(note.why)"
    }

    /// How many alarms people judged, and what share of them was true.
    static func judged(_ log: GateLog) -> String {
        let (yes, no) = (log.trueAlarms, log.falseAlarms)
        var words = "\(ReportWords.count(log.alarms.count, "block", "blocks"))"
        guard let precision = log.precision(), let interval = precision.interval else {
            return words + (log.alarms.isEmpty ? "" : "; nobody has said whether they were true alarms")
        }
        words +=
            "; \(Figure.count(yes)) true and \(Figure.count(no)) false of \(Figure.count(yes + no)) judged: "
        words += Numbers.percent(precision.value) + " true " + percent(interval)
        let open = log.alarms.count - yes - no
        return words + (open > 0 ? "; \(Figure.count(open)) not judged" : "")
    }

    static func percent(_ interval: Interval) -> String {
        let ends = "[\(Numbers.percent(interval.lower)), \(Numbers.percent(interval.upper))]"
        return "\(ends) (\(ReportWords.coverage(interval.confidence)), \(interval.method))"
    }
}
