import Domain
import Metrics
import Replay
import Statistics
import Testing

@Suite struct RecordGateTests {
    private func answer(_ text: String) -> Observation.Outcome {
        var answer = Answer(latencyMilliseconds: 10)
        answer.text = text
        return .answered(answer)
    }

    private func row(_ id: String, _ before: String, _ after: String?) -> RecordGate.Row {
        RecordGate.Row(
            example: Example(id: id, query: "q"), baseline: answer(before),
            candidate: after.map { answer($0) })
    }

    private func run(_ units: [RecordGate.Unit]) async throws -> RunResult {
        var policy = ReleasePolicy(
            project: "t", app: AppPolicy(baseline: nil, candidate: nil),
            source: ReleasePolicy.SourceText(path: "p", text: ""))
        policy.metrics = [MetricRequest(name: "length")]
        let manifest = Manifest(runID: "r-1", sluiceVersion: "0", project: "t", policyPath: "p")
        let request = GoldenGate.Request(
            policy: policy, rules: [], layers: [], resources: MetricResources(), manifest: manifest)
        return try await RecordGate(request, clock: MonotonicClock()).run(units)
    }

    @Test func requestsOfOneUnitCountOnce() async throws {
        let result = try await run([
            RecordGate.Unit(
                id: "key a", rows: (0..<9).map { row("a\($0)", "12345", "1234567890") }),
            RecordGate.Unit(id: "b", rows: [row("b", "12345", "12345")]),
            RecordGate.Unit(id: "c", rows: [row("c", "12345", "12345")]),
        ])
        let length = try #require(result.metrics.first { $0.name == "length" })
        #expect(length.candidate?.n == 3)
        // The mean over units of each unit's mean: (10 + 5 + 5) / 3.
        #expect(abs(try #require(length.candidate).value - 20.0 / 3) < 1e-12)
        #expect(result.measurement.answered == 22)
    }

    @Test func whatNoArmAnsweredIsUnmeasured() async throws {
        let result = try await run(
            (0..<10).map { RecordGate.Unit(id: "u\($0)", rows: [row("u\($0)", "x", $0 < 3 ? nil : "x")]) })
        #expect(result.measurement.unmeasured == 3)
        #expect(result.measurement.appFailures == 0)
        #expect(result.verdict == .cannotTell)
    }

    /// Of live requests nobody knows what was expected.
    @Test func gatesThatWantExpectationsAreLeftToTheGoldenSet() {
        let names = [
            "intent_accuracy", "latency", "cost_per_success", "groundedness", "brier", "cost", "recall@3",
        ]
        let rules = names.map {
            GateRule(text: $0, metric: MetricReference(name: $0), form: .notWorse)
        }
        let (judged, setAside) = RecordGate.withoutExpectations(rules)
        #expect(judged.map(\.text) == ["latency", "groundedness", "cost"])
        #expect(setAside.map(\.text) == ["intent_accuracy", "cost_per_success", "brier", "recall@3"])
    }
}
