import Domain
import Metrics
import Notation
import Statistics
import Text

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
    /// The models that answered, as they name themselves, sorted; empty: they name none.
    public let answered: [String]
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
        /// By column and value: for readers alone, no gate looks at them.
        public let slices: [Slice]

        public init(
            name: String, identity: [String], figures: CalibrationFigures, baseline: Counts? = nil,
            candidate: Counts? = nil, passes: Bool, shortcomings: [String], slices: [Slice] = []
        ) {
            self.slices = slices
            self.name = name
            self.identity = identity
            self.figures = figures
            self.baseline = baseline
            self.candidate = candidate
            self.passes = passes
            self.shortcomings = shortcomings
        }
    }

    /// How the judge did on some of the labels.
    public struct Slice: Sendable, Hashable {
        public let column: String
        public let value: String
        public let labels: Int
        /// Whether there are too few labels to say anything.
        public let isTooFew: Bool
        public let counts: Counts?
        public let kappa: Double?

        public init(
            column: String, value: String, labels: Int, isTooFew: Bool, counts: Counts?, kappa: Double?
        ) {
            self.column = column
            self.value = value
            self.labels = labels
            self.isTooFew = isTooFew
            self.counts = counts
            self.kappa = kappa
        }

        init(_ slice: MetricCalibration.Slice) {
            let accuracy: JudgeAccuracy?
            let kappa: Double?
            switch slice.body {
            case .verdicts(let found)?: (accuracy, kappa) = (found.accuracy, found.kappa?.value)
            case .pairs(let found)?: (accuracy, kappa) = (found.accuracy, found.kappa?.value)
            case nil: (accuracy, kappa) = (nil, nil)
            }
            self.init(
                column: slice.column, value: slice.value, labels: slice.labels, isTooFew: slice.body == nil,
                counts: accuracy.map(Counts.init), kappa: kappa)
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
        judge: String, model: String, labels: String, isFresh: Bool, made: String, answered: [String] = [],
        metrics: [Metric]
    ) {
        self.answered = answered
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
        judge: JudgeIdentity?, labels: String, isFresh: Bool, made: String, answered: [String] = [],
        results: [MetricCalibration]
    ) {
        self.init(
            judge: judge?.digest ?? "recorded", model: judge?.model ?? "recorded", labels: labels,
            isFresh: isFresh, made: made, answered: answered,
            metrics: results.map { result in
                var arms: (baseline: JudgeAccuracy, candidate: JudgeAccuracy)?
                if case .verdicts(let found) = result.body { arms = found.arms }
                return Metric(
                    name: result.metric, identity: result.identity, figures: result.figures,
                    baseline: (arms?.baseline).map(Counts.init),
                    candidate: (arms?.candidate).map(Counts.init), passes: result.passes,
                    shortcomings: result.shortcomings, slices: result.slices.map(Slice.init))
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
        if let changed = CalibrationIdentity.change(from: found.identity, to: identity, of: metric) {
            return "\(changed) since the calibration; run 'sluice judge calibrate --ask' again"
        }
        // By today's thresholds alone: the figures are the judge's, whatever was asked for when it was calibrated.
        let missed = found.figures.shortcomings(least)
        guard !missed.isEmpty else { return nil }
        let words = missed.joined(separator: "; ")
        return found.passes
            ? "the policy asks for more than the calibration showed: \(words)"
            : "the judge did not pass its calibration: \(words)"
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
            "answered": .array(answered.map { .string($0) }),
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
        if !metric.slices.isEmpty { object["slices"] = .array(metric.slices.map(json)) }
        return .object(object)
    }

    private static func json(_ slice: Slice) -> JSONValue {
        var object = JSONObject()
        object["column"] = .string(slice.column)
        object["value"] = .string(slice.value)
        object["labels"] = .integer(Int64(slice.labels))
        object["too_few"] = .bool(slice.isTooFew)
        object["overall"] = json(slice.counts)
        object["kappa"] = slice.kappa.map { JSONValue.finite($0) } ?? .null
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

    /// How to mend a record that cannot be read.
    public static let mend = "make it anew: sluice judge calibrate --ask"

    public init(_ value: JSONValue) throws(Unreadable) {
        func part<Part>(_ part: Part?, _ place: String, _ what: String) throws(Unreadable) -> Part {
            guard let part else { throw Unreadable(cause: "\(place) is no \(what); \(Self.mend)") }
            return part
        }
        let format = value["format"]?.stringValue
        guard format == Self.format else {
            let found = format.map { "of the form '\(Prose.line($0, most: 60))'" } ?? "no calibration"
            throw Unreadable(cause: "/format: it is \(found), and \(Self.format) is read; \(Self.mend)")
        }
        let judge = try part(value["judge"]?.stringValue, "/judge", "text")
        let model = try part(value["model"]?.stringValue, "/model", "text")
        let labels = try part(value["labels"]?.stringValue, "/labels", "text")
        let isFresh = try part(value["fresh"]?.boolValue, "/fresh", "true or false")
        let items = try part(value["metrics"]?.arrayValue, "/metrics", "list")
        var metrics: [Metric] = []
        for (number, item) in items.enumerated() {
            let place = "/metrics/\(number)"
            let name = try part(item["name"]?.stringValue, place + "/name", "text")
            let passes = try part(item["passes"]?.boolValue, place + "/passes", "true or false")
            let identity = try part(item["identity"]?.arrayValue, place + "/identity", "list")
            let figures = try part(
                Self.figures(item), place, "metric with its counts 'labels', 'asked' and 'lost'")
            for key in ["overall", "baseline", "candidate"] {
                guard let counts = item[key], !counts.isNull else { continue }
                _ = try part(Self.counts(counts)?.accuracy, "\(place)/\(key)", "table of counts that can be")
            }
            for key in [
                "kappa", "alpha", "self_consistency", "order_consistency", "first_place", "injections_moved",
            ] {
                guard let figure = item[key], !figure.isNull else { continue }
                _ = try part(figure.doubleValue, "\(place)/\(key)", "number")
            }
            metrics.append(
                Metric(
                    name: name, identity: identity.compactMap(\.stringValue), figures: figures,
                    baseline: Self.counts(item["baseline"]), candidate: Self.counts(item["candidate"]),
                    passes: passes,
                    shortcomings: (item["shortcomings"]?.arrayValue ?? []).compactMap(\.stringValue),
                    slices: (item["slices"]?.arrayValue ?? []).compactMap(Self.slice)))
        }
        self.init(
            judge: judge, model: model, labels: labels, isFresh: isFresh,
            made: value["made"]?.stringValue ?? "",
            answered: (value["answered"]?.arrayValue ?? []).compactMap(\.stringValue).sorted(),
            metrics: metrics)
    }

    private static func slice(_ item: JSONValue) -> Slice? {
        guard let column = item["column"]?.stringValue, let value = item["value"]?.stringValue,
            let labels = item["labels"]?.intValue, let isTooFew = item["too_few"]?.boolValue
        else { return nil }
        return Slice(
            column: column, value: value, labels: Int(labels), isTooFew: isTooFew,
            counts: counts(item["overall"]), kappa: item["kappa"]?.doubleValue)
    }

    private static func figures(_ item: JSONValue) -> CalibrationFigures? {
        guard let labels = item["labels"]?.intValue, let asked = item["asked"]?.intValue,
            let lost = item["lost"]?.intValue, labels >= 0, asked >= 0,
            (0...max(asked, labels)).contains(lost)
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
