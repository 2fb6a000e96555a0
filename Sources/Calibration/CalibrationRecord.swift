import Domain
import Metrics
import Notation
import Statistics

/// What `sluice judge calibrate` leaves behind, so that gates can see it: which judge, on which labels, how it did.
public struct CalibrationRecord: Sendable {
    public static let format = "sluice.calibration/2"

    /// The judge's digest and name.
    public let judge: String
    public let model: String
    /// SHA-256 of the labels.
    public let labels: String
    /// Whether verdicts were asked for afresh; recorded ones are of whatever made them.
    public let isFresh: Bool
    public let made: String
    public let metrics: [Metric]

    public struct Metric: Sendable {
        public let name: String
        /// `JudgedForm.identity`: prompts, reader, votes.
        public let identity: [String]
        public let figures: CalibrationFigures
        /// The judge's counts on each arm's answers, where labels say whose they are.
        public let baseline: Counts?
        public let candidate: Counts?
        public let passes: Bool
        public let shortcomings: [String]

        public init(
            name: String, identity: [String], figures: CalibrationFigures, baseline: Counts? = nil,
            candidate: Counts? = nil, passes: Bool, shortcomings: [String]
        ) {
            self.name = name
            self.identity = identity
            self.figures = figures
            self.baseline = baseline
            self.candidate = candidate
            self.passes = passes
            self.shortcomings = shortcomings
        }
    }

    /// Verdicts of a judge on labels of people.
    public struct Counts: Sendable, Hashable {
        public let truePositives: Int
        public let positives: Int
        public let trueNegatives: Int
        public let negatives: Int

        public init(truePositives: Int, positives: Int, trueNegatives: Int, negatives: Int) {
            self.truePositives = truePositives
            self.positives = positives
            self.trueNegatives = trueNegatives
            self.negatives = negatives
        }

        init(_ accuracy: JudgeAccuracy) {
            self.init(
                truePositives: accuracy.truePositives, positives: accuracy.positives,
                trueNegatives: accuracy.trueNegatives, negatives: accuracy.negatives)
        }

        public var accuracy: JudgeAccuracy? {
            try? JudgeAccuracy(
                truePositives: truePositives, positives: positives, trueNegatives: trueNegatives,
                negatives: negatives)
        }
    }

    public init(
        judge: String, model: String, labels: String, isFresh: Bool, made: String, metrics: [Metric]
    ) {
        self.judge = judge
        self.model = model
        self.labels = labels
        self.isFresh = isFresh
        self.made = made
        self.metrics = metrics
    }

    /// - Parameters:
    ///   - judge: Nil where verdicts were recorded and no judge is named.
    ///   - made: The day.
    public init(
        judge: JudgeIdentity?, labels: String, isFresh: Bool, made: String, results: [MetricCalibration]
    ) {
        self.init(
            judge: judge?.digest ?? "recorded", model: judge?.model ?? "recorded", labels: labels,
            isFresh: isFresh, made: made,
            metrics: results.map { result in
                var arms: (baseline: JudgeAccuracy, candidate: JudgeAccuracy)?
                if case .verdicts(let found) = result.body { arms = found.arms }
                return Metric(
                    name: result.metric, identity: result.identity, figures: result.figures,
                    baseline: (arms?.baseline).map(Counts.init),
                    candidate: (arms?.candidate).map(Counts.init), passes: result.passes,
                    shortcomings: result.shortcomings)
            })
    }

    // MARK: - Gates

    /// Why a judged metric may not gate by this record; nil: it may.
    ///
    /// - Parameter least: What today's policy asks for, which may be more than when the record was made.
    public func refusal(
        metric: String, identity: [String], judge: JudgeIdentity, least: JudgePolicy.Thresholds = .init()
    ) -> String? {
        guard let found = metrics.first(where: { $0.name == metric }) else {
            return "the judge was not calibrated on \(metric)"
        }
        if !isFresh {
            return "the calibration was made of recorded verdicts, not of this judge's; run it with --ask"
        }
        guard self.judge == judge.digest else {
            return
                "the calibration is of the judge '\(model)' (\(self.judge.prefix(12))), and the policy's is \(judge)"
        }
        guard found.identity == identity else {
            return
                "prompts, rubrics or other words, votes, redaction or the reader of verdicts changed since the calibration"
        }
        if !found.passes {
            return "the judge did not pass its calibration: \(found.shortcomings.joined(separator: "; "))"
        }
        let missed = found.figures.shortcomings(least)
        return missed.isEmpty
            ? nil : "the policy asks for more than the calibration showed: \(missed.joined(separator: "; "))"
    }

    /// The judge's accuracy on a metric, for the correction of differences; nil: not known.
    public func accuracy(
        of metric: String
    ) -> (overall: JudgeAccuracy, baseline: JudgeAccuracy?, candidate: JudgeAccuracy?)? {
        guard let found = metrics.first(where: { $0.name == metric }),
            let overall = found.figures.overall?.accuracy
        else {
            return nil
        }
        return (overall, found.baseline?.accuracy, found.candidate?.accuracy)
    }

    // MARK: - JSON

    public var json: JSONValue {
        [
            "format": .string(Self.format), "judge": .string(judge), "model": .string(model),
            "labels": .string(labels), "fresh": .bool(isFresh), "made": .string(made),
            "metrics": .array(metrics.map(Self.json)),
        ]
    }

    private static func json(_ metric: Metric) -> JSONValue {
        var object = JSONObject()
        object["name"] = .string(metric.name)
        object["identity"] = .array(metric.identity.map { .string($0) })
        let figures = metric.figures
        object["labels"] = .integer(Int64(figures.labels))
        object["asked"] = .integer(Int64(figures.asked))
        object["lost"] = .integer(Int64(figures.lost))
        object["overall"] = json(figures.overall)
        object["baseline"] = json(metric.baseline)
        object["candidate"] = json(metric.candidate)
        func put(_ key: String, _ value: Double?) {
            object[key] = value.map { JSONValue.finite($0) } ?? .null
        }
        put("kappa", figures.kappa)
        put("alpha", figures.alpha)
        put("self_consistency", figures.selfConsistency)
        if let orders = figures.orders {
            put("order_consistency", orders.consistency)
            put("first_place", orders.firstPlace)
        }
        put("injections_moved", figures.injectionsMoved)
        object["passes"] = .bool(metric.passes)
        object["shortcomings"] = .array(metric.shortcomings.map { .string($0) })
        return .object(object)
    }

    private static func json(_ counts: Counts?) -> JSONValue {
        guard let counts else { return .null }
        return [
            "true_positives": .integer(Int64(counts.truePositives)),
            "positives": .integer(Int64(counts.positives)),
            "true_negatives": .integer(Int64(counts.trueNegatives)),
            "negatives": .integer(Int64(counts.negatives)),
        ]
    }

    public struct Unreadable: Error, Sendable { public let cause: String }

    public init(_ value: JSONValue) throws(Unreadable) {
        guard value["format"]?.stringValue == Self.format else {
            throw Unreadable(
                cause: "it is no calibration of this version (\(Self.format)); run 'sluice judge calibrate'")
        }
        guard let judge = value["judge"]?.stringValue, let model = value["model"]?.stringValue,
            let labels = value["labels"]?.stringValue, let isFresh = value["fresh"]?.boolValue,
            let items = value["metrics"]?.arrayValue
        else { throw Unreadable(cause: "it lacks a part; run 'sluice judge calibrate' again") }
        var metrics: [Metric] = []
        for item in items {
            guard let name = item["name"]?.stringValue, let passes = item["passes"]?.boolValue,
                let identity = item["identity"]?.arrayValue, let figures = Self.figures(item)
            else {
                throw Unreadable(cause: "a metric of it lacks a part; run 'sluice judge calibrate' again")
            }
            metrics.append(
                Metric(
                    name: name, identity: identity.compactMap(\.stringValue), figures: figures,
                    baseline: Self.counts(item["baseline"]), candidate: Self.counts(item["candidate"]),
                    passes: passes,
                    shortcomings: (item["shortcomings"]?.arrayValue ?? []).compactMap(\.stringValue)))
        }
        self.init(
            judge: judge, model: model, labels: labels, isFresh: isFresh,
            made: value["made"]?.stringValue ?? "", metrics: metrics)
    }

    private static func figures(_ item: JSONValue) -> CalibrationFigures? {
        guard let labels = item["labels"]?.intValue, let asked = item["asked"]?.intValue,
            let lost = item["lost"]?.intValue
        else { return nil }
        var figures = CalibrationFigures(labels: Int(labels), asked: Int(asked), lost: Int(lost))
        figures.overall = counts(item["overall"])
        figures.kappa = item["kappa"]?.doubleValue
        figures.alpha = item["alpha"]?.doubleValue
        figures.selfConsistency = item["self_consistency"]?.doubleValue
        if item["order_consistency"] != nil || item["first_place"] != nil {
            figures.orders = .init(
                consistency: item["order_consistency"]?.doubleValue,
                firstPlace: item["first_place"]?.doubleValue)
        }
        figures.injectionsMoved = item["injections_moved"]?.doubleValue
        return figures
    }

    private static func counts(_ value: JSONValue?) -> Counts? {
        guard let hits = value?["true_positives"]?.intValue, let positives = value?["positives"]?.intValue,
            let misses = value?["true_negatives"]?.intValue, let negatives = value?["negatives"]?.intValue
        else { return nil }
        return Counts(
            truePositives: Int(hits), positives: Int(positives), trueNegatives: Int(misses),
            negatives: Int(negatives))
    }
}
