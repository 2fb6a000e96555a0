import Domain

/// The runs of one project as curves over time, and where something else changed than the app.
///
/// Two neighbouring points of a curve are joined only where they were measured alike: over the same data set, by the
/// same judges, in the same unit. Pure; linear in runs and metrics.
public struct RunTimeline: Sendable {
    /// Why a curve is not drawn on from one run to the next, or what a reader should know where it is.
    public struct Mark: Sendable, Hashable {
        public enum Kind: String, Sendable, Hashable, CaseIterable { case dataset, judge, version }

        /// The run before which it changed: an index into `runs`.
        public let run: Int
        public let kind: Kind
        /// `data set 2026-Q1 → 2026-Q2`, `prompt v14 → v15`.
        public let words: String

        /// Whether numbers on both sides must not be compared.
        public var parts: Bool { kind != .version }
    }

    public struct Point: Sendable, Hashable {
        /// An index into `runs`.
        public let run: Int
        public let metric: RunSummary.Metric
        /// Whether it was measured as the point before it.
        public let isJoined: Bool
    }

    public struct Series: Sendable, Hashable {
        public let name: String
        public let unit: String
        public let direction: String
        public let tier: String
        public let points: [Point]

        /// The newest points that were measured alike.
        public var latest: ArraySlice<Point> {
            let start = points.lastIndex { !$0.isJoined } ?? points.startIndex
            return points[start...]
        }
    }

    public let project: String
    /// Oldest first.
    public let runs: [RunSummary]
    public let series: [Series]
    public let marks: [Mark]

    /// - Parameters:
    ///   - runs: Of one project, oldest first.
    ///   - metrics: Names of the metrics that are wanted, in their order; nil: every one, in the newest run's order.
    public init(project: String, runs: [RunSummary], metrics wanted: [String]? = nil) {
        self.project = project
        self.runs = runs
        var names = wanted ?? []
        if wanted == nil {
            var known = Set<String>()
            for run in runs.reversed() {
                for metric in run.metrics where known.insert(metric.name).inserted {
                    names.append(metric.name)
                }
            }
        }
        var places: [String: Int] = [:]
        for (index, name) in names.enumerated() { places[name] = index }
        var points = [[Point]](repeating: [], count: names.count)
        var last = [Int?](repeating: nil, count: names.count)
        for (number, run) in runs.enumerated() {
            for metric in run.metrics {
                guard let place = places[metric.name] else { continue }
                let isJoined =
                    last[place].map { RunTimeline.isAlike(runs[$0], run) } ?? false
                    && points[place].last?.metric.unit == metric.unit
                points[place].append(Point(run: number, metric: metric, isJoined: isJoined))
                last[place] = number
            }
        }
        var series: [Series] = []
        for (name, found) in zip(names, points) {
            guard let newest = found.last?.metric else { continue }
            series.append(
                Series(
                    name: name, unit: newest.unit, direction: newest.direction, tier: newest.tier,
                    points: found))
        }
        self.series = series
        marks = RunTimeline.marks(runs)
    }

    /// A timeline for each project, by name.
    public static func byProject(_ runs: [RunSummary], metrics: [String]? = nil) -> [RunTimeline] {
        var found: [String: [RunSummary]] = [:]
        for run in runs { found[run.project, default: []].append(run) }
        return found.keys.sorted().map {
            RunTimeline(project: $0, runs: found[$0] ?? [], metrics: metrics)
        }
    }

    /// Whether the numbers of two runs may be compared at all.
    static func isAlike(_ one: RunSummary, _ other: RunSummary) -> Bool {
        one.dataset.digest == other.dataset.digest && one.judges == other.judges
    }

    private static func marks(_ runs: [RunSummary]) -> [Mark] {
        var marks: [Mark] = []
        for (index, (before, after)) in zip(runs, runs.dropFirst()).enumerated() {
            if before.dataset.digest != after.dataset.digest {
                marks.append(
                    Mark(
                        run: index + 1, kind: .dataset,
                        words: "data set \(name(before.dataset)) → \(name(after.dataset))"))
            }
            for words in changes(before.judges, after.judges) {
                marks.append(Mark(run: index + 1, kind: .judge, words: "judge " + words))
            }
            // A run that left no summary shows no versions: that is no change of them.
            if before.isBare || after.isBare { continue }
            for words in changes(before.versions, after.versions) {
                marks.append(Mark(run: index + 1, kind: .version, words: words))
            }
        }
        return marks
    }

    private static func name(_ dataset: Manifest.DatasetFacts) -> String {
        let hex = dataset.digest.split(separator: ":").last ?? "unknown"
        let short = String(hex.prefix(8))
        return dataset.version.map { "\($0) (\(short))" } ?? short
    }

    private static func changes(_ before: [RunSummary.Fact], _ after: [RunSummary.Fact]) -> [String] {
        var old: [String: String] = [:]
        var new: [String: String] = [:]
        for fact in before { old[fact.name] = fact.value }
        for fact in after { new[fact.name] = fact.value }
        return Set(old.keys).union(new.keys).sorted().compactMap { name in
            guard old[name] != new[name] else { return nil }
            return "\(name) \(old[name] ?? "none") → \(new[name] ?? "none")"
        }
    }
}
