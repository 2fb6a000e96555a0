import Domain
import Metrics
import Statistics

/// The forms that first judge each example and then hold the share of good ones: bands, tolerance, spread,
/// `k of n`; and `pass^k`, a mean over examples of what their repeats show.
extension GateEvaluator {
    /// Every example's score satisfies `holds`, or a share of them.
    func perExample(
        _ subject: Subject, _ share: Double, words: String, holds: (Double) -> Bool
    ) -> GateDraft {
        guard case .scores(let values) = subject.candidate.numbers else {
            return open(
                subject.rule, subject.definition, n: 0, "\(subject.definition.name) has no value an example")
        }
        var tally = ShareTally()
        for example in subject.examples {
            switch subject.candidate.states[example] {
            case .value: tally.add(holds(values[example]))
            case .notShown where subject.baseline?.states[example] == .value: tally.add(false)
            case .notShown, .failed: tally.add(nil)
            case .noAnswer, .notApplicable: break
            }
        }
        return shareResult(subject, tally, share, words)
    }

    /// Examples that hold, that do not, and that nobody knows of.
    struct ShareTally {
        var good = 0
        var n = 0
        var unknown = 0

        mutating func add(_ holds: Bool?) {
            guard let holds else {
                unknown += 1
                return
            }
            n += 1
            if holds { good += 1 }
        }
    }

    func shareResult(_ subject: Subject, _ tally: ShareTally, _ share: Double, _ words: String) -> GateDraft {
        let (good, n, unknown) = (tally.good, tally.n, tally.unknown)
        if let why = tooMuchMissing(unknown, of: n + unknown) {
            return open(subject.rule, subject.definition, n: n, why)
        }
        guard n > 0 else { return nothingMeasured(subject) }
        let interval = try? wilsonInterval(successes: good, trials: n, confidence: options.coverage)
        let value = Double(good) / Double(n)
        var result = started(subject, n: n, method: "share of examples, Wilson")
        result.unit = MetricUnit.ratio.rawValue
        result.direction = Direction.higher.rawValue
        result.candidate = try? Estimate(value: value, interval: interval, n: n, method: "share of examples")
        result.bound = share
        if value < share - tolerance {
            result.outcome = .fails
        } else if Double(good) / Double(n + unknown) < share - tolerance {
            result.outcome = .unsure
        } else {
            result.outcome = .passes
        }
        result.note = "\(good) of \(n) \(words)"
        if unknown > 0 { result.note += ", \(unknown) unmeasured" }
        return GateDraft(result: result)
    }

    /// Largest minus smallest over an example's repeats. A repeat that failed may lie anywhere: such an example
    /// counts where its spread is too wide already, and else is unmeasured.
    func spread(_ subject: Subject, _ limit: Quantity, _ share: Double) throws -> GateDraft {
        var tally = ShareTally()
        var repeated = false
        for tries in try repeats(subject) where tries.count >= 2 {
            repeated = true
            let values = tries.compactMap(\.value)
            let width = (values.max() ?? 0) - (values.min() ?? 0)
            let isNarrow = width <= limit.value + tolerance
            if tries.contains(where: \.isUnknown) {
                tally.add(isNarrow ? nil : false)
            } else if values.count >= 2 {
                tally.add(isNarrow)
            }
        }
        guard repeated else {
            return open(
                subject.rule, subject.definition, n: 0, "a spread needs repeats: run with --repeat 2 or more")
        }
        return shareResult(subject, tally, share, "spread at most \(limit.text)")
    }

    /// At least `required` of the first `tries` repeats reach the threshold.
    func repeated(
        _ subject: Subject, _ required: Int, _ tries: Int, _ threshold: Double, _ share: Double
    ) throws -> GateDraft {
        var tally = ShareTally()
        var enough = false
        for all in try repeats(subject) where all.count >= tries {
            enough = true
            let first = all.prefix(tries)
            let passes = first.count { ($0.value ?? -.infinity) >= threshold - tolerance }
            let unknown = first.count(where: \.isUnknown)
            // Applies to none of the repeats: no example of this rule.
            if first.allSatisfy({ $0.value == nil && !$0.isUnknown }) { continue }
            tally.add(passes >= required ? true : passes + unknown < required ? false : nil)
        }
        guard enough else {
            return open(
                subject.rule, subject.definition, n: 0, "needs \(tries) repeats: run with --repeat \(tries)")
        }
        return shareResult(subject, tally, share, "pass \(required) of \(tries)")
    }

    /// pass^k = C(c, k)/C(N, k), averaged over examples; an unmeasured try counts as failed in the proof.
    func passPower(
        _ subject: Subject, _ k: Int, _ comparison: Comparison, _ quantity: Quantity
    ) throws -> GateDraft {
        var chances: [Double] = []
        var cautious: [Double] = []
        var unknown = 0
        for tries in try repeats(subject) {
            let values = tries.compactMap(\.value)
            let missing = tries.count(where: \.isUnknown)
            guard values.count + missing >= k else { continue }
            let passes = values.count { $0 >= 1 - tolerance }
            if missing > 0 { unknown += 1 }
            if let chance = try? passHatK(passes: passes, tries: values.count + missing, k: k) {
                cautious.append(chance)
            }
            if let chance = try? passHatK(passes: passes, tries: values.count, k: k) {
                chances.append(chance)
            }
        }
        guard !chances.isEmpty else {
            return open(
                subject.rule, subject.definition, n: 0, "pass^\(k) needs \(k) repeats: run with --repeat \(k)"
            )
        }
        if let why = tooMuchMissing(unknown, of: cautious.count) {
            return open(subject.rule, subject.definition, n: chances.count, why)
        }
        // It decides nothing, and is only shown.
        let interval =
            options.isRehearsal
            ? nil : try? meanInterval(chances, range: 0...1, confidence: options.coverage, seed: options.seed)
        var result = started(subject, n: chances.count, method: interval?.method ?? "mean")
        guard let value = mean(chances) else { return nothingMeasured(subject) }
        result.candidate = try? Estimate(
            value: value, interval: interval, n: chances.count, method: "pass^\(k)")
        result.bound = quantity.value
        guard comparison.isMet(value, quantity.value) else {
            result.outcome = .fails
            return GateDraft(result: result)
        }
        result.outcome = comparison.isMet(mean(cautious) ?? value, quantity.value) ? .passes : .unsure
        if result.outcome == .unsure {
            result.note = counted(unknown, "example", "examples") + " with unmeasured tries"
        }
        return GateDraft(result: result)
    }

    /// One try of an example in the candidate.
    struct Try {
        let value: Double?
        /// Nobody has seen it, or the answer lacks the part.
        let isUnknown: Bool
    }

    private func repeats(_ subject: Subject) throws -> [[Try]] {
        guard let column = try table.column(subject.definition.name, .candidate) else { return [] }
        return subject.examples.map { example in
            table.rows(of: example).map { row in
                let state = column.states[row]
                return Try(value: state == 0 ? column.values[row * column.width] : nil, isUnknown: state < 0)
            }
        }
    }
}
