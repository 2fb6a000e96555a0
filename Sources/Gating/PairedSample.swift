import Domain
import Metrics

/// One metric in both arms, example by example.
///
/// What the candidate lost counts as its worst, in claims and in proofs alike: an example that the baseline
/// measures and on which the candidate gave no answer, or an answer without the part. What nobody saw (a judge or
/// the infrastructure failed, in either arm), and what applies to the baseline's answer alone, is left out of claims,
/// and imputed against the candidate in proofs.
struct PairedSample: Sendable {
    struct Arms: Sendable {
        let baseline: ArmNumbers
        let candidate: ArmNumbers
        var count: Int { baseline.count }

        /// Examples whose scores or sums differ between the arms; nil of labels and texts.
        var changed: Int? {
            switch (baseline, candidate) {
            case (.scores(let before), .scores(let after)): zip(before, after).count { $0 != $1 }
            case (.sums(let before), .sums(let after)):
                (0..<before.count).count { before.sums(of: $0) != after.sums(of: $0) }
            case (.repeats(let before), .repeats(let after)):
                (0..<before.count).count { before.values(of: $0) != after.values(of: $0) }
            case (.scores, _), (.repeats, _), (.sums, _), (.labels, _), (.texts, _): nil
            }
        }
    }

    let definition: MetricDefinition
    /// Examples whose pair carries a claim of regression: measured in both arms, or lost by the candidate.
    let complete: [Int]
    /// How many of `complete` the candidate lost.
    let lost: Int
    /// Examples that one arm at least could not be measured on.
    let imputed: [Int]
    let actual: Arms
    /// With the unmeasured imputed against the candidate; nil where everything was measured.
    let cautious: Arms?

    init(baseline: ArmSample, candidate: ArmSample, examples: [Int]) {
        definition = candidate.definition
        let hasWorst = definition.hasWorst
        var complete: [Int] = []
        var imputed: [Int] = []
        var lost = 0
        for example in examples {
            switch (baseline.states[example], candidate.states[example]) {
            case (.value, .value): complete.append(example)
            case (.value, .noAnswer) where hasWorst, (.value, .notShown) where hasWorst:
                complete.append(example)
                lost += 1
            // Without an end there is no worst: nobody can say what the cost would have been, and the worst that was
            // seen is the baseline's own.
            case (.value, .noAnswer), (.value, .notShown), (.value, .failed), (.failed, .value),
                (.failed, .failed),
                (.notShown, .value), (.notShown, .failed), (.failed, .notShown):
                imputed.append(example)
            // Whether it applies hangs on the answer (nothing retrieved, nothing cited): leaving such pairs out would
            // let a candidate shed what it is bad at.
            case (.value, .notApplicable): imputed.append(example)
            case (.notApplicable, _), (.noAnswer, _),
                (_, .notApplicable), (_, .noAnswer), (.notShown, .notShown):
                break
            }
        }
        self.complete = complete
        self.imputed = imputed
        self.lost = lost
        let imputation = Imputation(
            baseline: baseline, candidate: candidate, isNeeded: lost > 0 || !imputed.isEmpty)
        actual = imputation.arms(complete)
        cautious = imputed.isEmpty ? nil : imputation.arms(complete + imputed)
    }

    /// The scores of both arms over the complete pairs, where the metric is a mean.
    var scores: (baseline: [Double], candidate: [Double])? { PairedSample.scores(actual) }

    static func scores(_ arms: Arms) -> (baseline: [Double], candidate: [Double])? {
        guard case .scores(let before) = arms.baseline, case .scores(let after) = arms.candidate else {
            return nil
        }
        return (before, after)
    }
}
