import Domain
import Metrics
import Policy
import Testing

@Suite struct PresetTests {
    private func policy(
        _ preset: String, gates: String = "", observe: String? = nil
    ) -> (
        ReleasePolicy?, [Diagnostic]
    ) {
        var text = Fixtures.policy(gates: [], more: "preset: \(preset)")
        if let observe { text = text.replacing("documents: /docs, ", with: observe) }
        text = text.replacing("gates:\n", with: gates.isEmpty ? "" : "gates: \(gates)\n")
        let (policy, diagnostics) = read(text)
        return (policy, diagnostics)
    }

    @Test(arguments: Preset.all.map(\.name))
    func everyRuleOfAPresetHoldsForAnAppThatShowsAll(_ name: String) throws {
        let preset = try #require(Preset.named(name))
        let (read, diagnostics) = policy(name)
        let policy = try #require(read, "\(DiagnosticText().render(diagnostics))")
        #expect(diagnostics.isEmpty, "\(DiagnosticText().render(diagnostics))")
        #expect(policy.gates.map(\.text) == preset.gates.map(\.rule))
        #expect(policy.gates.allSatisfy { $0.place.file == "preset \(name)" && $0.why?.isEmpty == false })
        #expect(policy.preset == name)
        for metric in preset.metrics { #expect(policy.metrics.contains { $0.name == metric }, "\(metric)") }
    }

    @Test func theFilesOwnRuleWinsOverThePresets() throws {
        let (read, _) = policy("rag", gates: "[\"latency.p95 <= 30s\", recall@5 >= 0.9]")
        let policy = try #require(read)
        let latency = policy.gates.filter { $0.metric == MetricReference(name: "latency", statistic: "p95") }
        #expect(latency.map(\.text) == ["latency.p95 <= 30s"])
        #expect(latency.first?.place.file == "sluice.yaml")
        #expect(policy.gates.filter { $0.metric.name == "recall@5" }.map(\.text) == ["recall@5 >= 0.9"])
        #expect(policy.gates.contains { $0.text == "mrr not worse than baseline" })
    }

    @Test func whatTheAppDoesNotShowIsLeftOutAndSaid() throws {
        let (read, diagnostics) = policy("rag", observe: "")
        let policy = try #require(read)
        #expect(!policy.gates.contains { $0.metric.name == "mrr" || $0.metric.name == "recall@5" })
        #expect(!policy.metrics.contains { $0.name == "mrr" })
        #expect(diagnostics.allSatisfy { $0.severity == .warning && $0.kind == .unmapped })
        #expect(
            diagnostics.contains { $0.message == "preset rag: 'mrr' is left out, since nothing produces it" })
    }

    @Test func withoutABaselineWhatComparesIsLeftOut() throws {
        let text = Fixtures.policy(gates: ["mrr >= 0.5"], more: "preset: classifier")
            .replacing("  baseline: http://127.0.0.1:8101/v1/answer\n", with: "")
        let (policy, diagnostics) = read(text)
        #expect(
            try #require(policy).gates.map(\.text) == [
                "mrr >= 0.5", "intent_accuracy >= 0.90", "latency.p95 <= 1s", "error_rate <= 1%",
            ])
        #expect(diagnostics.count == 3)
    }
}
