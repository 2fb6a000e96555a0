import Domain
import Metrics
import Statistics

/// One metric in two arms held against each other, with no direction preferred: whether they differ, and by how much.
public struct Contrast: Sendable {
    /// Over the pairs, not over all that one arm was measured on.
    public let baseline: Double
    public let candidate: Double
    /// Of `candidate` minus `baseline`; nil where none can be had, for `problem`.
    public let interval: Interval?
    /// Two-sided: chance of data at least this far apart if the arms did not differ. Nil where none was asked for.
    public let p: Double?
    public let test: String
    /// Pairs of examples.
    public let n: Int
    /// Pairs whose values differ, where the metric has one for each.
    public let changed: Int?
    /// Examples on which the candidate gave nothing, and which count as its worst.
    public let lost: Int
    /// Examples that are left out since one arm could not be measured.
    public let unmeasured: Int
    public let problem: String?

    public var difference: Double { candidate - baseline }
}

/// Contrasts and estimates of the metrics of one table, by the methods of the gates.
public struct Contrasts {
    private let table: GateTable
    private let options: GateOptions

    public init(_ scores: any ScoreTable, definitions: [MetricDefinition], options: GateOptions) {
        let byName = Dictionary(definitions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        table = GateTable(scores, definitions: byName)
        self.options = options
    }

    /// A metric's value in one arm, with what it could not be measured on; nil where the table does not hold it.
    ///
    /// The interval has the options' coverage, and comes from moments or few draws: it is shown and decides nothing.
    public func estimate(
        _ metric: MetricReference, _ arm: Arm
    ) throws -> (estimate: Estimate?, notApplicable: Int, failed: Int)? {
        guard let sample = try sample(metric, arm) else { return nil }
        let parts = parts(metric, sample.definition)
        let one = SingleArm(
            sample, examples: table.all, member: parts.member, statistic: parts.statistic, options: options)
        return (
            one.estimate(isCheap: true), sample.count(.notApplicable) + sample.count(.noAnswer),
            sample.count(.failed) + sample.count(.notShown)
        )
    }

    /// The candidate against the baseline; nil where an arm lacks the metric.
    ///
    /// - Parameters:
    ///   - coverage: Two-sided, of the interval.
    ///   - tests: Whether a p-value is wanted, and an interval by all that the methods ask for.
    public func contrast(
        _ metric: MetricReference, coverage: Double, tests: Bool
    ) throws -> Contrast? {
        guard let baseline = try sample(metric, .baseline), let candidate = try sample(metric, .candidate)
        else { return nil }
        let definition = candidate.definition
        let parts = parts(metric, definition)
        let pair = PairedSample(baseline: baseline, candidate: candidate, examples: table.all)
        var deciding = options
        deciding.confidence = (1 + coverage) / 2
        let evidence = RelativeEvidence(
            pair, member: parts.member, statistic: parts.statistic, options: deciding,
            effort: tests ? .gate : .shown)
        guard evidence.n > 0 else {
            return Contrast(
                baseline: .nan, candidate: .nan, interval: nil, p: nil, test: "", n: 0, changed: nil,
                lost: pair.lost, unmeasured: pair.imputed.count, problem: evidence.problem)
        }
        let test = tests ? try? twoSided(pair, parts) : nil
        var interval = evidence.interval
        if tests { interval = widened(interval, pair, parts.statistic, test, coverage) }
        return Contrast(
            baseline: evidence.baseline, candidate: evidence.candidate, interval: interval,
            p: test?.pValue, test: test?.method ?? "", n: evidence.n, changed: evidence.changed,
            lost: pair.lost, unmeasured: pair.imputed.count,
            problem: evidence.problem ?? unbounded(parts.statistic, evidence.n))
    }

    /// An interval that says no more than the test.
    ///
    /// Where few examples differ, the bootstrap of a mean is too sure of itself at the levels that a family of claims
    /// asks for: no draw lies beyond 0 where no example does. So Student's interval is taken in, and 0 as well where the
    /// test does not exclude it.
    private func widened(
        _ interval: Interval?, _ pair: PairedSample, _ statistic: String?, _ test: TestResult?,
        _ coverage: Double
    ) -> Interval? {
        guard let interval else { return nil }
        var lower = interval.lower
        var upper = interval.upper
        var method = interval.method
        if Functional.isMean(statistic), let (before, after) = pair.scores, before.count >= 200,
            MeanDifference(pair.definition, options).counts(before, after) == nil,
            let sample = try? moments(zip(before, after).map { $1 - $0 }), !sample.isConstant,
            let student = try? studentInterval(sample, confidence: coverage)
        {
            let range = pair.definition.span.map { student.clamped(to: -$0...$0) } ?? student
            lower = min(lower, range.lower)
            upper = max(upper, range.upper)
            method += " and Student t"
        }
        if let test, test.pValue > 1 - coverage {
            lower = min(lower, 0)
            upper = max(upper, 0)
        }
        if lower == interval.lower, upper == interval.upper { return interval }
        return (try? Interval(lower: lower, upper: upper, confidence: interval.confidence, method: method))
            ?? interval
    }

    /// Why a percentile of so few examples has no bound worth the name.
    private func unbounded(_ statistic: String?, _ n: Int) -> String? {
        guard let level = Functional.percentile(statistic),
            let needed = try? observationsNeeded(
                forQuantile: max(level, 1 - level), confidence: options.confidence),
            n < needed
        else { return nil }
        return "\(statistic ?? "") needs \(needed) observations for a bound; there are \(n)"
    }

    private func sample(_ metric: MetricReference, _ arm: Arm) throws -> ArmSample? {
        try table.sample(MetricCatalogue.definitionName(for: metric), arm)?.read(metric.statistic)
    }

    private func parts(
        _ metric: MetricReference, _ definition: MetricDefinition
    ) -> (member: String?, statistic: String?) {
        var member: String?
        if case .named(let name) = metric.selector, case .confusion = definition.aggregate { member = name }
        return (member, metric.statistic)
    }

    // MARK: Tests

    private func twoSided(
        _ pair: PairedSample, _ parts: (member: String?, statistic: String?)
    ) throws(EstimateError) -> TestResult {
        if Functional.isMean(parts.statistic), let (before, after) = pair.scores {
            return try ofMeans(before, after, MeanDifference(pair.definition, options))
        }
        let functional = PairedFunctional(
            pair.actual, pair.definition.aggregate, member: parts.member, statistic: parts.statistic)
        let drawn = try Resampled(
            functional, seed: options.seed, resamples: options.resamples,
            jackknifeGroups: options.jackknifeGroups)
        // Twice the smaller of two one-sided ones: neither tail is preferred.
        let carriers = functional.carriers()
        let less = try drawn.difference.worseP(.less, carriers: carriers, isRehearsed: options.isRehearsal)
        let more = try drawn.difference.worseP(.greater, carriers: carriers, isRehearsed: options.isRehearsal)
        let smaller = less.pValue <= more.pValue ? less : more
        return try TestResult(pValue: min(1, 2 * smaller.pValue), method: smaller.method)
    }

    private func ofMeans(
        _ before: [Double], _ after: [Double], _ method: MeanDifference
    ) throws(EstimateError) -> TestResult {
        if let counts = method.counts(before, after) {
            return try exactMcNemar(counts, alternative: .twoSided)
        }
        let differences = try pairedDifferences(baseline: before, candidate: after)
        if options.isRehearsal {
            return try signFlipTest(
                differences, alternative: .twoSided, exactUpTo: 10, resamples: GateOptions.rehearsedFlips,
                seed: options.seed)
        }
        let drawn = try pairedMeanTest(differences, alternative: .twoSided, seed: options.seed)
        // 10,000 draws show nothing below 1e-4, which a large family of claims asks for: there Student's tails.
        guard drawn.pValue < 3e-4, let tail = try? pairedTTest(differences, alternative: .twoSided),
            tail.pValue < drawn.pValue
        else { return drawn }
        let least = min(1, 2 * leastSignP(differences.count { $0 != 0 }))
        return try TestResult(pValue: min(drawn.pValue, max(least, tail.pValue)), method: tail.method)
    }
}
