import Domain
import Metrics
import Notation
import Testing

/// Decisions of three classifiers over CLINC150, scored by scikit-learn.
enum Clinc {
    static let names = [
        "accuracy": "intent_accuracy", "macro_f1": "intent_f1", "micro_f1": "intent_f1_micro",
        "weighted_f1": "intent_f1_weighted", "macro_precision": "intent_precision",
        "macro_recall": "intent_recall",
        "ece10_equal_width": "intent_ece", "brier": "intent_brier", "oos_recall": "out_of_scope_recall",
    ]

    /// The observations of one classifier: columns `gold`, `arm` and `arm_conf` of a CSV without quotes.
    static func inputs(_ csv: String, _ arm: String) throws -> [MeasureInput] {
        let lines = csv.split(whereSeparator: \.isNewline).map { $0.split(separator: ",").map(String.init) }
        let gold = try #require(lines[0].firstIndex(of: "gold"))
        let said = try #require(lines[0].firstIndex(of: arm))
        let sure = try #require(lines[0].firstIndex(of: arm + "_conf"))
        return lines.dropFirst().map { line in
            var example = Example(id: "e", query: "q")
            example.expectedIntent = line[gold]
            var answer = Answer(latencyMilliseconds: 1)
            answer.intent = line[said]
            answer.confidence = Double(line[sure])
            return MeasureInput(
                example: example,
                observation: Observation(
                    example: "e", arm: .candidate, repetition: 0, outcome: .answered(answer)))
        }
    }

    /// Holds every number that scikit-learn gave and that we have a metric for.
    static func check(_ csv: String, _ expected: JSONValue, _ arm: String, tolerance: Double) throws -> Int {
        let inputs = try inputs(csv, arm)
        var checked = 0
        for member in try #require(expected[arm]?.objectValue).members {
            guard let name = names[member.key], let value = member.value.doubleValue else { continue }
            let ours = try #require(aggregate(metric(name), inputs))
            #expect(abs(ours - value) < tolerance, "\(arm) \(member.key): \(ours)")
            checked += 1
        }
        for member in expected[arm]?["f1_of"]?.objectValue?.members ?? [] {
            let ours = aggregate(try metric("intent_f1"), inputs, member: member.key)
            #expect(abs((ours ?? -1) - (member.value.doubleValue ?? 0)) < tolerance, "\(arm) \(member.key)")
            checked += 1
        }
        return checked
    }
}

@Suite struct ClassificationOracleTests {
    @Test(arguments: ["baseline", "candidate_good", "candidate_bad"])
    func theNumbersAreScikitLearns(_ arm: String) throws {
        let expected = try JSONValue.parse(Fixtures.text("clinc.json"))
        #expect(try Clinc.check(Fixtures.text("clinc.csv"), expected, arm, tolerance: 1e-12) == 11)
    }

    /// A class neither expected nor predicted has no F1; one expected and never predicted has F1 0, no
    /// precision.
    @Test func aClassWithoutDecisionsHasNoValue() throws {
        var matrix = ConfusionMatrix(labels: ["a", "b", "c"])
        matrix[0, 1] = 3
        #expect(matrix.f1(2) == nil)
        #expect(matrix.f1(0) == 0)
        #expect(matrix.precision(0) == nil)
        #expect(matrix.recall(1) == nil)
    }

    /// An app that invents a label for each answer: 60,000 labels must not cost their square, nor overflow.
    @Test func manyLabelsCostTheirNumber() {
        let labels = (0..<60_000).map { "label-\($0)" }
        var matrix = ConfusionMatrix(labels: labels, keepsCells: false)
        for label in labels.indices { matrix.add(expected: 0, predicted: label, 1) }
        #expect(matrix.total == 60_000)
        #expect(matrix.recall(0) == 1.0 / 60_000)
        #expect(matrix.precision(1) == 0)
    }

    /// By hand: a is right once of two (one abstention), b once of one. F1: a 2/3, b 1; micro 2·2/(3+2).
    @Test func anAbstentionIsWrongAndNoClass() throws {
        func input(_ expected: String, _ said: String?) -> MeasureInput {
            var example = Example(id: "e", query: "q")
            example.expectedIntent = expected
            var answer = Answer(latencyMilliseconds: 1)
            answer.intent = said
            return MeasureInput(
                example: example,
                observation: Observation(
                    example: "e", arm: .candidate, repetition: 0, outcome: .answered(answer)))
        }
        let inputs = [input("a", "a"), input("a", nil), input("b", "b")]
        #expect(abs((aggregate(try metric("intent_f1"), inputs) ?? 0) - (2.0 / 3 + 1) / 2) < 1e-15)
        #expect(abs((aggregate(try metric("intent_f1_micro"), inputs) ?? 0) - 0.8) < 1e-15)
        #expect(abs((aggregate(try metric("intent_accuracy"), inputs) ?? 0) - 2.0 / 3) < 1e-15)
    }
}
