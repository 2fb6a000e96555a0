import Domain
import Policy
import Testing

@Suite struct KPITests {
    private func kpi() throws -> KPIDefinition {
        let policy = try AppTests.everything()
        return try #require(policy.metrics.first { $0.name == "kpi" }?.kpi)
    }

    @Test func partsAreReadInTheirMetricsUnits() throws {
        let kpi = try kpi()
        #expect(
            kpi.parts == [
                KPIDefinition.Part(
                    metric: MetricReference(name: "intent_accuracy"), weight: 0.4, higherIsBetter: true,
                    from: 0, to: 1),
                KPIDefinition.Part(
                    metric: MetricReference(name: "latency", statistic: "p95"), weight: 0.35,
                    higherIsBetter: false,
                    from: 5000, to: 0),
                KPIDefinition.Part(
                    metric: MetricReference(name: "recall@3"), weight: 0.25, higherIsBetter: true, from: 0.5,
                    to: 1),
            ])
        #expect(
            kpi.floors == [
                KPIDefinition.Floor(metric: MetricReference(name: "intent_accuracy"), bound: 0.8),
                KPIDefinition.Floor(metric: MetricReference(name: "latency", statistic: "p95"), bound: 8000),
            ])
        #expect(kpi.bands == KPIDefinition.Bands(go: 0.85, hold: 0.8))
    }

    /// (value − from) / (to − from), clamped.
    @Test(arguments: [(0.0, 1.0), (5000, 0), (2500, 0.5), (7000, 0), (1250, 0.75)])
    func aPartWhereLowerIsBetterIsNormalised(_ milliseconds: Double, _ share: Double) throws {
        #expect(try kpi().parts[1].normalised(milliseconds) == share)
    }

    @Test func metricsOfPartsAreMeasured() throws {
        let names = try AppTests.everything().metrics.map(\.name)
        for name in ["intent_accuracy", "latency", "recall@3", "kpi"] { #expect(names.contains(name)) }
    }
}
