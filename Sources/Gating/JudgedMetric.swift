import Domain
import Metrics
import Statistics

/// What is known of the judge behind a pass/fail metric: how it did on labels of experts.
///
/// A judge shrinks every true difference by J = sensitivity + specificity − 1. Gates hold the difference corrected by
/// J against the margin as written, the uncertainty of J included; where the judge does otherwise in the two arms,
/// each arm is corrected by its own accuracy. A judge whose J is not proven to be above 0 may not gate.
public struct JudgedMetric: Sendable, Hashable {
    /// On labels of both arms' answers together, or of none in particular.
    public let overall: JudgeAccuracy
    /// On labels of each arm's answers, where they were kept apart.
    public let arms: Arms?

    public struct Arms: Sendable, Hashable {
        public let baseline: JudgeAccuracy
        public let candidate: JudgeAccuracy

        public init(baseline: JudgeAccuracy, candidate: JudgeAccuracy) {
            self.baseline = baseline
            self.candidate = candidate
        }
    }

    public init(_ overall: JudgeAccuracy) {
        self.overall = overall
        arms = nil
    }

    /// Labels of each arm apart; together they are the whole.
    ///
    /// - Throws: `EstimateError.invalidCounts` where the sums exceed what counts hold.
    public init(_ arms: Arms) throws(EstimateError) {
        let (one, other) = (arms.baseline, arms.candidate)
        overall = try JudgeAccuracy(
            truePositives: one.truePositives + other.truePositives,
            positives: one.positives + other.positives,
            trueNegatives: one.trueNegatives + other.trueNegatives, negatives: one.negatives + other.negatives
        )
        self.arms = arms
    }
}

/// A judge at the level that decides a gate: whether it may, and how the arms are corrected.
struct JudgeStanding {
    /// Why its metric cannot be told; nil where it may gate.
    let refusal: String?
    /// Each arm by its own accuracy, since they differ; nil where one J speaks for both.
    let apart: JudgedMetric.Arms?
    private let judge: JudgedMetric

    init(_ judge: JudgedMetric, _ definition: MetricDefinition, _ options: GateOptions) {
        self.judge = judge
        guard definition.isPassFail else {
            refusal = "a judge's accuracy is of pass and fail, which \(definition.name) is not"
            apart = nil
            return
        }
        apart = judge.arms.flatMap { JudgeStanding.differs($0, options) ? $0 : nil }
        let accuracies = apart.map { [$0.baseline, $0.candidate] } ?? [judge.overall]
        refusal = accuracies.compactMap { JudgeStanding.refusal($0, options) }.first
    }

    /// Whether the judge is proven to do otherwise in one arm than in the other: in what it passes of the good, or
    /// fails of the bad.
    private static func differs(_ arms: JudgedMetric.Arms, _ options: GateOptions) -> Bool {
        guard let test = try? judgeEquality(baseline: arms.baseline, candidate: arms.candidate) else {
            return true
        }
        return test.pValue < options.alpha
    }

    private static func refusal(_ accuracy: JudgeAccuracy, _ options: GateOptions) -> String? {
        let bound = try? accuracy.youdenInterval(confidence: options.coverage).lower
        if let bound, bound > 0 { return nil }
        let labels = accuracy.positives + accuracy.negatives
        return "the judge may not gate: its J \(shortNumber(accuracy.youden)) is not proven to be above 0 "
            + "(\(counted(labels, "label", "labels")))"
    }

    /// What is left of a true difference in the judge's eyes; nil where each arm has its own.
    var youden: Double? { apart == nil ? judge.overall.youden : nil }

    /// The true difference with its interval.
    func corrected(
        _ counts: PairedCounts, _ options: GateOptions
    ) throws(EstimateError) -> (value: Double, interval: Interval) {
        if let apart {
            return try judgedDifference(
                counts, baseline: apart.baseline, candidate: apart.candidate, confidence: options.coverage)
        }
        return try judgedDifference(counts, accuracy: judge.overall, confidence: options.coverage)
    }

    /// What is left of a true rate of the candidate in the judge's eyes.
    var candidateYouden: Double { (apart?.candidate ?? judge.overall).youden }

    /// Puts the true rate beside the judge's, and says it in words; nil where the metric is none of a rate.
    ///
    /// It is told by Rogan–Gladen from the labels, with the interval of Lang and Reiczigel, which holds what the labels
    /// leave open. Which one a bound is held against is the policy's choice; who wrote it has seen the judge's own.
    func correct(_ result: inout GateResult, _ options: GateOptions) -> String? {
        guard let raw = result.candidate, result.n > 0, (0...1).contains(raw.value) else { return nil }
        let accuracy = apart?.candidate ?? judge.overall
        do throws(EstimateError) {
            let found = try roganGladen(
                rate: raw.value, judged: result.n, sensitivity: accuracy.sensitivity,
                positives: accuracy.positives, specificity: accuracy.specificity,
                negatives: accuracy.negatives, confidence: options.coverage)
            result.corrected = try Estimate(
                value: found.value, interval: found.interval, n: result.n,
                method: "Rogan–Gladen, \(found.interval.method)")
            return "corrected for the judge's errors \(shortNumber(found.value)) "
                + "[\(shortNumber(found.interval.lower)), \(shortNumber(found.interval.upper))] "
                + "(Rogan–Gladen, \(found.interval.method))"
        } catch {
            return "cannot be corrected for the judge's errors: it passes more or fewer than its labels allow"
        }
    }

    var words: String {
        if let apart {
            let (one, other) = (apart.baseline.youden, apart.candidate.youden)
            return
                "the judge differs over the arms (J \(shortNumber(one)) and \(shortNumber(other))): each is corrected"
        }
        let labels = judge.overall.positives + judge.overall.negatives
        return "corrected for the judge's J \(shortNumber(judge.overall.youden)) "
            + "(\(counted(labels, "label", "labels")))"
    }
}

extension RelativeEvidence {
    /// The same in the truth's terms rather than the judge's.
    func judged(
        _ standing: JudgeStanding, _ pair: PairedSample, _ options: GateOptions
    ) throws(EstimateError) -> RelativeEvidence {
        let method = MeanDifference(pair.definition, options)
        guard let scores = pair.scores, let counts = method.counts(scores.baseline, scores.candidate) else {
            throw .invalidParameter("scores", must: "be pass or fail, each example once")
        }
        var evidence = self
        let found = try standing.corrected(counts, options)
        evidence.corrected = found.value
        evidence.interval = found.interval
        evidence.cautious = found.interval
        if let filled = pair.cautious, let all = PairedSample.scores(filled) {
            guard let counts = method.counts(all.baseline, all.candidate) else {
                throw .invalidParameter("scores", must: "be pass or fail, each example once")
            }
            evidence.cautious = try standing.corrected(counts, options).interval
        }
        if let youden = standing.youden {
            evidence.power = power.stretched(by: 1 / youden)
            return evidence
        }
        // With a J for each arm the judge's own verdicts test nothing: the corrected difference does.
        let z = try Normal.quantile((1 + found.interval.confidence) / 2)
        let error = found.interval.width / (2 * z)
        let sign = pair.definition.direction == .lower ? -1.0 : 1.0
        if error > 0 { evidence.p = try Normal.cumulative(sign * found.value / error) }
        evidence.cautiousP = evidence.p
        if let cautious = evidence.cautious, cautious != found.interval, error > 0 {
            let middle = (cautious.lower + cautious.upper) / 2
            evidence.cautiousP = try Normal.cumulative(sign * middle / (cautious.width / (2 * z)))
        }
        evidence.testMethod = "normal, corrected per arm"
        evidence.power = .standardError(error)
        return evidence
    }
}
