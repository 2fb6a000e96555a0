import Domain
import Metrics

/// Labels with the judge's verdicts to what they say of the judge, metric by metric.
public struct CalibrationRun: Sendable {
    public var thresholds = JudgePolicy.Thresholds()
    /// From where a graded value counts as yes.
    public var passAt = 0.5
    public var slices: [String] = []
    public var seed: UInt64 = 1
    /// Whether labels were drawn at random from what is judged beside them.
    public var isRandomSample = false

    public init() {}

    /// - Parameters:
    ///   - labels: With verdicts, recorded or asked afresh.
    ///   - identity: Of a metric: the digests that its verdicts hang on.
    ///   - rest: Verdicts on items without labels, by metric.
    public func results(
        _ labels: [Label], identity: (String) -> [String], injections: [String: InjectionReport] = [:],
        rest: [String: [Double]] = [:]
    ) -> [MetricCalibration] {
        var metrics: [String] = []
        for label in labels where !metrics.contains(label.metric) { metrics.append(label.metric) }
        return metrics.map { metric in
            let own = labels.filter { $0.metric == metric }
            let body = body(metric, own)
            var correction: Correction?
            if case .verdicts(let found) = body, let values = rest[metric], !values.isEmpty {
                correction = Correction(
                    judged: values.count, passes: values.count { $0 >= passAt }, found,
                    isRandom: isRandomSample)
            }
            return MetricCalibration(
                metric: metric, identity: identity(metric), body: body, slices: sliced(metric, own),
                injections: injections[metric], correction: correction, thresholds: thresholds)
        }
    }

    private func sliced(_ metric: String, _ labels: [Label]) -> [MetricCalibration.Slice] {
        var columns = slices
        if columns.isEmpty {
            for column in labels.flatMap(\.columns).map(\.name) where !columns.contains(column) {
                columns.append(column)
            }
        }
        var found: [MetricCalibration.Slice] = []
        for column in columns {
            let values = Set(labels.compactMap { Self.value($0, column) })
            // A column of ids or of free text is no slice.
            guard values.count >= 2, values.count <= 50 else { continue }
            for value in values.sorted() {
                let own = labels.filter { Self.value($0, column) == value }
                let isEnough = own.count >= MetricCalibration.Slice.least
                found.append(
                    .init(
                        column: column, value: value, labels: own.count,
                        body: isEnough ? body(metric, own) : nil))
            }
        }
        return found
    }

    private static func value(_ label: Label, _ column: String) -> String? {
        label.columns.first { $0.name == column }?.value
    }

    private func body(_ metric: String, _ labels: [Label]) -> MetricCalibration.Body {
        if labels.contains(where: \.isPair) {
            return .pairs(PairCalibration(metric: metric, items: labels.compactMap(Self.pair), seed: seed))
        }
        return .verdicts(
            VerdictCalibration(metric: metric, items: labels.compactMap(item), seed: seed))
    }

    private static func pair(_ label: Label) -> PairCalibration.Item? {
        guard case .pair(let human) = label.verdict else { return nil }
        func choices(_ verdicts: [Label.Verdict?]) -> [Label.Choice?] {
            verdicts.map { verdict in
                if case .pair(let choice)? = verdict { return choice }
                return nil
            }
        }
        var lengths: (first: Int, second: Int)?
        if let first = label.material.first, let second = label.material.second {
            lengths = (first.unicodeScalars.count, second.unicodeScalars.count)
        }
        return PairCalibration.Item(
            human: human, written: choices(label.judged), swapped: choices(label.swapped), lengths: lengths)
    }

    private func item(_ label: Label) -> VerdictCalibration.Item? {
        guard case .value(let human) = label.verdict else { return nil }
        let judged = label.judged.map { verdict -> Double? in
            if case .value(let value)? = verdict { return value }
            return nil
        }
        return VerdictCalibration.Item(
            human: human, judge: judged, passAt: passAt, length: label.material.answer?.unicodeScalars.count,
            arm: label.arm)
    }
}
