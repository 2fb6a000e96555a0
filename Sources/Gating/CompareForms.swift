import Domain
import Metrics
import Statistics

/// The forms that hold a number against a bound: `M >= x`, `confidently M >= x`, and those that first judge each
/// example and then hold the share of good ones.
extension GateEvaluator {
    func compare(
        _ subject: Subject, _ comparison: Comparison, _ quantity: Quantity, _ confidently: Bool
    ) -> GateDraft {
        let statistic = subject.rule.metric.statistic
        let arm = SingleArm(
            subject.candidate, examples: subject.examples, member: subject.member, statistic: statistic,
            options: confidently ? proof : options)
        guard let estimate = arm.estimate(exact: confidently) else {
            return open(subject.rule, subject.definition, n: arm.n, nothingMeasured(subject))
        }
        var result = started(subject, n: arm.n, method: estimate.interval?.method ?? estimate.method)
        result.candidate = estimate
        result.bound = quantity.value
        if let baseline = subject.baseline {
            result.baseline =
                SingleArm(
                    baseline, examples: subject.examples, member: subject.member, statistic: statistic,
                    options: options
                ).estimate()
        }
        if let level = Functional.percentile(statistic), estimate.interval == nil,
            options.estimand == .population
        {
            let side = comparison == .atLeast || comparison == .above ? 1 - level : level
            let needed = (try? observationsNeeded(forQuantile: side, confidence: options.confidence)) ?? 0
            if arm.n < needed {
                result.note = "\(statistic ?? "") needs \(needed) observations for a bound; there are \(arm.n)"
                return GateDraft(result: result)
            }
        }
        if confidently && options.estimand == .population {
            decideConfidently(&result, comparison, quantity.value)
        } else {
            decide(&result, subject, estimate.value, comparison, quantity.value)
        }
        return GateDraft(result: result)
    }

    private func nothingMeasured(_ subject: Subject) -> String {
        let reasons = subject.candidate.column.reasons
        let why = reasons.first.map { ": " + $0 } ?? ""
        return "applies to none of \(subject.examples.count) examples\(why)"
    }

    private func decide(
        _ result: inout GateResult, _ subject: Subject, _ value: Double, _ comparison: Comparison, _ bound: Double
    ) {
        guard comparison.holds(value, bound) else {
            result.outcome = .fails
            return
        }
        // The unmeasured are imputed against the candidate: it has to hold with them too.
        let failed = subject.failed
        if !failed.isEmpty, case .mean = subject.definition.aggregate, subject.rule.metric.statistic == nil {
            let worst = PairedSample.worstValue(of: subject.definition, seenIn: [subject.candidate])
            let n = Double(subject.measured.count)
            let with = (value * n + worst * Double(failed.count)) / (n + Double(failed.count))
            if !comparison.holds(with, bound) {
                result.outcome = .unsure
                result.note = "\(failed.count) unmeasured: would not hold if they were bad"
                return
            }
        }
        result.outcome = .passes
    }

    private func decideConfidently(_ result: inout GateResult, _ comparison: Comparison, _ bound: Double) {
        guard let interval = result.candidate?.interval else {
            result.note = "too few examples for a bound"
            return
        }
        let holdsLow = comparison.holds(interval.lower, bound)
        let holdsHigh = comparison.holds(interval.upper, bound)
        switch (holdsLow, holdsHigh) {
        case (true, true): result.outcome = .passes
        case (false, false) where comparison != .equal: result.outcome = .fails
        default:
            result.outcome = .unsure
            result.note = "the bound lies within the interval"
        }
    }

    /// `metric[each] >= x`: every class with enough support; the others are shown.
    func eachCompare(_ subject: Subject, _ comparison: Comparison, _ quantity: Quantity) -> GateDraft {
        let labels = LabelTable.labels(of: [(subject.candidate, subject.measured)])
        let matrix = LabelTable(subject.candidate, subject.measured, labels: labels).matrix()
        guard case .confusion(_, let perClass?) = subject.definition.aggregate else {
            return open(subject.rule, subject.definition, n: 0, "\(subject.rule.metric.name) has no classes")
        }
        var result = started(subject, n: subject.measured.count, method: "each class")
        result.bound = quantity.value
        var failing: [String] = []
        var judged = 0
        for (index, label) in labels.enumerated() {
            guard let value = perClass(matrix, index) else { continue }
            let support = Int(matrix.expectedTotal(index).rounded())
            var outcome = GateResult.Outcome.notJudged
            if support >= options.leastSupport {
                judged += 1
                outcome = comparison.holds(value, quantity.value) ? .passes : .fails
                if outcome == .fails { failing.append(label) }
            }
            result.members.append(
                GateResult.Member(
                    name: label, outcome: outcome, baseline: nil, candidate: value, difference: nil, n: support))
        }
        result.members.sort { ($0.candidate ?? 0, $0.name) < ($1.candidate ?? 0, $1.name) }
        result.outcome = failing.isEmpty ? (judged > 0 ? .passes : .unsure) : .fails
        let less = labels.count - judged
        result.note =
            failing.isEmpty
            ? "\(judged) classes hold" + (less > 0 ? ", \(less) below \(options.leastSupport) examples" : "")
            : "fails in " + failing.prefix(5).joined(separator: ", ")
        if judged == 0 { result.note = "no class has \(options.leastSupport) examples" }
        return GateDraft(result: result)
    }

    /// A rule made per example: the share of examples that satisfy it must reach `share`.
    func perExample(
        _ subject: Subject, _ share: Double, words: String, holds: (Double) -> Bool
    ) -> GateDraft {
        let examples = subject.measured
        guard !examples.isEmpty else { return open(subject.rule, subject.definition, n: 0, nothingMeasured(subject)) }
        let good = examples.count { holds(subject.candidate.value($0)) }
        return shareResult(subject, good: good, of: examples.count, share, words)
    }

    func shareResult(_ subject: Subject, good: Int, of n: Int, _ share: Double, _ words: String) -> GateDraft {
        let interval = try? wilsonInterval(successes: good, trials: n, confidence: options.coverage)
        let value = Double(good) / Double(n)
        var result = started(subject, n: n, method: "share of examples, Wilson")
        result.unit = MetricUnit.ratio.rawValue
        result.direction = Direction.higher.rawValue
        result.candidate = try? Estimate(value: value, interval: interval, n: n, method: "share of examples")
        result.bound = share
        let failed = subject.failed.count
        if value < share {
            result.outcome = .fails
        } else if failed > 0, Double(good) / Double(n + failed) < share {
            result.outcome = .unsure
        } else {
            result.outcome = .passes
        }
        result.note = "\(good) of \(n) \(words)"
        if failed > 0 { result.note += ", \(failed) unmeasured" }
        return GateDraft(result: result)
    }

    func spread(_ subject: Subject, _ limit: Quantity, _ share: Double) -> GateDraft {
        var good = 0
        var n = 0
        for example in subject.measured {
            let values = repeats(subject, example)
            guard values.count >= 2, let low = values.min(), let high = values.max() else { continue }
            n += 1
            if high - low <= limit.value { good += 1 }
        }
        guard n > 0 else {
            return open(subject.rule, subject.definition, n: 0, "a spread needs repeats: run with --repeat 2 or more")
        }
        return shareResult(subject, good: good, of: n, share, "spread at most \(limit.text)")
    }

    func repeated(
        _ subject: Subject, _ required: Int, _ tries: Int, _ threshold: Double, _ share: Double
    ) -> GateDraft {
        var good = 0
        var n = 0
        for example in subject.measured {
            let values = repeats(subject, example)
            guard values.count >= tries else { continue }
            n += 1
            let passes = values.prefix(tries).count { $0 >= threshold }
            if passes >= required { good += 1 }
        }
        guard n > 0 else {
            return open(subject.rule, subject.definition, n: 0, "needs \(tries) repeats: run with --repeat \(tries)")
        }
        return shareResult(subject, good: good, of: n, share, "pass \(required) of \(tries)")
    }

    func passPower(_ subject: Subject, _ k: Int, _ comparison: Comparison, _ quantity: Quantity) -> GateDraft {
        var chances: [Double] = []
        for example in subject.measured {
            let values = repeats(subject, example)
            let passes = values.count { $0 >= 1 }
            if let chance = try? passHatK(passes: passes, tries: values.count, k: k) { chances.append(chance) }
        }
        guard !chances.isEmpty else {
            return open(subject.rule, subject.definition, n: 0, "pass^\(k) needs \(k) repeats: run with --repeat \(k)")
        }
        let interval = try? meanInterval(
            chances, range: 0...1, confidence: options.coverage, seed: options.seed)
        var result = started(subject, n: chances.count, method: interval?.method ?? "mean")
        let value = mean(chances)
        result.candidate = try? Estimate(value: value, interval: interval, n: chances.count, method: "pass^\(k)")
        result.bound = quantity.value
        result.outcome = comparison.holds(value, quantity.value) ? .passes : .fails
        return GateDraft(result: result)
    }

    /// The measured repeats of an example in the candidate.
    private func repeats(_ subject: Subject, _ example: Int) -> [Double] {
        let column = subject.candidate.column
        return table.rows.rows(of: example).compactMap { row in
            column.states[row] == 0 ? column.values[row * column.width] : nil
        }
    }

    func text(_ subject: Subject, _ expected: String) -> GateDraft {
        let column = subject.candidate.column
        var others: [String: Int] = [:]
        var equal = 0
        var absent = 0
        for example in subject.examples {
            for row in table.rows.rows(of: example) {
                guard column.states[row] == 0 else {
                    absent += 1
                    continue
                }
                let label = column.labels[Int(column.values[row * column.width])]
                if label == expected { equal += 1 } else { others[label, default: 0] += 1 }
            }
        }
        var result = started(subject, n: equal + others.values.reduce(0, +), method: "equal on every observation")
        let seen = others.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        if let first = seen.first {
            result.outcome = .fails
            result.note = "\(first.value) of \(result.n) observations say \"\(first.key)\""
        } else if absent > 0 || equal == 0 {
            result.note = "\(absent) observations do not say"
        } else {
            result.outcome = .passes
            result.note = "\(equal) of \(equal) observations"
        }
        return GateDraft(result: result)
    }

    func order(_ rule: GateRule, _ above: String, _ below: String, _ gap: Double) throws -> GateDraft {
        let name = MetricCatalogue.definitionName(for: rule.metric)
        guard let definition = definitions[name], let column = try table.column(name, .candidate) else {
            return open(rule, nil, n: 0, "this run did not measure \(rule.metric.name)")
        }
        let sample = ArmSample(definition, column, table.rows)
        func score(_ id: String) -> Double? {
            guard let example = table.rows.ids.firstIndex(of: id), sample.states[example] == .value else { return nil }
            return sample.value(example)
        }
        guard let high = score(above), let low = score(below) else {
            let missing = score(above) == nil ? above : below
            return open(rule, definition, n: 0, "anchor \(missing) has no score in this run")
        }
        var result = GateResult(
            rule: rule, outcome: high - low >= gap ? .passes : .fails, unit: definition.unit.rawValue,
            direction: definition.direction.rawValue, n: 2, note: "\(above) \(high), \(below) \(low)",
            method: "difference of two anchors")
        result.candidate = try? Estimate(value: high - low, n: 2, method: "gap")
        result.bound = gap
        return GateDraft(result: result)
    }
}
