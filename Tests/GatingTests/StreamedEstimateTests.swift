import Domain
import Metrics
import Statistics
import Testing

@testable import Gating

/// Values over lines that come one at a time, held against what is worked out with all of them at hand.
@Suite struct StreamedEstimateTests {
    private func estimate(
        _ name: String, confidence: Double = 0.90, _ measurements: [Measurement]
    ) throws -> StreamedEstimate {
        let definition = try MetricCatalogue.define(MetricRequest(name: name))
        var estimate = StreamedEstimate(definition, confidence: confidence)
        for measurement in measurements { estimate.add(measurement) }
        return estimate
    }

    @Test func aShareOfPassesHasWilsonsInterval() throws {
        let lines: [Measurement] = (0..<50).map { .value($0 < 45 ? 1 : 0) }
        let summary = try estimate("exact_match", confidence: 0.95, lines).summary
        #expect(summary.value == 0.9)
        // Wilson 45/50: the known answer.
        let interval = try #require(summary.interval)
        #expect(abs(interval.lower - 0.7864) < 5e-5)
        #expect(abs(interval.upper - 0.9565) < 5e-5)
    }

    @Test func aMeanHasStudentsIntervalAndMissingLinesAreNoZeros() throws {
        let values = [0.1, 0.4, 0.35, 0.8]
        var lines: [Measurement] = values.map { .value($0) }
        lines.insert(.notApplicable("no reference"), at: 1)
        lines.append(.failed("no text"))
        let estimate = try estimate("rouge_l", lines)
        let expected = try studentInterval(values)
        let summary = estimate.summary
        #expect(abs((summary.value ?? 0) - 0.4125) < 1e-12)
        #expect(abs((summary.interval?.lower ?? 0) - expected.lower) < 1e-12)
        #expect((estimate.measured, estimate.notApplicable, estimate.failed) == (4, 1, 1))
        #expect(estimate.reasons == ["no reference": 1, "no text": 1])
    }

    @Test func equalValuesOfAMetricWithARangeHaveTheIntervalThatAnEvaluationGivesThem() throws {
        let summary = try estimate("token_f1", (0..<30).map { _ in .value(0.5) }).summary
        let range: ClosedRange<Double> = 0...1
        let expected = try meanInterval(
            [Double](repeating: 0.5, count: 30), range: range, confidence: 0.90, seed: 1)
        #expect(summary.interval == expected && summary.note == nil)
        // 0.05 is half of what a two-sided 90 % leaves: 1 − 0.05^(1/30) = 0.0950 of traffic may differ.
        #expect(abs((summary.interval?.upper ?? 0) - (0.5 + 0.0950 / 2)) < 5e-5)
        let alone = try estimate("token_f1", [.value(0.5)]).summary
        #expect(alone.interval == nil && alone.note == "an interval needs two lines")
    }

    /// For a ratio of sums whose denominator is the same on every line the jackknife is the mean's own interval.
    @Test func theJackknifeOfAMeanIsStudentsInterval() throws {
        let values = (0..<37).map { Double(($0 * 17) % 11) / 10 }
        let definition = MetricDefinition(
            name: "ratio", summary: "", unit: .ratio, direction: .higher, tier: .quality, stage: nil,
            source: "",
            width: 2, aggregate: .sums { $0[0] / $0[1] }, measure: { _ in .notApplicable("") })
        var estimate = StreamedEstimate(definition, confidence: 0.90)
        for value in values { estimate.add(.values([value, 1])) }
        let expected = try studentInterval(values)
        let interval = try #require(estimate.summary.interval)
        #expect(abs(interval.lower - expected.lower) < 1e-12)
        #expect(abs(interval.upper - expected.upper) < 1e-12)
    }

    @Test func aTableOfLabelsGivesMacroF1() throws {
        let estimate = try estimate(
            "intent_f1", [.labels(["a", "a"]), .labels(["a", "b"]), .labels(["b", "b"])])
        #expect(abs((estimate.summary.value ?? 0) - 2.0 / 3) < 1e-12)
        #expect(estimate.summary.interval != nil)
        #expect(try self.estimate("intent_f1", [.labels(["a"])]).summary.value == 0)
    }

    @Test func nothingMeasuredIsNoValueAndNoZero() throws {
        for name in ["rouge_l", "bleu", "intent_f1", "versions.model"] {
            let summary = try estimate(name, [.failed("no text"), .notApplicable("x")]).summary
            #expect(summary.value == nil)
            #expect(summary.interval == nil)
            #expect(summary.note != nil)
        }
    }

    @Test func aTextIsThatOfAllLinesOrNone() throws {
        #expect(try estimate("versions.model", [.labels(["m1"]), .labels(["m1"])]).summary.text == "m1")
        #expect(try estimate("versions.model", [.labels(["m1"]), .labels(["m2"])]).summary.text == nil)
    }
}
