import Domain
import Foundation
import Policy
import Testing

/// A gate on a metric that nothing produces would wait for ever: it is an error that names the key to map.
@Suite struct MappedPartsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let candidate: String
        let rule: String
        /// Nil: something produces it.
        let mend: String?
        var testDescription: String { "\(rule) of \(candidate)" }

        init(_ candidate: String, _ rule: String, _ mend: String?) {
            self.candidate = candidate
            self.rule = rule
            self.mend = mend
        }
    }

    static let http = "{ url: http://x/ }"
    static let mapped = "{ url: http://x/, observe: { intent: /i, values: { tone: /t } } }"
    static let chat = "{ openai: http://x/v1, model: m }"

    @Test(arguments: [
        Case(http, "token_f1 >= 0.1", nil), Case(http, "tokens <= 9", nil),
        Case(http, "latency.p95 <= 1s", nil),
        Case(http, "mrr >= 0.1", "map 'app.observe.documents'"),
        Case(http, "under_blocked == 0", "map 'app.observe.guardrail'"),
        Case(mapped, "intent_accuracy >= 0.1", nil), Case(mapped, "value[tone] <= 1", nil),
        Case(mapped, "value[anger] <= 1", "map 'app.observe.values.anger'"),
        Case(mapped, "token_f1 >= 0.1", "map 'app.observe.text'"),
        Case(mapped, "cost <= 1 USD", "map 'app.observe.usage'"),
        Case(mapped, "stage_latency[a] <= 1s", "map 'app.observe.stages'"),
        Case(mapped, "intent_ece <= 0.1", "map 'app.observe.confidence'"),
        Case("{ url: http://x/, stream: true, observe: { intent: /i } }", "token_f1 >= 0.1", nil),
        Case(http, "ttft.p95 <= 1s", nil),
        Case("{ url: http://x/, stream: false }", "ttft.p95 <= 1s", "let answers stream ('stream: true')"),
        Case(chat, "token_f1 >= 0.1", nil), Case(chat, "versions.model == 'm'", nil),
        Case(chat, "ttft.p95 <= 1s", "let answers stream ('stream: true')"),
        Case("{ openai: http://x/v1, model: m, stream: true }", "ttft.p95 <= 1s", nil),
        Case(chat, "mrr >= 0.1", "map 'app.observe.documents'"),
        Case("{ command: [a] }", "token_f1 >= 0.1", nil),
        Case("{ command: [a] }", "mrr >= 0.1", "map 'app.observe.documents'"),
        Case("{ command: [a], observe: { documents: /d } }", "mrr >= 0.1", nil),
        Case("{ recorded: a.jsonl }", "mrr >= 0.1", nil),
    ])
    func aGateNeedsWhatTheAppShows(_ wanted: Case) {
        let text = """
            version: 1
            project: x
            app: { candidate: \(wanted.candidate) }
            dataset: d
            gates: ["\(wanted.rule)"]
            """
        let (policy, diagnostics) = read(text)
        #expect((policy != nil) == (wanted.mend == nil), "\(DiagnosticText().render(diagnostics))")
        #expect(
            diagnostics.filter { $0.kind == .unmapped }.compactMap(\.suggestion)
                == [wanted.mend].compactMap { $0 })
    }

    /// What a metric wants of models is told by the metric as it was asked for, not by its family.
    @Test(
        arguments: [
            ("context_recall[id]", "context_recall[id]", false),
            ("context_recall[text]", "context_recall[text]", false),
            ("context_recall[embedding]", "context_recall[embedding]", true),
            ("context_precision[embedding]", "context_precision[embedding]", true),
            ("groundedness: { by: words }", "groundedness", false), ("groundedness", "groundedness", true),
        ] as [(String, String, Bool)])
    func modelsAreWantedByTheMetricAsAskedFor(_ metric: String, _ name: String, _ wants: Bool) {
        let text = """
            version: 1
            project: x
            app: { candidate: { recorded: a.jsonl } }
            dataset: d
            metrics:
              - \(metric)
            gates: ["\(name) >= 0.1"]
            """
        let (policy, diagnostics) = read(text)
        #expect((policy == nil) == wants, "\(DiagnosticText().render(diagnostics))")
        #expect(diagnostics.contains { $0.kind == .unmapped } == wants)
    }

    @Test func aMetricThatIsOnlyShownIsWarnedOf() {
        let (policy, diagnostics) = read(
            Fixtures.policy(observe: "{ intent: /i }", metrics: "[mrr]", gates: ["intent_accuracy >= 0.5"]))
        #expect(policy != nil)
        #expect(diagnostics.map(\.kind) == [.unmapped])
        #expect(diagnostics.map(\.severity) == [.warning])
    }

    /// `metrics: [stage_latency]` stands for every stage that the app shows when it is asked.
    @Test(
        arguments: [
            ("stage_latency", "{ url: http://x/, observe: { stages: /s } }", nil),
            ("versions", "{ url: http://x/, observe: { versions: /v } }", nil),
            ("value", mapped, nil),
            ("stage_latency", mapped, "map 'app.observe.stages'"),
            ("value", http, "map 'app.observe.values.NAME'"),
        ] as [(String, String, String?)])
    func aFamilyOfNamesMayStandBare(metric: String, candidate: String, mend: String?) {
        let text = """
            version: 1
            project: x
            app: { candidate: \(candidate) }
            dataset: d
            metrics: [\(metric)]
            gates: [latency.p95 <= 1s]
            """
        let (policy, diagnostics) = read(text)
        #expect(
            policy?.metrics.map(\.name) == [metric, "latency"], "\(DiagnosticText().render(diagnostics))")
        #expect(diagnostics.compactMap(\.suggestion) == [mend].compactMap { $0 })
        // A rule has to say which.
        let (ruled, _) = read(text.replacingOccurrences(of: "latency.p95", with: metric))
        #expect(ruled == nil)
    }
}
