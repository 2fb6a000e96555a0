import Domain
import Notation

/// What one run showed, as far as it may call for new examples: read from its report, `sluice.run/1`.
public struct RunFigures: Sendable, Hashable {
    public struct Figure: Sendable, Hashable {
        public let metric: String
        /// Nil: over all examples.
        public let slice: String?
        public let value: String?
        public let baseline: Double
        public let candidate: Double
        public let isRatio: Bool
        public let isHigherBetter: Bool
        public let n: Int

        /// How much worse the candidate is: points of a ratio, a part of the baseline's value of anything else; nil where
        /// that cannot be said.
        public var drop: Double? {
            let difference = isHigherBetter ? baseline - candidate : candidate - baseline
            if isRatio { return difference }
            return baseline > 0 ? difference / baseline : nil
        }
    }

    public let run: String
    public let day: Day?
    public let figures: [Figure]
    public let newlyFailing: Int
    /// Pairs of the run.
    public let n: Int

    /// - Returns: Nil where this is no report of a run, or of one without a baseline.
    public init?(report: JSONValue) {
        guard report["format"]?.stringValue == "sluice.run/1",
            let name = report["manifest"]?["run"]?.stringValue
        else { return nil }
        run = name
        day = report["manifest"]?["started_at"]?.stringValue.flatMap { Day($0) }
        newlyFailing = report["movement"]?["newly_failing_count"]?.intValue ?? 0
        n = report["manifest"]?["dataset"]?["count"]?.intValue ?? 0
        var natures: [String: (isRatio: Bool, isHigher: Bool)] = [:]
        var figures: [Figure] = []
        for metric in report["metrics"]?.arrayValue ?? [] {
            guard let name = metric["name"]?.stringValue, let direction = metric["direction"]?.stringValue,
                direction == "higher" || direction == "lower"
            else { continue }
            let nature = (metric["unit"]?.stringValue == "ratio", direction == "higher")
            natures[name] = nature
            guard let before = metric["baseline"]?["value"]?.doubleValue,
                let after = metric["candidate"]?["value"]?.doubleValue
            else { continue }
            let n = metric["difference"]?["n"]?.intValue ?? metric["candidate"]?["n"]?.intValue ?? 0
            figures.append(
                Figure(
                    metric: name, slice: nil, value: nil, baseline: before, candidate: after,
                    isRatio: nature.0, isHigherBetter: nature.1, n: n))
        }
        for slice in report["slices"]?.arrayValue ?? [] {
            guard let metric = slice["metric"]?.stringValue, let nature = natures[metric],
                let before = slice["baseline"]?.doubleValue, let after = slice["candidate"]?.doubleValue
            else { continue }
            figures.append(
                Figure(
                    metric: metric, slice: slice["slice"]?.stringValue, value: slice["value"]?.stringValue,
                    baseline: before, candidate: after, isRatio: nature.isRatio,
                    isHigherBetter: nature.isHigher,
                    n: slice["n"]?.intValue ?? 0))
        }
        self.figures = figures
    }
}
