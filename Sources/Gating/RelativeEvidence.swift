import Domain
import Metrics
import Statistics

/// What the pairs say of candidate against baseline: the difference in the metric's own sign, its interval, and
/// how surprising the data were if the candidate were no worse.
struct RelativeEvidence: Sendable {
    var baseline: Double
    var candidate: Double
    /// Candidate minus baseline.
    var difference: Double { candidate - baseline }
    /// Of `difference`; nil where none can be had, for `problem`.
    var interval: Interval?
    /// Like `interval`, with the unmeasured imputed against the candidate: what a proof must clear.
    var cautious: Interval?
    /// One-sided: chance of data at least this bad if the candidate were no worse.
    var p: Double?
    /// The same with the unmeasured imputed against the candidate.
    var cautiousP: Double?
    var testMethod = ""
    var n: Int
    var power = PowerBasis.nothing
    /// Examples whose value differs between the arms, where the metric has one for each.
    var changed: Int?
    /// Examples that could not be measured in one of the arms.
    var imputed = 0
    var problem: String?

    /// How much work a difference is worth.
    enum Effort {
        /// A gate: every interval by its method, and the test.
        case gate
        /// A slice: the test, and the interval from moments, without resampling.
        case slice
        /// Shown only: no test, and few resamples or none.
        case shown
    }

    /// - Parameters:
    ///   - member: A class of a confusion metric.
    ///   - statistic: A percentile of a metric that is a mean.
    init(
        _ pair: PairedSample, member: String? = nil, statistic: String? = nil, options: GateOptions,
        effort: Effort = .gate
    ) {
        if Functional.isMean(statistic), let (before, after) = pair.scores {
            self.init(means: pair, before, after, options, effort)
            return
        }
        let aggregate = pair.definition.aggregate
        let functional = PairedFunctional(pair.actual, aggregate, member: member, statistic: statistic)
        let cautious = pair.cautious.map {
            PairedFunctional($0, aggregate, member: member, statistic: statistic)
        }
        self.init(functional, cautious: cautious, of: pair.definition, options: options, effort: effort)
        imputed = pair.imputed.count
    }

    static func nothing(_ problem: String) -> RelativeEvidence {
        RelativeEvidence(.nan, .nan, n: 0, problem: problem)
    }

    private init(_ baseline: Double, _ candidate: Double, n: Int, problem: String? = nil) {
        self.baseline = baseline
        self.candidate = candidate
        self.n = n
        self.problem = problem
    }

    // MARK: Means

    private init(
        means pair: PairedSample, _ before: [Double], _ after: [Double], _ options: GateOptions,
        _ effort: Effort
    ) {
        guard !before.isEmpty else {
            self.init(.nan, .nan, n: 0, problem: "no example was measured in both arms")
            imputed = pair.imputed.count
            return
        }
        self.init(mean(before), mean(after), n: before.count)
        imputed = pair.imputed.count
        changed = zip(before, after).count { $0 != $1 }
        let method = MeanDifference(pair.definition, options, isCheap: effort != .gate || options.isRehearsal)
        do throws(EstimateError) {
            interval = try method.interval(before, after)
        } catch {
            problem = error.description
        }
        cautious = interval
        if effort != .shown {
            let test = method.test(before, after)
            p = test?.pValue
            testMethod = test?.method ?? ""
            power = method.power(before, after)
        }
        cautiousP = p
        guard let filled = pair.cautious, let scores = PairedSample.scores(filled) else { return }
        cautious = try? method.interval(scores.baseline, scores.candidate)
        if effort != .shown { cautiousP = method.test(scores.baseline, scores.candidate)?.pValue }
    }

    // MARK: Recomputed

    /// A metric that is no mean: the paired bootstrap that recomputes it in both arms.
    init(
        _ functional: PairedFunctional, cautious filled: PairedFunctional?, of definition: MetricDefinition,
        options: GateOptions, effort: Effort = .gate
    ) {
        guard functional.count >= 1, let (before, after) = functional.whole() else {
            let isEmpty = functional.count < 1
            self.init(
                .nan, .nan, n: 0,
                problem: isEmpty
                    ? "no example was measured in both arms" : "it has no value on these examples")
            return
        }
        self.init(before, after, n: functional.count)
        let side: Alternative? =
            switch definition.direction {
            case .higher: .less
            case .lower: .greater
            case .neither: nil
            }
        let range = definition.span.map { -$0...$0 }
        do throws(EstimateError) {
            let drawn = try RelativeEvidence.draw(functional, options, effort)
            changed = effort == .shown ? nil : functional.carriers()?.changed
            power =
                changed == 0 || drawn.difference.isConstant
                ? .allEqual(n: n, span: definition.span ?? functional.largest ?? 0)
                : .standardError(drawn.difference.standardError)
            if effort != .shown, let side {
                let test = try drawn.difference.worseP(
                    side, carriers: functional.carriers(), isRehearsed: options.isRehearsal)
                p = test.pValue
                testMethod = test.method
            }
            interval = try drawn.difference.interval(confidence: options.coverage, range: range)
        } catch {
            problem = error.description
        }
        cautious = interval
        cautiousP = p
        guard let filled else { return }
        let redrawn = try? RelativeEvidence.draw(filled, options, effort)
        cautious = redrawn.flatMap { try? $0.difference.interval(confidence: options.coverage, range: range) }
        if effort != .shown, let side {
            cautiousP = redrawn.flatMap {
                try? $0.difference.worseP(
                    side, carriers: filled.carriers(), isRehearsed: options.isRehearsal
                ).pValue
            }
        }
    }

    private static func draw(
        _ functional: PairedFunctional, _ options: GateOptions, _ effort: Effort
    ) throws(EstimateError) -> Resampled {
        return try Resampled(
            functional, seed: options.seed,
            resamples: effort == .shown ? shownResamples : options.resamples,
            jackknifeGroups: options.jackknifeGroups)
    }
}
