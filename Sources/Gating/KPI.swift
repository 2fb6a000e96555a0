import Domain
import Metrics
import Statistics

/// The weighted indicator: its parts' values over the set, normalised, weighted and summed; under resampling every
/// part is recomputed on the same draw, in both arms.
public enum KPIMetric {
    public static let name = "kpi"

    static let definition = MetricDefinition(
        name: name, summary: "A weighted indicator of other metrics.", unit: .ratio, lowest: 0, highest: 1,
        direction: .higher, tier: .business, stage: nil,
        source: "The policy's own weights and normalisation.",
        aggregate: .sums { _ in nil }, measure: { _ in .notApplicable("computed of other metrics") })
}

/// The kpi over some examples, or which part it lacks.
struct KPIValues {
    /// Which part has no value, and why.
    struct Gap: Error {
        let words: String
    }

    /// One part over the examples it was measured on.
    struct Part {
        let definition: KPIDefinition.Part
        let unit: String
        let baseline: Double?
        let candidate: Double
        /// With the unmeasured imputed against the candidate.
        let cautious: Double

        /// What the part costs the whole: its weight where it is at its worst, 0 at its best.
        var loss: Double { definition.weight * (1 - definition.normalised(candidate)) }
    }

    let parts: [Part]
    let candidate: Functional
    /// With the unmeasured imputed against the candidate; nil where nothing is.
    let cautious: Functional?
    let paired: PairedFunctional?
    let cautiousPair: PairedFunctional?
    /// Examples that one part at least could not be measured on.
    let missing: Int

    var value: Double {
        var sum = 0.0
        for part in parts { sum += part.definition.weight * part.definition.normalised(part.candidate) }
        return sum
    }

    init(_ kpi: KPIDefinition, _ evaluator: GateEvaluator, _ examples: [Int]) throws {
        var parts: [Part] = []
        var arms: [WeightedPart] = []
        var cautious: [WeightedPart] = []
        var pairs: [WeightedPair] = []
        var cautiousPairs: [WeightedPair] = []
        var isPaired = true
        var missing = Set<Int>()
        for part in kpi.parts {
            let text = part.metric.text
            let comparison: Comparison = part.higherIsBetter ? .atLeast : .atMost
            let quantity = Quantity(value: part.to, text: "")
            let rule = GateRule(
                text: text, metric: part.metric, form: .compare(comparison, quantity, confidently: false))
            let name = MetricCatalogue.definitionName(for: part.metric)
            guard let definition = evaluator.table.definitions[name],
                let candidate = try evaluator.table.sample(name, .candidate)?.read(part.metric.statistic)
            else { throw Gap(words: "its part \(text) was not measured") }
            let subject = GateEvaluator.Subject(
                rule: rule, definition: definition, examples: examples, candidate: candidate,
                baseline: try evaluator.table.sample(name, .baseline)?.read(part.metric.statistic))
            let arm = CandidateArm(subject, comparison, part.to)
            missing.formUnion(arm.filledExamples.dropFirst(arm.examples.count))
            if let why = evaluator.tooMuchMissing(arm.missing, of: arm.filledExamples.count) {
                throw Gap(words: "its part \(text): \(why)")
            }
            let own = WeightedPart(part, subject, arm.measured, arm.examples)
            guard let value = own.functional.whole() else {
                throw Gap(words: "its part \(text) has no value" + (candidate.reason.map { ": " + $0 } ?? ""))
            }
            arms.append(own)
            let filled = WeightedPart(part, subject, arm.filled ?? arm.measured, arm.filledExamples)
            cautious.append(filled)
            var before: Double?
            if let baseline = subject.baseline {
                let pair = PairedSample(baseline: baseline, candidate: candidate, examples: examples)
                pairs.append(WeightedPair(part, subject, pair.actual, pair.complete))
                cautiousPairs.append(
                    WeightedPair(part, subject, pair.cautious ?? pair.actual, pair.complete + pair.imputed))
                missing.formUnion(pair.imputed)
                before = pairs.last?.functional.whole()?.baseline
            } else {
                isPaired = false
            }
            parts.append(
                Part(
                    definition: part, unit: definition.unit.rawValue, baseline: before, candidate: value,
                    cautious: filled.functional.whole() ?? value))
        }
        self.parts = parts
        self.missing = missing.count
        candidate = KPIValues.functional(arms)
        self.cautious = missing.isEmpty ? nil : KPIValues.functional(cautious)
        paired = isPaired ? KPIValues.functional(pairs) : nil
        cautiousPair = isPaired && !missing.isEmpty ? KPIValues.functional(cautiousPairs) : nil
    }

    private static func functional(_ parts: [WeightedPart]) -> Functional {
        let universe = Universe(parts.map(\.examples))
        return Functional(count: universe.count) { weights in
            var sum = 0.0
            for (index, part) in parts.enumerated() {
                let value = universe.withWeights(of: index, weights, part.functional.value)
                sum += value.isNaN ? .nan : part.part.weight * part.part.normalised(value)
            }
            return sum
        }
    }

    private static func functional(_ parts: [WeightedPair]) -> PairedFunctional {
        let universe = Universe(parts.map(\.examples))
        return PairedFunctional(count: universe.count) { weights in
            var before = 0.0
            var after = 0.0
            for (index, part) in parts.enumerated() {
                let (was, now) = universe.withWeights(of: index, weights, part.functional.values)
                before += was.isNaN ? .nan : part.part.weight * part.part.normalised(was)
                after += now.isNaN ? .nan : part.part.weight * part.part.normalised(now)
            }
            return (before, after)
        }
    }
}

/// A part in the candidate.
private struct WeightedPart: Sendable {
    let part: KPIDefinition.Part
    let functional: Functional
    let examples: [Int]

    init(
        _ part: KPIDefinition.Part, _ subject: GateEvaluator.Subject, _ numbers: ArmNumbers, _ examples: [Int]
    ) {
        self.part = part
        self.examples = examples
        functional = Functional(
            numbers, subject.definition.aggregate, member: subject.member, statistic: subject.statistic)
    }
}

/// A part in both arms.
private struct WeightedPair: Sendable {
    let part: KPIDefinition.Part
    let functional: PairedFunctional
    let examples: [Int]

    init(
        _ part: KPIDefinition.Part, _ subject: GateEvaluator.Subject, _ arms: PairedSample.Arms,
        _ examples: [Int]
    ) {
        self.part = part
        self.examples = examples
        functional = PairedFunctional(
            arms, subject.definition.aggregate, member: subject.member, statistic: subject.statistic)
    }
}

/// All examples that any part was measured on: what is drawn from.
private struct Universe: Sendable {
    let count: Int
    /// For each part, where its examples stand; nil where they are all, in order.
    private let places: [[Int32]?]

    init(_ lists: [[Int]]) {
        let all = Set(lists.joined()).sorted()
        var position: [Int: Int32] = [:]
        for (place, example) in all.enumerated() { position[example] = Int32(place) }
        count = all.count
        places = lists.map { list in list == all ? nil : list.map { position[$0] ?? 0 } }
    }

    func withWeights<Value>(of part: Int, _ weights: Span<Int32>, _ body: (Span<Int32>) -> Value) -> Value {
        guard let places = places[part] else { return body(weights) }
        var own: [Int32] = []
        own.reserveCapacity(places.count)
        for place in places { own.append(weights[Int(place)]) }
        return body(own.span)
    }
}
