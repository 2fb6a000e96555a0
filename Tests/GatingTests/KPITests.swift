import Domain
import Metrics
import Statistics
import Testing

@testable import Gating

@Suite struct KPITests {
    private let kpi = KPIDefinition(
        parts: [
            KPIDefinition.Part(
                metric: MetricReference(name: "intent_accuracy"), weight: 0.6, higherIsBetter: true, from: 0,
                to: 1),
            KPIDefinition.Part(
                metric: MetricReference(name: "latency", statistic: "p50"), weight: 0.4,
                higherIsBetter: false,
                from: 1000, to: 0),
        ],
        floors: [KPIDefinition.Floor(metric: MetricReference(name: "intent_accuracy"), bound: 0.7)],
        bands: KPIDefinition.Bands(go: 0.8, hold: 0.7))
    private let metrics = ["intent_accuracy", "latency"]

    /// 200 examples: so many right, and one latency for all.
    private func scores(_ before: (Int, Double), _ after: (Int, Double)) -> Scores {
        var scores = Scores(200)
        scores.add(
            "intent_accuracy", baseline: (0..<200).map { .pass($0 < before.0) },
            candidate: (0..<200).map { .pass($0 < after.0) })
        scores.add(
            "latency", baseline: (0..<200).map { before.1 + Double($0 % 3 - 1) },
            candidate: (0..<200).map { after.1 + Double($0 % 3 - 1) })
        return scores
    }

    struct Case: Sendable {
        let right: Int
        let latency: Double
        let value: Double
        let outcome: GateResult.Outcome
        let note: String
    }

    /// .6 · accuracy + .4 · (1 − p50 / 1000).
    @Test(arguments: [
        Case(right: 180, latency: 200, value: 0.86, outcome: .passes, note: "go, and every floor holds"),
        Case(
            right: 150, latency: 250, value: 0.75, outcome: .unsure,
            note: "between 0.7 and 0.8: hold; most is lost on intent_accuracy (0.75)"),
        Case(
            right: 160, latency: 800, value: 0.56, outcome: .fails,
            note: "below 0.7: roll back; most is lost on latency.p50 (800 ms)"),
        Case(
            right: 130, latency: 0, value: 0.79, outcome: .fails,
            note: "intent_accuracy 0.65 is below its floor 0.7"),
    ])
    func bandsAndFloors(_ it: Case) throws {
        let result = try gate(
            scores((180, 200), (it.right, it.latency)), rule("kpi", .kpiBands), metrics: metrics, kpi: kpi)
        #expect(result.outcome == it.outcome && result.note == it.note)
        #expect(abs((result.candidate?.value ?? 0) - it.value) < 1e-12)
        #expect(abs((result.baseline?.value ?? 0) - 0.86) < 1e-12)
        #expect(result.candidate?.interval?.contains(it.value) == true)
    }

    @Test func theOtherFormsSeeItAsAMetricLikeAnyOther() throws {
        func outcome(_ form: GateForm, _ after: (Int, Double)) throws -> GateResult.Outcome {
            try gate(scores((180, 200), after), rule("kpi", form), metrics: metrics, kpi: kpi).outcome
        }
        #expect(try outcome(.compare(.atLeast, quantity(0.86), confidently: false), (180, 200)) == .passes)
        #expect(try outcome(.compare(.atLeast, quantity(0.85), confidently: true), (180, 200)) == .unsure)
        #expect(try outcome(.compare(.atLeast, quantity(0.8), confidently: true), (180, 200)) == .passes)
        #expect(try outcome(.notWorse, (180, 200)) == .passes)
        #expect(try outcome(.notWorse, (160, 200)) == .fails)
        #expect(try outcome(.noWorse(by: .absolute(quantity(0.05))), (178, 200)) == .passes)
        #expect(try outcome(.noWorse(by: .absolute(quantity(0.05))), (150, 200)) == .fails)
        #expect(try outcome(.within(share: 0.1), (179, 205)) == .passes)
        #expect(try outcome(.within(share: 0.1), (140, 500)) == .fails)
        let worse = try gate(
            scores((180, 200), (160, 210)), rule("kpi", .notWorse), metrics: metrics, kpi: kpi)
        #expect(worse.note.hasSuffix("most of it in intent_accuracy"))
    }

    @Test func itStandsAmongTheMetrics() throws {
        let judged = try judge(scores((180, 200), (160, 200)), [], metrics: metrics, kpi: kpi)
        let result = try #require(judged.metrics.last)
        #expect(result.name == "kpi" && result.tier == "business" && result.stage == nil)
        #expect(abs((result.difference?.value ?? 0) + 0.06) < 1e-12)
        let interval = try #require(result.difference?.interval)
        // Twenty of two hundred lost: .6 of Student's [−.1351, −.0649], about.
        #expect(abs(interval.lower + 0.0815) < 0.006 && abs(interval.upper + 0.0399) < 0.006)
    }

    @Test func aPartWithoutAValueIsNamed() throws {
        var table = Scores(50)
        table.add("intent_accuracy", .candidate, Array(repeating: .pass(true), count: 50))
        table.add("latency", .candidate, Array(repeating: .notApplicable, count: 50))
        let result = try gate(table, rule("kpi", .kpiBands), metrics: metrics, kpi: kpi)
        #expect(
            result.outcome == .unsure && result.note == "its part latency.p50 has no value: it does not apply"
        )
        let absent = try gate(table, rule("kpi", .kpiBands), metrics: ["intent_accuracy"], kpi: kpi)
        #expect(absent.note == "its part latency.p50 was not measured")
        let alone = try gate(table, rule("kpi", .notWorse), metrics: metrics, kpi: nil)
        #expect(alone.note == "the policy defines no kpi")
    }

    /// 180 of 194 right is go, 180 of 200 is not.
    @Test func unmeasuredPartsKeepGoOpen() throws {
        var table = scores((180, 200), (180, 390))
        table.add(
            "intent_accuracy", .candidate,
            (0..<200).map { $0 < 180 ? .pass(true) : $0 < 194 ? .pass(false) : .failed })
        let result = try gate(table, rule("kpi", .kpiBands), metrics: metrics, kpi: kpi)
        #expect(result.outcome == .unsure)
        #expect(result.note == "6 unmeasured: it would not reach 0.8 if they were bad")
    }
}
