import Domain
import Metrics
import Statistics

/// Bounds on judged rates by what people say of some of the answers, beside the judge's own rate or in its place.
extension GateEvaluator {
    /// A bound on a judged metric with the rates that people's labels make of the judge's, decided by the one that the
    /// policy wants.
    func corrected(
        _ draft: GateDraft, _ subject: Subject, _ comparison: Comparison, _ quantity: Quantity,
        _ confidently: Bool
    ) -> GateDraft {
        let standing = judge(of: subject)
        let isJudged = subject.definition.models?.kinds.contains(.judge) ?? false
        guard isJudged || standing != nil, draft.result.candidate != nil, draft.result.n > 0 else {
            return draft
        }
        var draft = draft
        var words: [String] = []
        if let standing, let said = standing.correct(&draft.result, options) { words.append(said) }
        if let said = power(&draft.result, subject) { words.append(said) }
        let raw = draft.result.candidate?.value ?? 0
        if options.correction == .none {
            guard !words.isEmpty else { return draft }
            words.append("the gate used the judge's own rate")
            let others = [draft.result.corrected, draft.result.powered].compactMap { $0?.value }
            if others.contains(where: {
                comparison.isMet($0, quantity.value) != comparison.isMet(raw, quantity.value)
            }) {
                words.append("by the corrected one it would be decided otherwise")
            }
        } else {
            decide(&draft.result, subject, comparison, quantity, confidently, standing, &words)
        }
        let notes = (draft.result.note.isEmpty ? [] : [draft.result.note]) + words
        draft.result.note = notes.joined(separator: "; ")
        return draft
    }

    /// Decides anew by the corrected rate.
    private func decide(
        _ result: inout GateResult, _ subject: Subject, _ comparison: Comparison, _ quantity: Quantity,
        _ confidently: Bool, _ standing: JudgeStanding?, _ words: inout [String]
    ) {
        let isPowered = options.correction == .ppi
        let chosen = isPowered ? result.powered : result.corrected
        result.note = ""
        guard let chosen, let interval = chosen.interval, let raw = result.candidate?.value else {
            result.outcome = .unsure
            words.append(
                "the policy gates by judge.calibration.correct: \(options.correction.rawValue), and there is no such rate: "
                    + (isPowered
                        ? "label answers of this run, drawn at random, or gate by another rate"
                        : "calibrate the judge on more labels, or gate by another rate"))
            return
        }
        result.deciding = chosen
        result.method = chosen.method
        // What is unmeasured is taken to be bad, as far as that moves the judge's own rate.
        let arm = CandidateArm(subject, comparison, quantity.value)
        let stretch = isPowered ? 1 : 1 / max(1e-9, standing?.candidateYouden ?? 1)
        let cautious = arm.filled.flatMap {
            SingleArm(
                subject.definition, $0, member: subject.member, statistic: subject.statistic, options: options
            ).value
        }
        let shift = cautious.map { (raw - $0) * stretch } ?? 0
        if confidently && !options.isThisSet {
            decide(
                &result, comparison, quantity.value, lower: interval.lower, upper: interval.upper,
                proof: (interval.lower - shift, interval.upper - shift))
        } else if !comparison.isMet(chosen.value, quantity.value) {
            result.outcome = .fails
        } else {
            result.outcome = comparison.isMet(chosen.value - shift, quantity.value) ? .passes : .unsure
        }
        if result.outcome == .unsure {
            words.append(
                confidently
                    ? "its bound is on the other side of \(quantity.text)"
                    : "\(arm.missing) unmeasured: it would not hold if they were bad")
        }
        words.append(
            "the gate used the rate \(isPowered ? "by people's labels" : "corrected for the judge's errors"), "
                + "judge.calibration.correct: \(options.correction.rawValue)")
    }

    /// The rate by people's labels of some of the answers and the judge's verdicts on all; in words what it is, nil where
    /// nobody labelled any.
    ///
    /// From 100 labels on by PPI++; fewer speak alone, since its interval is not to be trusted then.
    private func power(_ result: inout GateResult, _ subject: Subject) -> String? {
        guard let people = options.people[subject.definition.name], Functional.isMean(subject.statistic),
            case .scores(let values) = subject.candidate.numbers, let lowest = subject.definition.lowest,
            let highest = subject.definition.highest
        else { return nil }
        var human: [Double] = []
        var judge: [Double] = []
        var rest: [Double] = []
        for example in subject.examples where subject.candidate.states[example] == .value {
            // A label is of one answer, and a score of repeats of several.
            guard table.rows(of: example).count == 1 else { return nil }
            if let label = people[table.id(example)] {
                human.append(label)
                judge.append(values[example])
            } else {
                rest.append(values[example])
            }
        }
        guard !human.isEmpty else { return nil }
        let all = human.count + rest.count
        result.labelled = human.count
        guard options.peopleAreRandom else {
            return "people labelled \(human.count) of these \(all) answers: where they were drawn at random, "
                + "judge.calibration.random: true corrects the rate by them"
        }
        do throws(EstimateError) {
            let (estimate, how) = try powered(human, judge, rest, lowest...highest, all)
            result.powered = estimate
            let ends = estimate.interval.map { " [\(shortNumber($0.lower)), \(shortNumber($0.upper))]" } ?? ""
            return
                "by people's labels of \(human.count) of \(all) answers \(shortNumber(estimate.value))\(ends) (\(how))"
        } catch {
            return "people's labels of \(human.count) of \(all) answers give no rate: \(error)"
        }
    }

    private func powered(
        _ human: [Double], _ judge: [Double], _ rest: [Double], _ range: ClosedRange<Double>, _ all: Int
    ) throws(EstimateError) -> (Estimate, String) {
        if human.count >= 100, rest.count >= 2 {
            let found = try predictionPoweredMean(
                human: human, judge: judge, rest: try moments(rest), range: range,
                confidence: options.coverage)
            let method = found.estimate.interval.method
            return (
                try Estimate(
                    value: found.estimate.value, interval: found.estimate.interval, n: all, method: method),
                "\(method), the judge weighs \(shortNumber(found.judgeWeight))"
            )
        }
        let isVerdict = human.allSatisfy { $0 == 0 || $0 == 1 }
        let interval =
            try isVerdict
            ? wilsonInterval(
                successes: human.count { $0 == 1 }, trials: human.count, confidence: options.coverage)
            : meanInterval(human, range: range, confidence: options.coverage, seed: options.seed)
        let value = try moments(human).mean
        let method = "people's labels alone, \(interval.method)"
        let why = human.count < 100 ? "; PPI++ from 100 on" : ""
        return (
            try Estimate(value: value, interval: interval, n: human.count, method: method), method + why
        )
    }
}
