import Domain
import Statistics

/// What a run came to, in the few numbers that are asked for across runs: a point of every curve of its history.
///
/// Made once, when the run ends; never changed. Holds no answer and no question.
public struct RunSummary: Sendable, Hashable {
    /// One metric over the whole set, in the candidate.
    public struct Metric: Sendable, Hashable {
        /// As policies name it; a percentile with its name behind a point: `latency.p95`.
        public let name: String
        public let unit: String
        /// `higher`, `lower` or `neither`.
        public let direction: String
        public let tier: String
        public let value: Double
        public let lower: Double?
        public let upper: Double?
        /// Two-sided coverage of the interval, and how it was had; absent with it.
        public let confidence: Double?
        public let method: String?
        public let n: Int
        public let baseline: Double?

        public init(
            name: String, unit: String, direction: String, tier: String, value: Double, lower: Double? = nil,
            upper: Double? = nil, confidence: Double? = nil, method: String? = nil, n: Int,
            baseline: Double? = nil
        ) {
            self.name = name
            self.unit = unit
            self.direction = direction
            self.tier = tier
            self.value = value
            self.lower = lower
            self.upper = upper
            self.confidence = confidence
            self.method = method
            self.n = n
            self.baseline = baseline
        }
    }

    public struct Gate: Sendable, Hashable {
        public let rule: String
        public let outcome: String
        public let baseline: Double?
        public let candidate: Double?
        /// In words: why.
        public let note: String
        /// Who let it pass although it does not hold, by a waiver of the policy; nil: nobody did.
        public let waivedBy: String?

        public init(
            rule: String, outcome: String, baseline: Double?, candidate: Double?, note: String,
            waivedBy: String? = nil
        ) {
            self.waivedBy = waivedBy
            self.rule = rule
            self.outcome = outcome
            self.baseline = baseline
            self.candidate = candidate
            self.note = note
        }
    }

    /// Something that runs are told apart by: `prompt` is `v15`.
    public struct Fact: Sendable, Hashable {
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public let id: String
    public var project = ""
    public var sluice = ""
    /// RFC 3339, UTC.
    public var startedAt = ""
    public var seconds = 0.0
    public var verdict = Verdict.couldNotMeasure
    public var headline = ""
    public var title = ""
    public var changes: [String] = []
    public var branch: String?
    public var commit: String?
    /// What a retry shares with the run before it: both arms, their versions, the commit and the data set.
    public var pair = ""
    public var policy = ""
    public var dataset = Manifest.DatasetFacts(digest: "", count: 0, files: [], version: nil)
    /// Versions that the candidate was seen to run with, sorted by name.
    public var versions: [Fact] = []
    /// What measured where Sluice itself did not: the scorers of external scores, sorted by name.
    public var judges: [Fact] = []
    /// Money spent on the run, where known.
    public var cost: Double?
    public var currency: String?
    public var attempt = 1
    public var planned = 0
    public var answered = 0
    public var unmeasured = 0
    public var gates: [Gate] = []
    public var metrics: [Metric] = []
    /// Digests of the run's files as they were written when it ended, by name: whether somebody changed them since.
    public var files: [Fact] = []
    /// Whether the run was made before summaries were kept, so that all that is known are its gates.
    public var isBare = false

    public init(id: String) { self.id = id }

    public func metric(_ name: String) -> Metric? { metrics.first { $0.name == name } }

    /// Gates that block.
    public var failing: [Gate] {
        gates.filter { $0.outcome == GateResult.Outcome.fails.rawValue && $0.waivedBy == nil }
    }
}

extension RunSummary {
    /// - Parameter pair: As the ledger knows it.
    public init(_ result: RunResult, pair: String) {
        let manifest = result.manifest
        self.init(id: manifest.runID)
        project = manifest.project
        sluice = manifest.sluiceVersion
        startedAt = manifest.startedAt
        seconds = manifest.durationSeconds
        verdict = result.verdict
        headline = result.headline
        title = manifest.title
        changes = manifest.changes.map(\.rawValue)
        branch = manifest.environment.branch
        commit = manifest.environment.git
        self.pair = pair
        policy = manifest.policyDigest
        dataset = manifest.dataset
        versions = (manifest.candidate?.versions ?? []).map {
            Fact(name: $0.name, value: $0.values.joined(separator: ", "))
        }
        judges = result.external.compactMap { source in
            source.scorer.map { Fact(name: source.file, value: $0) }
        }
        cost = manifest.cost
        currency = manifest.currency
        attempt = manifest.attempt
        planned = result.measurement.planned
        answered = result.measurement.answered
        unmeasured = result.measurement.unmeasured
        gates = result.gates.map { gate in
            Gate(
                rule: gate.rule.text, outcome: gate.outcome.rawValue, baseline: gate.baseline?.value,
                candidate: gate.candidate?.value, note: gate.note, waivedBy: gate.waiver?.owner)
        }
        metrics = RunSummary.metrics(result)
    }

    /// What is known of a run that left no summary.
    public init(_ record: RunRecord) {
        self.init(id: record.id)
        project = record.project
        startedAt = record.startedAt
        seconds = record.durationSeconds ?? 0
        verdict = record.verdict ?? .couldNotMeasure
        pair = record.pair
        policy = record.policyDigest
        dataset = Manifest.DatasetFacts(digest: record.datasetDigest, count: 0, files: [], version: nil)
        gates = record.gates.map { gate in
            Gate(
                rule: gate.rule, outcome: gate.outcome, baseline: gate.baseline, candidate: gate.candidate,
                note: "")
        }
        isBare = true
    }

    private static func metrics(_ result: RunResult) -> [Metric] {
        var out: [Metric] = []
        for metric in result.metrics {
            guard let candidate = metric.candidate else { continue }
            out.append(
                Metric(
                    name: metric.name, unit: metric.unit, direction: metric.direction, tier: metric.tier,
                    value: candidate.value, lower: candidate.interval?.lower,
                    upper: candidate.interval?.upper,
                    confidence: candidate.interval?.confidence, method: candidate.interval?.method,
                    n: candidate.n,
                    baseline: metric.baseline?.value))
        }
        for distribution in result.distributions {
            let whole = result.metrics.first { $0.name == distribution.metric }
            for percentile in distribution.percentiles {
                guard let value = percentile.candidate else { continue }
                out.append(
                    Metric(
                        name: distribution.metric + "." + percentile.name, unit: distribution.unit,
                        direction: whole?.direction ?? "neither", tier: whole?.tier ?? "efficiency",
                        value: value,
                        lower: percentile.interval?.lower, upper: percentile.interval?.upper,
                        confidence: percentile.interval?.confidence, method: percentile.interval?.method,
                        n: distribution.candidate.reduce(0, +), baseline: percentile.baseline))
            }
        }
        return out
    }
}
