import Domain
import Metrics
import Statistics

/// `M >= x` and `confidently M >= x`: a number held against a bound.
extension GateEvaluator {
    func compare(
        _ subject: Subject, _ comparison: Comparison, _ quantity: Quantity, _ confidently: Bool
    ) -> GateDraft {
        corrected(
            measuredCompare(subject, comparison, quantity, confidently), subject, comparison, quantity,
            confidently)
    }

    private func measuredCompare(
        _ subject: Subject, _ comparison: Comparison, _ quantity: Quantity, _ confidently: Bool
    ) -> GateDraft {
        let arm = CandidateArm(subject, comparison, quantity.value)
        guard arm.measured.count > 0 else {
            guard arm.missing > 0 else { return nothingMeasured(subject) }
            return open(
                subject.rule, subject.definition, n: 0,
                "\(arm.missing) of \(arm.missing) could not be measured"
                    + (subject.candidate.reason.map { ": " + $0 } ?? ""))
        }
        if let why = tooMuchMissing(arm.missing, of: arm.missing + arm.measured.count) {
            return open(subject.rule, subject.definition, n: arm.measured.count, why)
        }
        if let member = subject.member, let support = support(arm.measured, member),
            let why = tooFew(support, member)
        {
            return open(subject.rule, subject.definition, n: support, why)
        }
        return compare(
            subject, comparison, quantity, confidently && !options.isThisSet, arm,
            SingleArm(
                subject.definition, arm.measured, member: subject.member, statistic: subject.statistic,
                options: confidently ? proof : options))
    }

    private func compare(
        _ subject: Subject, _ comparison: Comparison, _ quantity: Quantity, _ confidently: Bool,
        _ candidate: CandidateArm, _ arm: SingleArm
    ) -> GateDraft {
        guard let value = arm.value else {
            return open(subject.rule, subject.definition, n: arm.n, "it has no value on these examples")
        }
        let bounds = confidently ? arm.bounds() : nil
        // An estimate alone decides: its interval is only shown.
        let interval = confidently ? bounds?.interval : options.isRehearsal ? nil : arm.interval()
        let name = SingleArm.method(subject.definition, subject.statistic)
        var result = started(subject, n: arm.n, method: bounds?.method ?? interval?.method ?? name)
        result.candidate = try? Estimate(value: value, interval: interval, n: arm.n, method: name)
        result.bound = quantity.value
        if let baseline = subject.baseline {
            let other = SingleArm(
                baseline, examples: subject.examples, member: subject.member, statistic: subject.statistic,
                options: options)
            result.baseline = other.value.flatMap { try? Estimate(value: $0, n: other.n, method: name) }
        }
        let cautious = candidate.filled.map {
            SingleArm(
                subject.definition, $0, member: subject.member, statistic: subject.statistic,
                options: arm.options)
        }
        if let bounds {
            let filled = cautious?.bounds()
            decide(
                &result, comparison, quantity.value, lower: bounds.lower, upper: bounds.upper,
                proof: filled.map { ($0.lower, $0.upper) } ?? (bounds.lower, bounds.upper))
            if result.outcome == .unsure, result.note.isEmpty {
                result.note =
                    missingBound(subject, comparison, arm.n).map {
                        "\(subject.statistic ?? "") needs \($0) observations for a bound; there are \(arm.n)"
                    } ?? "its bound is on the other side of \(quantity.text)"
            }
            return GateDraft(result: result)
        }
        if !options.isThisSet, let needed = missingBound(subject, comparison, arm.n) {
            result.note = "too few for a bound: \(needed) needed"
        }
        guard comparison.isMet(value, quantity.value) else {
            result.outcome = .fails
            return GateDraft(result: result)
        }
        if let cautious, let worst = cautious.value, !comparison.isMet(worst, quantity.value) {
            let open = "\(candidate.missing) unmeasured: it would not hold if they were bad"
            result.note = result.note.isEmpty ? open : result.note + "; " + open
            return GateDraft(result: result)
        }
        result.outcome = .passes
        return GateDraft(result: result)
    }

    /// The observations that a percentile lacks whose own side none bounds: p95 needs 59 for an upper bound, p99
    /// needs 299. A rule that does not say `confidently` is about the estimate, and only notes it.
    private func missingBound(_ subject: Subject, _ comparison: Comparison, _ n: Int) -> Int? {
        guard let level = Functional.percentile(subject.statistic) else { return nil }
        let side =
            switch comparison {
            case .atLeast, .above: 1 - level
            case .atMost, .below: level
            case .equal: max(level, 1 - level)
            }
        guard let needed = try? observationsNeeded(forQuantile: side, confidence: options.confidence),
            n < needed
        else { return nil }
        return needed
    }

    /// By bounds: passes where the near one satisfies the rule, fails where the far one violates it.
    ///
    /// - Parameter proof: The bounds with the unmeasured imputed against the candidate.
    func decide(
        _ result: inout GateResult, _ comparison: Comparison, _ bound: Double, lower: Double?, upper: Double?,
        proof: (lower: Double?, upper: Double?)
    ) {
        let (near, far) =
            switch comparison {
            case .atLeast, .above: (proof.lower, upper)
            case .atMost, .below: (proof.upper, lower)
            // No bound proves a single point; both may exclude it.
            case .equal: (nil as Double?, nil as Double?)
            }
        if let near, comparison.isMet(near, bound) {
            result.outcome = .passes
        } else if let far, !comparison.isMet(far, bound) {
            result.outcome = .fails
        } else if comparison == .equal, let lower, let upper, lower > bound || upper < bound {
            result.outcome = .fails
        } else {
            result.outcome = .unsure
        }
    }
}

/// The candidate as a bound sees it: lost examples at their worst, unmeasured ones apart.
struct CandidateArm {
    let measured: ArmNumbers
    /// With what is missing imputed against the rule; nil where nothing is.
    let filled: ArmNumbers?
    let missing: Int
    /// The examples of `measured`; `filled` has the missing ones after them.
    let examples: [Int]
    let filledExamples: [Int]

    init(_ subject: GateEvaluator.Subject, _ comparison: Comparison, _ bound: Double) {
        let candidate = subject.candidate
        let hasWorst = candidate.definition.hasWorst
        var measured: [Int] = []
        var missing: [Int] = []
        for example in subject.examples {
            let isShown = subject.baseline?.states[example] == .value
            switch candidate.states[example] {
            case .value: measured.append(example)
            case .notShown where isShown && hasWorst: measured.append(example)
            case .notShown, .failed: missing.append(example)
            // A time that never ended is no time, and no good one either.
            case .noAnswer: missing.append(example)
            case .notApplicable where isShown: missing.append(example)
            case .notApplicable: break
            }
        }
        let samples = [candidate] + [subject.baseline].compactMap(\.self)
        let low = CandidateArm.wantsLow(candidate.definition, comparison, bound)
        let seen = Extreme(candidate.definition, samples, isWorst: true, wantsLow: low)
        var beyond = seen
        if let percentile = subject.statistic, !Functional.isMean(percentile),
            (low ? candidate.definition.lowest : candidate.definition.highest) == nil
        {
            // A percentile knows ranks alone: beyond everything that was seen.
            beyond.score = low ? -1e300 : 1e300
        }
        let lost = CandidateArm.filler(subject, seen)
        let unseen = CandidateArm.filler(subject, beyond)
        let isMissing = Set(missing)
        let filler: (Int) -> ArmNumbers.Filler? = { isMissing.contains($0) ? unseen($0) : lost($0) }
        self.missing = missing.count
        examples = measured
        filledExamples = measured + missing
        self.measured = candidate.numbers.picked(measured, candidate.states, lost)
        filled =
            missing.isEmpty ? nil : candidate.numbers.picked(measured + missing, candidate.states, filler)
    }

    /// Which end of the range breaks the rule.
    private static func wantsLow(
        _ definition: MetricDefinition, _ comparison: Comparison, _ bound: Double
    ) -> Bool {
        switch comparison {
        case .atLeast, .above: true
        case .atMost, .below: false
        case .equal: definition.highest.map { $0 == bound } ?? (definition.direction != .lower)
        }
    }

    private static func filler(
        _ subject: GateEvaluator.Subject, _ extreme: Extreme
    ) -> (Int) -> ArmNumbers.Filler? {
        switch subject.candidate.numbers {
        case .scores, .repeats: { _ in .score(extreme.score) }
        case .sums: { _ in .sums(extreme.sums) }
        case .labels(let rows):
            { example in
                var expected = extreme.rarestLabel
                if let baseline = subject.baseline, baseline.states[example] == .value,
                    case .labels(let other) = baseline.numbers
                {
                    let name = other.names[Int(other.expected[other.cells(of: example).lowerBound])]
                    expected = rows.names.firstIndex(of: name).map { Int32($0) } ?? expected
                }
                return .labels(expected: expected, predicted: -1)
            }
        case .texts: { _ in nil }
        }
    }
}
