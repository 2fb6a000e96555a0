import Domain
import Policy
import Testing

/// Expected forms are those of the rule grammar: `p%` on a share is absolute, elsewhere a part of the
/// baseline.
@Suite struct RuleGrammarTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let rule: String
        let form: GateForm
        /// Nil: the rule is its own canonical text.
        var text: String?
        var repeats = 1
        var slice: SliceCondition?
        var metric: MetricReference?
        var testDescription: String { rule }
    }

    private static func amount(_ value: Double, _ text: String) -> Quantity {
        Quantity(value: value, text: text)
    }

    static let cases: [Case] = [
        Case(
            rule: "intent_accuracy >= 0.90", form: .compare(.atLeast, amount(0.9, "0.90"), confidently: false)
        ),
        Case(
            rule: "intent_accuracy  >=  90 %",
            form: .compare(.atLeast, amount(0.9, "90%"), confidently: false),
            text: "intent_accuracy >= 90%"),
        Case(rule: "intent_accuracy > 0.5", form: .compare(.above, amount(0.5, "0.5"), confidently: false)),
        Case(rule: "error_rate < 1%", form: .compare(.below, amount(0.01, "1%"), confidently: false)),
        Case(rule: "guardrail_pass == 1", form: .compare(.equal, amount(1, "1"), confidently: false)),
        Case(
            rule: "confidently intent_accuracy >= 85%",
            form: .compare(.atLeast, amount(0.85, "85%"), confidently: true)),
        Case(
            rule: "latency.p95 <= 3500ms",
            form: .compare(.atMost, amount(3500, "3500ms"), confidently: false),
            metric: MetricReference(name: "latency", statistic: "p95")),
        Case(
            rule: "latency.p99.9 <= 3.5s", form: .compare(.atMost, amount(3500, "3.5s"), confidently: false),
            metric: MetricReference(name: "latency", statistic: "p99.9")),
        Case(rule: "latency.max <= 2m", form: .compare(.atMost, amount(120_000, "2m"), confidently: false)),
        Case(
            rule: "latency.mean <= 1h", form: .compare(.atMost, amount(3_600_000, "1h"), confidently: false)),
        Case(rule: "cost <= 0.08 USD", form: .compare(.atMost, amount(0.08, "0.08 USD"), confidently: false)),
        Case(
            rule: "tokens <= 4e3 tokens",
            form: .compare(.atMost, amount(4000, "4e3 tokens"), confidently: false)),
        Case(
            rule: "stage_latency[retrieval].p95 <= 80ms",
            form: .compare(.atMost, amount(80, "80ms"), confidently: false),
            metric: MetricReference(name: "stage_latency", selector: .named("retrieval"), statistic: "p95")),
        Case(
            rule: "versions.embedding == 'minilm-l6-v2'", form: .text("minilm-l6-v2"),
            text: "versions.embedding == \"minilm-l6-v2\"",
            metric: MetricReference(name: "versions", statistic: "embedding")),
        Case(
            rule: "intent_f1[each] not worse than baseline", form: .notWorse,
            metric: MetricReference(name: "intent_f1", selector: .each)),
        Case(
            rule: "intent_f1[out of scope: any] not worse than baseline", form: .notWorse,
            metric: MetricReference(name: "intent_f1", selector: .named("out of scope: any"))),
        Case(
            rule: "recall@3 no worse than baseline by 0.02",
            form: .noWorse(by: .absolute(amount(0.02, "0.02"))),
            metric: MetricReference(name: "recall@3")),
        Case(
            rule: "recall@3 no worse than baseline by 5%", form: .noWorse(by: .absolute(amount(0.05, "5%")))),
        Case(rule: "recall@3 no worse than baseline by 5% of baseline", form: .noWorse(by: .relative(0.05))),
        Case(rule: "latency.p95 no worse than baseline by 5%", form: .noWorse(by: .relative(0.05))),
        Case(
            rule: "latency.p95 no worse than baseline by 200ms",
            form: .noWorse(by: .absolute(amount(200, "200ms")))),
        Case(rule: "recall@3 no worse than baseline by auto", form: .noWorse(by: .automatic)),
        Case(rule: "tokens within 20% of baseline", form: .within(share: 0.2)),
        Case(rule: "score in band", form: .inBand(share: 1)),
        Case(rule: "score in band for 95%", form: .inBand(share: 0.95)),
        Case(rule: "score within 0.05 of expected", form: .tolerance(0.05, share: 1)),
        Case(rule: "score within 0.05 of expected for 90%", form: .tolerance(0.05, share: 0.9)),
        Case(rule: "score spread <= 0.1", form: .spread(amount(0.1, "0.1"), share: 1), repeats: 3),
        Case(
            rule: "intent_accuracy 2 of 3", form: .repeated(required: 2, repeats: 3, threshold: 1, share: 1),
            repeats: 3),
        Case(
            rule: "token_f1 2 of 3 at 0.8 for 95%",
            form: .repeated(required: 2, repeats: 3, threshold: 0.8, share: 0.95), repeats: 5),
        Case(
            rule: "intent_accuracy pass^3 >= 0.8", form: .passPower(3, .atLeast, amount(0.8, "0.8")),
            repeats: 3),
        Case(
            rule: "score order 'dup-1' above neg-4 by 0.2",
            form: .order(above: "dup-1", below: "neg-4", gap: 0.2),
            text: "score order \"dup-1\" above \"neg-4\" by 0.2"),
        Case(
            rule: "score order GD-042/a above 17 by 0.2",
            form: .order(above: "GD-042/a", below: "17", gap: 0.2),
            text: "score order \"GD-042/a\" above \"17\" by 0.2"),
        Case(
            rule: "when adversarial: under_blocked == 0",
            form: .compare(.equal, amount(0, "0"), confidently: false),
            slice: SliceCondition(name: "adversarial")),
        Case(
            rule: "when locale = de-AT: intent_accuracy >= 0.8",
            form: .compare(.atLeast, amount(0.8, "0.8"), confidently: false),
            slice: SliceCondition(name: "locale", value: "de-AT")),
        Case(
            rule: "when topic = 'billing: refunds': intent_accuracy >= 0.8",
            form: .compare(.atLeast, amount(0.8, "0.8"), confidently: false),
            text: "when topic = \"billing: refunds\": intent_accuracy >= 0.8",
            slice: SliceCondition(name: "topic", value: "billing: refunds")),
        Case(
            rule: "when topic = returns and refunds: confidently intent_accuracy >= 0.8",
            form: .compare(.atLeast, amount(0.8, "0.8"), confidently: true),
            slice: SliceCondition(name: "topic", value: "returns and refunds")),
        Case(
            rule: "recall@3: not worse than baseline", form: .notWorse,
            text: "recall@3 not worse than baseline"),
    ]

    @Test(arguments: cases)
    func aRuleIsReadAsItsForm(_ wanted: Case) throws {
        // In double quotes every rule is one YAML text.
        let escaped = wanted.rule.map { $0 == "\"" ? "\\\"" : String($0) }.joined()
        let gate = try #require(readGate("\"\(escaped)\"", repeats: wanted.repeats))
        #expect(gate.form == wanted.form)
        #expect(gate.text == wanted.text ?? wanted.rule)
        #expect(gate.slice == wanted.slice)
        if let metric = wanted.metric { #expect(gate.metric == metric) }
    }

    @Test(arguments: cases)
    func theCanonicalTextIsReadAsTheSameRule(_ wanted: Case) throws {
        let text = wanted.text ?? wanted.rule
        let escaped = text.map { $0 == "\"" ? "\\\"" : String($0) }.joined()
        let gate = try #require(readGate("\"\(escaped)\"", repeats: wanted.repeats))
        #expect(gate.form == wanted.form)
        #expect(gate.text == text)
    }

    @Test(arguments: GateFormEntry.all.flatMap(\.examples))
    func everyExampleOfAFormIsARule(_ rule: String) {
        let kpi =
            "[kpi: { parts: { intent_accuracy: { weight: 100%, better: higher, from: 0, to: 1 } }, "
            + "bands: { go: 0.85, hold: 0.80 } }]"
        let escaped = rule.map { $0 == "\"" ? "\\\"" : String($0) }.joined()
        #expect(readGate("\"\(escaped)\"", repeats: 3, metrics: kpi) != nil)
    }

    @Test func aRuleMayStandAsYAMLWritesIt() throws {
        let gates = [
            "when adversarial: under_blocked == 0", "recall@3: no worse than baseline by 0.02",
            "{ rule: latency.p95 <= 3500ms, unsure: fail, owner: search team, why: promised }",
            "intent_f1[each] not worse than baseline",
        ]
        let (policy, diagnostics) = read(Fixtures.policy(gates: gates))
        let read = try #require(policy, "\(DiagnosticText().render(diagnostics))")
        #expect(
            read.gates.map(\.text) == [
                "when adversarial: under_blocked == 0", "recall@3 no worse than baseline by 0.02",
                "latency.p95 <= 3500ms", "intent_f1[each] not worse than baseline",
            ])
        #expect(read.gates.map(\.unsure) == [nil, nil, .fail, nil])
        #expect(read.gates[2].owner == "search team")
        #expect(read.gates[2].why == "promised")
        #expect(read.gates.map(\.place.line) == [13, 14, 15, 16])
        #expect(read.gates.map(\.place.column) == [5, 5, 13, 5])
    }

    @Test func aGatesMetricIsMeasuredWithoutBeingNamed() throws {
        let (policy, _) = read(
            Fixtures.policy(
                metrics: "[mrr]",
                gates: [
                    "recall@3 >= 0.5", "intent_f1[refund] >= 0.5", "mrr >= 0.5", "latency.p95 <= 3s",
                    "latency.p99 <= 9s",
                ]))
        #expect(try #require(policy).metrics.map(\.name) == ["mrr", "recall@3", "intent_f1", "latency"])
    }
}
